"""`Derived`: a text with its encoded parts decoded in place, and the way from its bytes back to the original's.

Decoded values keep what stood around them on their lines, because `password: ` before a value says more about
it than the value does, and the rest of a value of which only some characters are encoded belongs to it. Lines
without anything encoded are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from secretscan.engine.decode.backslash import WayBack

MAX_OUTPUT_BYTES: Final = 16 << 20
"""Most bytes one step of decoding may give; what would go beyond is left as it stands."""
_BEFORE: Final = 160
"""Bytes of the line kept before a value with a decoded part: a name, an operator, quotes."""
_AFTER: Final = 80
"""Bytes of the line kept after such a value: a quote, a note."""
_MAX_VALUE: Final = 4096
"""Bytes on either side of a decoded part that may belong to the same value: all up to white space or a quote."""
_SHORT_GAP: Final = 256
"""Bytes of a line that are too few to be left out between two parts."""
_ENDS_VALUE: Final = re.compile(rb"[\s\"'`]")
_ENDS: Final = (b" ", b"\t", b"\r", b"\v", b"\f", b'"', b"'", b"`")
"""The same on one line, for the way back."""
MAX_GAP_LINES: Final = 20
"""Lines left out are replaced by as many empty ones, up to this, so that distances between values stay true."""

_GAP_LOOK: Final = 2048
"""Bytes in which most texts have so many lines."""


class Scale(IntEnum):
    """How bytes of a part lie to the bytes they came from."""

    WHOLE = 0
    """No finer than the part."""
    SAME = 1
    """One to one: copied."""
    BASE64 = 2
    """Three from four."""
    PAIRS = 3
    """One from two: hex, UTF-16 of ASCII."""
    ESCAPED = 4
    """A line of JSON strings with its escapes undone, see `backslash`."""


@dataclass(frozen=True, slots=True)
class Part:
    """An encoded range [start, end) of a text and what it stands for."""

    start: int
    end: int
    decoded: bytes = field(repr=False)
    scale: Scale = Scale.WHOLE
    is_continued: bool = False
    """True when it goes on where the part before it ended: what lies between is only a line break."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A text made from another one."""

    data: bytes = field(repr=False)
    how: str
    """Name of the encoding, for the report: `base64`, `hex`, `percent` …"""
    origin: Callable[[int, int], tuple[int, int]]
    """[start, end) in `data` -> [start, end) in the text it was made from."""
    is_new: Callable[[int, int], bool] = lambda start, end: True
    """Whether decoding made a difference at [start, end) of `data`. Elsewhere the original says the same."""
    places: tuple[tuple[int, int], ...] = ()
    """Where in that text something was decoded, as [start, end), ascending."""


class _Map:
    """Where each piece of the output came from: sorted rows (out start, in start, in end, scale)."""

    __slots__ = ("_inputs", "_reach", "_starts", "_text", "_ways")

    def __init__(self, text: bytes, reach: int) -> None:
        self._text = text
        self._reach = reach
        self._starts: list[int] = []
        self._inputs: list[tuple[int, int, Scale]] = []
        self._ways: dict[int, WayBack] = {}

    def add(self, out_start: int, start: int, end: int, scale: Scale) -> None:
        self._starts.append(out_start)
        self._inputs.append((start, end, scale))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the original range of [start, end), never empty."""
        first = self._place(start, is_end=False)
        return first, max(first + 1, self._place(max(end - 1, start), is_end=True))

    def is_new(self, start: int, end: int) -> bool:
        """Whether a decoded piece lies in [start, end), or within reach of it."""
        start, end = max(start - self._reach, 0), end + self._reach
        first = max(bisect_right(self._starts, start) - 1, 0)
        last = max(bisect_right(self._starts, max(end - 1, start)), first + 1)
        return any(scale is not Scale.SAME for _, _, scale in self._inputs[first:last])

    def _place(self, offset: int, *, is_end: bool) -> int:
        """Return where the byte at `offset` begins in the original or, with `is_end`, where it ends."""
        index = max(bisect_right(self._starts, offset) - 1, 0)
        start, end, scale = self._inputs[index]
        if scale is Scale.WHOLE:
            return end if is_end else start
        into = offset - self._starts[index] + is_end
        if scale is Scale.ESCAPED:
            if index not in self._ways:
                self._ways[index] = WayBack(self._text[start:end])
            return start + self._ways[index].offset(into)
        if scale is Scale.BASE64:
            into = -(-into * 4 // 3) if is_end else into * 4 // 3
        elif scale is Scale.PAIRS:
            into *= 2
        return min(start + into, end)


def rewrite(text: bytes, parts: Iterable[Part], how: str, *, reach: int = 0) -> Derived | None:
    """Return `text` with `parts` decoded, or `None` when there are none.

    `parts` are sorted and do not overlap. `reach` is how many bytes away a decoded part still makes a
    difference: unescaped quotes do for the value between them. Stops at `MAX_OUTPUT_BYTES`.
    """
    out: list[bytes] = []
    size = 0
    ways = _Map(text, reach)
    places: list[tuple[int, int]] = []

    def put(piece: bytes, start: int, end: int, scale: Scale) -> None:
        nonlocal size
        if piece:
            ways.add(size, start, end, scale)
            out.append(piece)
            size += len(piece)

    at = -1
    for part in parts:
        if not part.is_continued or at < 0:
            low = _low(text, max(at, 0), part.start)
            if at >= 0 and low > at:
                stop = _stop(text, at, low)
                put(text[at:stop], at, stop, Scale.SAME)
                lines = _lines_in(text, stop, low)
                if not lines and low - stop <= _SHORT_GAP:
                    low = stop
                else:
                    put(b"\n" * max(1, lines), stop, low, Scale.SAME)
            put(text[low : part.start], low, part.start, Scale.SAME)
        put(part.decoded, part.start, part.end, part.scale)
        places.append((part.start, part.end))
        at = part.end
        if size > MAX_OUTPUT_BYTES:
            break
    if at < 0:
        return None
    stop = _stop(text, at, len(text))
    put(text[at:stop], at, stop, Scale.SAME)
    return Derived(b"".join(out), how, ways.origin, ways.is_new, tuple(places))


def _lines_in(text: bytes, low: int, high: int) -> int:
    """Return how many lines end in [low, high), up to `MAX_GAP_LINES`: most gaps are long, and have more."""
    near = low + _GAP_LOOK
    lines = text.count(b"\n", low, min(near, high))
    if lines < MAX_GAP_LINES and near < high:
        lines += text.count(b"\n", near, high)
    return min(lines, MAX_GAP_LINES)


def _low(text: bytes, limit: int, start: int) -> int:
    """Return where the text kept before a part at `start` begins: `_BEFORE` bytes before its value, on its line."""
    reach = max(limit, start - _MAX_VALUE)
    reach = max(reach, text.rfind(b"\n", reach, start) + 1)
    value = max(text.rfind(end, reach, start) for end in _ENDS) + 1
    floor = max(limit, max(value, reach) - _BEFORE)
    return max(floor, text.rfind(b"\n", floor, start) + 1)


def _stop(text: bytes, at: int, limit: int) -> int:
    """Return where the text kept after a part that ends `at` ends: `_AFTER` bytes after its value, or with its line."""
    value = _ENDS_VALUE.search(text, at, min(limit, at + _MAX_VALUE))
    high = min(limit, (value.start() if value else at + _MAX_VALUE) + _AFTER)
    newline = text.find(b"\n", at, high)
    return high if newline < 0 else newline
