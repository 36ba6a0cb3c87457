"""Deltas applied, many at once. The twin is `sources.git.pack.delta.apply_delta`."""

from __future__ import annotations

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    TABLE,
    Bytes,
    Numbers,
    compiled,
    copy,
    inner,
    number,
)

WHOLE = -1
"""In place of the number of a base: the object stands as it is."""
FITS = -1
"""Answer of `apply_deltas` when every delta fits its base."""

_MAX_VARINT_BYTES = 9
_WHOLE_COPY = 0x10000


@inner
def _varint(packed: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return a number and where it ends; that is -1 when it does not end in time."""
    value, shift = 0, 0
    for place in range(at, min(end, at + _MAX_VARINT_BYTES)):
        byte = number(packed[place])
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place + 1
    return value, -1


@compiled(NUMBER, FROZEN, NUMBERS, NUMBERS)
def made_sizes(packed: Bytes, packed_at: Numbers, sizes: Numbers) -> int:
    """Fill in, wherever `sizes` has `WHOLE`, how many bytes a delta says that it makes.

    Delta `n` is `packed[packed_at[n]:packed_at[n + 1]]`. Return the number of the first that does not say so, or
    `FITS`. The twin is `sources.git.pack.delta.delta_sizes`.
    """
    for n in range(len(sizes)):
        if sizes[n] == WHOLE:
            end = packed_at[n + 1]
            _, at = _varint(packed, packed_at[n], end)
            if at < 0:
                return n
            sizes[n], at = _varint(packed, at, end)
            if at < 0:
                return n
    return FITS


@inner
def _copy_of(packed: Bytes, op: int, at: int, end: int) -> tuple[int, int, int]:
    """Return start and length of a copy whose arguments begin at `at`, and where they end; -1 when they are cut."""
    start, length = 0, 0
    for place in range(7):
        if op >> place & 1:
            if at >= end:
                return 0, 0, -1
            byte = number(packed[at])
            if place < 4:
                start |= byte << 8 * place
            else:
                length |= byte << 8 * (place - 4)
            at += 1
    return start, length if length else _WHOLE_COPY, at


@inner
def _apply(packed: Bytes, at: int, end: int, base: Bytes, made: Bytes, copies: Numbers, row: int) -> int:
    """Fill `made` from `base` by the delta in [at, end); return the first free row of `copies`, -1 for a misfit."""
    size, at = _varint(packed, at, end)
    if at < 0 or size != len(base):
        return -1
    size, at = _varint(packed, at, end)
    if at < 0 or size != len(made):
        return -1
    done = 0
    last_end, last_base, last_start, last_length = 0, 0, 0, 0
    while at < end:
        op = number(packed[at])
        at += 1
        if op < 0x80:
            if op == 0 or at + op > end or done + op > size:
                return -1
            for k in range(op):
                made[done + k] = packed[at + k]
            at += op
            done += op
            continue
        start, length, at = _copy_of(packed, op, at, end)
        if at < 0 or start + length > len(base) or done + length > size:
            return -1
        copy(base, start, made, done, length)
        if last_length and last_end == start and last_start + last_length == done:
            last_length += length
        else:
            if last_length:
                copies[row, 0], copies[row, 1], copies[row, 2] = last_base, last_start, last_length
                row += 1
            last_base, last_start, last_length = start, done, length
        last_end = start + length
        done += length
    if last_length:
        copies[row, 0], copies[row, 1], copies[row, 2] = last_base, last_start, last_length
        row += 1
    return row if done == size else -1


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
        here = made[made_at[before + n] : made_at[before + n + 1]]
        if bases[n] == WHOLE:
            if end - at != len(here):
                return n
            copy(packed, at, here, 0, end - at)
        else:
            base = made[made_at[bases[n]] : made_at[bases[n] + 1]]
            row = _apply(packed, at, end, base, here, copies, row)
            if row < 0:
                return n
        copies_at[n + 1] = row
    return FITS
