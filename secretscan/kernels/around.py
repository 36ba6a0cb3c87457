"""Windows around places in text: up to the ends of lines, joined, and copied together."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    Bytes,
    Numbers,
    compiled,
    copy,
    inner,
    named_arrays,
    number,
)
from secretscan.kernels.lanes import LINE_BYTES, highest, lowest, newlines

TOO_MUCH: Final = -1
"""In place of a count: there is no room for so many, or finding them takes more steps than it is worth."""
ANY_SPAN: Final = -1
"""For a match whose newlines may be anywhere in it."""

_NEWLINE = 10


class Finds(NamedTuple):
    """What a search found, and room for that."""

    lows: Numbers
    highs: Numbers
    """Windows of the text, ascending and disjoint."""
    hits: Numbers
    """Hits of families: where each ends, shifted by `END_BITS`, and its number; some several times."""
    counts: Numbers
    """How many windows and hits there are, or `TOO_MUCH`."""
    gathered: Bytes
    """The windows copied together."""
    begins: Numbers
    """Where each begins there."""


FINDS: Final = named_arrays(Finds, (NUMBERS, NUMBERS, NUMBERS, NUMBERS, BYTES, NUMBERS))


def make_finds(windows: int, hits: int, gathered: int) -> Finds:
    """Return room for so many windows and hits, and so many bytes of windows."""
    return Finds(
        np.empty(windows, np.int64),
        np.empty(windows, np.int64),
        np.empty(hits, np.int64),
        np.zeros(2, np.int64),
        np.empty(gathered, np.uint8),
        np.empty(windows, np.int64),
    )


@inner
def _line_start(data: Bytes, at: int, low: int) -> int:
    while at - LINE_BYTES >= low:
        told = newlines(data, at - LINE_BYTES)
        if told != 0:
            return at - LINE_BYTES + number(highest(told)) + 1
        at -= LINE_BYTES
    while at > low and data[at - 1] != _NEWLINE:
        at -= 1
    return at


@inner
def _line_end(data: Bytes, at: int, high: int) -> int:
    while at + LINE_BYTES <= high:
        told = newlines(data, at)
        if told != 0:
            return at + number(lowest(told))
        at += LINE_BYTES
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


@compiled(NUMBER, FROZEN, FINDS, NUMBER)
def gather(data: Bytes, finds: Finds, most: int) -> int:
    """Copy the windows of `data` together, with a newline behind each, and keep where each begins.

    Return how many bytes that are; `TOO_MUCH` when they are more than `most`.
    """
    lows, highs, _, counts, out, begins = finds
    filled, most = 0, min(most, len(out))
    for n in range(counts[0]):
        if filled + highs[n] - lows[n] + 1 > most:
            return TOO_MUCH
        begins[n] = filled
        copy(data, lows[n], out, filled, highs[n] - lows[n])
        filled += highs[n] - lows[n]
        out[filled] = _NEWLINE
        filled += 1
    return filled
