"""What of many versions to look at, copied into one buffer.

The twin is `engine.versions.cut_parts`, with `seams`, `margins` and `is_wrapped` of `engine.windows`.
"""

from __future__ import annotations

from secretscan.kernels.compiled import (
    BYTES,
    NUMBER,
    NUMBERS,
    TABLE,
    Bytes,
    Numbers,
    Table,
    compiled,
    copy,
    inner,
)

NO_BASE = -1
"""In place of the size of a base: the whole version is looked at."""
NO_TEXT = -1
"""In place of the start of a part: the version is no plain text, and has none."""

IS_DELTA, MAY_DECODE = 1, 2
"""Bits of what is told of a part: only what differs from the base is in it; encoded text may go over its edges."""
ESCAPES, ESCAPES_IF_OBJECT = 1, 2
"""What to watch for: backslashes, or backslashes when the version begins as JSON does."""


@inner
def _has_nul(data: Bytes, size: int) -> bool:
    found = False
    for at in range(size):
        found |= data[at] == 0
    return found


@inner
def _has_backslash(data: Bytes, low: int, high: int) -> bool:
    for at in range(low, high):
        if data[at] == 0x5C:
            return True
    return False


@inner
def _line_start(data: Bytes, at: int) -> int:
    """Return the offset behind the last newline before `at`; 0 where there is none."""
    at -= 1
    while at >= 0 and data[at] != 0x0A:
        at -= 1
    return at + 1


@inner
def _line_end(data: Bytes, at: int) -> int:
    """Return the offset behind the first newline from `at` on; 0 where there is none."""
    while at < len(data):
        if data[at] == 0x0A:
            return at + 1
        at += 1
    return 0


@inner
def _margins(
    data: Bytes,
    copies: Numbers,
    first: int,
    last: int,
    base_size: int,
    bounds: Numbers,
    found_at: Table,
) -> int:
    """Put whole lines that hold every match which touches a seam into `found_at`; return their number.

    Return -1 when they are so much of the version that it is better looked at whole.
    """
    size, around, near = len(data), bounds[1], bounds[2]
    found = in_base = at = 0
    for row in range(first, last + 1):
        if row < last:
            base_start, start, length = copies[row, 0], copies[row, 1], copies[row, 2]
            is_seam = start != at or base_start != in_base
        else:
            base_start, start, length = 0, size, 0
            is_seam = at != size or in_base != base_size
        if is_seam:
            low = found_at[found - 1, 1] if found else 0
            if not found or at > low:
                line = _line_start(data, max(at - around, 0))
                low = _line_start(data, max(line - near, 0))
            line = _line_end(data, start + around)
            high = _line_end(data, line + near) if line else 0
            if not high:
                high = size
            if found and low <= found_at[found - 1, 1]:
                found_at[found - 1, 1] = max(high, found_at[found - 1, 1])
            else:
                found_at[found, 0], found_at[found, 1] = low, high
                found += 1
        in_base, at = base_start + length, start + length
    looked = 0
    for k in range(found):
        looked += found_at[k, 1] - found_at[k, 0]
    return -1 if 100 * looked > bounds[3] * size else found


@inner
def is_wrapped(data: Bytes, at: int) -> bool:
    """Return whether encoded data may go on over the start of a line at `at`."""
    if at < 57 or at >= len(data) or data[at - 1] != 0x0A:
        return False
    for k in range(at - 57, at - 1):
        if data[k] == 0x0A:
            return False
    end = at - 1
    if data[end - 1] == 0x0D:
        end -= 1
    if data[end - 1] == 0x5C:
        end -= 1
    elif data[end - 1] == 0x6E and data[end - 2] == 0x5C:
        end -= 2
    if end < 56:
        return False
    for k in range(end - 56, end):
        byte = data[k]
        if not (0x2F <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A or byte == 0x2B):
            return False
    return True


@compiled(
    NUMBER,
    BYTES,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    TABLE,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    BYTES,
    NUMBERS,
    NUMBERS,
    TABLE,
)
def cut_parts(
    made: Bytes,
    starts: Numbers,
    sizes: Numbers,
    base_sizes: Numbers,
    copies: Numbers,
    copies_from: Numbers,
    copies_to: Numbers,
    watched: Numbers,
    bounds: Numbers,
    text: Bytes,
    part_at: Numbers,
    told: Numbers,
    found_at: Table,
) -> int:
    """Copy the part of each version behind the other into `text`; return how many bytes they are.

    Version `n` is `made[starts[n]:starts[n] + sizes[n]]`; it shares the rows `copies_from[n]` to `copies_to[n]` of
    `copies` with a base of `base_sizes[n]` bytes. `watched[n]` says what makes it worth decoding. `part_at` and
    `told` get where each part starts and its bits. `bounds` are the constants of the twin: how much is sniffed for
    a NUL, bytes of lookaround, bytes that count as near, and the percentage from which the whole is looked at.
    `found_at` has two columns, and two rows more than any version shares with its base.
    """
    filled = 0
    for n in range(len(starts)):
        data = made[starts[n] : starts[n] + sizes[n]]
        part_at[n], told[n] = filled, 0
        if _has_nul(data, min(bounds[0], sizes[n])):
            part_at[n] = NO_TEXT
            continue
        ranges = -1
        if base_sizes[n] != NO_BASE:
            ranges = _margins(data, copies, copies_from[n], copies_to[n], base_sizes[n], bounds, found_at)
        if ranges < 0:
            ranges, found_at[0, 0], found_at[0, 1] = 1, 0, sizes[n]
        else:
            told[n] = IS_DELTA
        watches = watched[n] == ESCAPES or (
            watched[n] == ESCAPES_IF_OBJECT and len(data) > 0 and (data[0] == 0x7B or data[0] == 0x5B)
        )
        for k in range(ranges):
            low, high = found_at[k, 0], found_at[k, 1]
            text[filled] = 0x0A
            copy(data, low, text, filled + 1, high - low)
            filled += 1 + high - low
            if (
                (watches and _has_backslash(data, low, high))
                or is_wrapped(data, low)
                or is_wrapped(data, high)
            ):
                told[n] |= MAY_DECODE
    return filled
