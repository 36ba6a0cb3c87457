"""Windows around places in text: up to the ends of lines, joined, and copied together."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    Bytes,
    Numbers,
    compiled,
    inner,
    number,
)

TOO_MUCH: Final = -1
"""In place of a count: there is no room for so many, or finding them takes more steps than it is worth."""
ANY_SPAN: Final = -1
"""For a match whose newlines may be anywhere in it."""

_NEWLINE = 10


@inner
def _line_start(data: Bytes, at: int, low: int) -> int:
    while at > low and data[at - 1] != _NEWLINE:
        at -= 1
    return at


@inner
def _line_end(data: Bytes, at: int, high: int) -> int:
    while at < high and data[at] != _NEWLINE:
        at += 1
    return at


@inner
def lines(data: Bytes, at: int, span: int, low: int, high: int) -> tuple[int, int]:
    """Return what is left of [low, high) for a match over `at` whose newlines lie within `span` bytes."""
    if span == ANY_SPAN:
        return low, high
    first, last = _line_start(data, at, low), _line_end(data, at, high)
    if span:
        first = _line_start(data, max(low, first - span), low)
        last = _line_end(data, min(high, last + span), high)
    return first, last


@inner
def add_window(lows: Numbers, highs: Numbers, count: int, low: int, high: int) -> int:
    """Put a window on the stack of windows, joined with those it touches; return how many there are, or `TOO_MUCH`."""
    while count > 0 and low <= highs[count - 1]:
        count -= 1
        low, high = min(low, lows[count]), max(high, highs[count])
    if count == len(lows):
        return TOO_MUCH
    lows[count], highs[count] = low, high
    return count + 1


@inner
def holds_all(data: Bytes, low: int, high: int, members: Bytes, which: int, bits: int) -> bool:
    """Whether bytes with all these bits stand in [low, high)."""
    missing = np.uint8(bits)
    for at in range(low, high):
        missing &= ~members[which << 8 | number(data[at])]
        if missing == 0:
            return True
    return missing == 0  # type: ignore[no-any-return]


@compiled(NUMBER, FROZEN, NUMBERS, NUMBERS, NUMBER, BYTES, NUMBERS)
def gather(data: Bytes, lows: Numbers, highs: Numbers, count: int, out: Bytes, places: Numbers) -> int:
    """Copy windows of `data` to `out`, with a newline behind each, and where each begins there to `places`.

    Return how many bytes that are; `TOO_MUCH` when there is no room for them.
    """
    filled = 0
    for n in range(count):
        if filled + highs[n] - lows[n] + 1 > len(out):
            return TOO_MUCH
        places[n] = filled
        for k in range(lows[n], highs[n]):
            out[filled] = data[k]
            filled += 1
        out[filled] = _NEWLINE
        filled += 1
    return filled
