"""Deltas applied, many at once. The twin is `sources.git.pack.delta.apply_delta`."""

from __future__ import annotations

from secretscan.kernels.compiled import BYTES, FROZEN, NUMBER, NUMBERS, TABLE, Bytes, Numbers, compiled

WHOLE = -1
"""In place of the number of a base: the object stands as it is."""
FITS = -1
"""Answer of `apply_deltas` when every delta fits its base."""

_MAX_VARINT_BYTES = 9
_WHOLE_COPY = 0x10000


@compiled(NUMBER, FROZEN, NUMBERS, NUMBERS, BYTES, NUMBERS, TABLE, NUMBERS)
def apply_deltas(
    packed: Bytes,
    packed_at: Numbers,
    bases: Numbers,
    made: Bytes,
    made_at: Numbers,
    copies: Numbers,
    copies_at: Numbers,
) -> int:
    """Make objects out of their packed form; return the number of the first that cannot be made, or `FITS`.

    Object `n` is packed in `packed[packed_at[n]:packed_at[n + 1]]`. `made` starts with objects that are made
    already; object `n` follows them as number `len(made_at) - 1 - len(bases) + n`, and number `m` is
    `made[made_at[m]:made_at[m + 1]]`. `bases[n]` is such a number, of an object before it, or `WHOLE`.
    What it copied goes to the rows (in the base, in the object, length) `copies_at[n]` to `copies_at[n + 1]`
    of `copies`, neighbours that continue each other joined; there are fewer than `packed` has bytes.
    """
    before = len(made_at) - 1 - len(bases)
    row = 0
    copies_at[0] = 0
    for n in range(len(bases)):
        at, end = packed_at[n], packed_at[n + 1]
        to, size = made_at[before + n], made_at[before + n + 1] - made_at[before + n]
        if bases[n] == WHOLE:
            if end - at != size:
                return n
            made[to : to + size] = packed[at:end]
            copies_at[n + 1] = row
            continue
        base = made_at[bases[n]]
        base_size = made_at[bases[n] + 1] - base
        for declared in (base_size, size):
            value, shift, length = 0, 0, 0
            while True:
                if at >= end or length == _MAX_VARINT_BYTES:
                    return n
                byte = packed[at]
                at += 1
                length += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            if value != declared:
                return n
        done = 0
        last_end, last_base, last_start, last_length = 0, 0, 0, 0
        while at < end:
            op = packed[at]
            at += 1
            if op < 0x80:
                if op == 0 or at + op > end or done + op > size:
                    return n
                for k in range(op):
                    made[to + done + k] = packed[at + k]
                at += op
                done += op
                continue
            start, length = 0, 0
            for place in range(7):
                if op >> place & 1:
                    if at >= end:
                        return n
                    if place < 4:
                        start |= packed[at] << 8 * place
                    else:
                        length |= packed[at] << 8 * (place - 4)
                    at += 1
            if length == 0:
                length = _WHOLE_COPY
            if start + length > base_size or done + length > size:
                return n
            made[to + done : to + done + length] = made[base + start : base + start + length]
            if last_length and last_end == start and last_start + last_length == done:
                last_length += length
            else:
                if last_length:
                    copies[row, 0], copies[row, 1], copies[row, 2] = last_base, last_start, last_length
                    row += 1
                last_base, last_start, last_length = start, done, length
            last_end = start + length
            done += length
        if done != size:
            return n
        if last_length:
            copies[row, 0], copies[row, 1], copies[row, 2] = last_base, last_start, last_length
            row += 1
        copies_at[n + 1] = row
    return FITS
