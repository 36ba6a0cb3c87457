"""What of a delta object must be scanned, given what it copies from its base. Pure arithmetic on offsets.

A *seam* is where two copied ranges meet, or the bytes between them; also the beginning or end of the object
when it is not that of the base. A *zone* is a seam with the lines around it that can look different for its
sake. Between two zones lies a *quiet* range: it is inside one copied range, far enough from its ends that all
that the engine could say of it, it has said of the base.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

CONTEXT_LINES: Final = 3
"""Lines on either side of a match that judges and allow comments look at (assess, baseline.comments)."""
LOOKAROUND_BYTES: Final = 16
"""Bytes of the lines around a match that a pattern may look at. One that sees more of them is *wide*."""
NEAR_BYTES: Final = 160
"""How far apart the first and the last newline in a match may be. A rule whose matches can go farther (a key block)
is *wide*: an object that could hold one of its matches is scanned whole."""
FAR_BYTES: Final = 512
"""Bytes before its trigger's end at which a match may begin; a rule that reaches farther is wide too."""
WORTH_PERCENT: Final = 60
"""Share of the object from which zones save nothing over a whole scan."""

Range = tuple[int, int]
"""Half-open byte range."""


class Quiet(NamedTuple):
    """A range that the base holds unchanged, surroundings included."""

    start: int
    end: int
    shift: int
    """Offset in the object minus offset in the base."""


def seams(copies: Sequence[tuple[int, int, int]], base_size: int, size: int) -> list[Range]:
    """Return the seams of an object of `size` bytes, ascending. `copies` are (in base, in object, length)."""
    found: list[Range] = []
    in_base = at = 0
    for base_start, start, length in copies:
        if start != at or base_start != in_base:
            found.append((at, start))
        in_base, at = base_start + length, start + length
    if at != size or in_base != base_size:
        found.append((at, size))
    return found


def zones(data: bytes, cuts: Sequence[Range]) -> list[Range]:
    """Return the whole lines around each seam in `cuts`, ascending and disjoint, at most the whole of `data`.

    The lines of the seam and `CONTEXT_LINES` on either side, so that no match outside has the seam among the
    lines it is judged by.
    """
    found: list[Range] = []
    for start, end in cuts:
        low = line_start(data, start - LOOKAROUND_BYTES, CONTEXT_LINES)
        high = line_end(data, end + LOOKAROUND_BYTES, CONTEXT_LINES)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def margins(data: bytes, cuts: Sequence[Range]) -> list[Range]:
    """Return whole lines that hold every match which touches a seam in `cuts`, ascending and disjoint.

    Only for rules that are not wide: a match of theirs begins on the line that its first newline ends, and ends
    on the line behind its last, within `NEAR_BYTES` of each other.
    """
    found: list[Range] = []
    for start, end in cuts:
        line = data.rfind(b"\n", 0, max(start - LOOKAROUND_BYTES, 0)) + 1
        low = data.rfind(b"\n", 0, max(line - NEAR_BYTES, 0)) + 1
        line = data.find(b"\n", end + LOOKAROUND_BYTES) + 1
        high = data.find(b"\n", line + NEAR_BYTES) + 1 if line else 0
        high = high or len(data)
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def is_wide(back: int, newline_span: int, far: int = FAR_BYTES) -> bool:
    """Whether matches may begin so far before their trigger's end, or go over so many lines, that zones cannot tell."""
    return back > far or spans_far(newline_span)


def spans_far(newline_span: int) -> bool:
    """Whether matches may go over so many lines that `margins` do not hold them."""
    return newline_span > NEAR_BYTES


def is_wrapped(data: bytes, at: int) -> bool:
    """Whether encoded data may go on over the start of a line at `at`."""
    if at < _WRAPPED_FROM or at >= len(data) or data.rfind(b"\n", at - _WRAPPED_FROM, at - 1) >= 0:
        return False
    return _WRAPPED.search(data, max(at - _WRAPPED_LINE, 0), at) is not None


def quiet_ranges(copies: Sequence[tuple[int, int, int]], busy: Sequence[Range], size: int) -> list[Quiet]:
    """Return what lies between the zones `busy`, each with its place in the base."""
    starts = [start for _, start, _ in copies]
    found: list[Quiet] = []
    at = 0
    for low, high in (*busy, (size, size)):
        if low > at:
            base_start, start, _ = copies[bisect_right(starts, at) - 1]
            found.append(Quiet(at, low, start - base_start))
        at = high
    return found


def line_start(data: bytes, offset: int, lines: int) -> int:
    """Return where the line begins that is `lines` lines before that of `offset`; 0 at the top."""
    at = max(offset, 0)
    for _ in range(lines + 1):
        at = data.rfind(b"\n", 0, at)
        if at < 0:
            return 0
    return at + 1


def line_end(data: bytes, offset: int, lines: int) -> int:
    """Return the offset after the newline that ends the line `lines` lines after that of `offset`."""
    at = offset
    for _ in range(lines + 1):
        at = data.find(b"\n", at) + 1
        if at == 0:
            return len(data)
    return at


def free_start(data: bytes, at: int, crossing: Sequence[Range]) -> int:
    """Return the nearest line start up to `at` that no range straddles."""
    while inside := [low for low, high in crossing if low < at < high]:
        at = line_start(data, min(inside), 0)
    return at


def free_end(data: bytes, at: int, crossing: Sequence[Range]) -> int:
    """Return the nearest end of a line from `at` on that no range straddles."""
    while inside := [high for low, high in crossing if low < at < high]:
        at = line_end(data, min(max(inside), len(data)) - 1, 0)
        if at >= len(data):
            break
    return at


_WRAPPED: Final = re.compile(rb"[A-Za-z0-9+/]{56}(?:\\n|\\)?\r?\n\Z")
"""The end of a line that encoded data may continue on the next (decode.runs: at least 56 characters)."""
_WRAPPED_FROM: Final = 57
"""Bytes of the shortest such line, its newline included."""
_WRAPPED_LINE: Final = 256
_MAX_WRAPPED_LINES: Final = 20_000


def with_wrapped_lines(data: bytes, start: int, end: int) -> Range:
    """Return [start, end), both starts of lines, with the wrapped base64 that goes on over its edges."""
    for _ in range(_MAX_WRAPPED_LINES):
        if not start or not _WRAPPED.search(data, max(start - _WRAPPED_LINE, 0), start):
            break
        start = line_start(data, start - 1, 0)
    for _ in range(_MAX_WRAPPED_LINES):
        if end >= len(data) or not _WRAPPED.search(data, max(end - _WRAPPED_LINE, 0), end):
            break
        end = line_end(data, end, 0)
    return start, end
