"""What is known of a text rests on some of its bytes: of a delta that has not changed these, the same is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

from secretscan.engine.decode import Derived
from secretscan.engine.decode.derived import MAX_GAP_LINES, MAX_OUTPUT_BYTES
from secretscan.engine.decode.places import is_bundle, may_announce, may_be_bundle
from secretscan.engine.versions import Copies
from secretscan.engine.windows import Range, line_end, line_start
from secretscan.model.finding import Finding
from secretscan.model.span import Span

_MOST_RANGES: Final = 64
"""Ranges noted of one text; with more, a delta is searched for all of it again."""

Ranges = tuple[Range, ...]
"""Ascending and disjoint."""


class Hidden(NamedTuple):
    """What a text holds encoded."""

    is_any: bool = False
    """Whether there is something, or deltas of the text must be searched for it all the same."""
    lines: tuple[Ranges, ...] = ()
    """For each text that it decodes to, the lines it is made from; none where that is not known."""
    inner: tuple[tuple[Finding, bool], ...] = ()
    """The findings in it, and whether each was judged by its context."""


NOTHING: Final = Hidden()


def hidden_in(
    data: bytes, path: bytes, texts: Sequence[Derived], inner: Sequence[tuple[Finding, bool]] = ()
) -> Hidden:
    """Return what to know of `data`, which decodes to `texts`, with the findings `inner` in them."""
    if may_be_bundle(path) or (texts and may_announce(data, path)):
        # what it decodes to depends on more of it
        return Hidden(bool(texts) or is_bundle(path, data), (), tuple(inner))
    lines = tuple(_lines_of(data, derived) for derived in texts)
    is_noted = all(lines) and all(any(_holds(ranges, finding) for ranges in lines) for finding, _ in inner)
    return Hidden(bool(texts), lines, tuple(inner)) if is_noted else Hidden(bool(texts), (), tuple(inner))


def moved_hidden(hidden: Hidden, data: bytes, copies: Copies, base_size: int) -> Hidden | None:
    """Return what `data` holds encoded, given that of its base, where that decodes to the very same; else `None`.

    For a delta that holds nothing encoded near what is new in it.
    """
    if hidden.is_any and not hidden.lines:
        return None
    found = []
    for ranges in hidden.lines:
        here = moved(ranges, copies, base_size, len(data))
        if here is None or not _are_apart(data, here):
            return None
        found.append(here)
    inner = tuple((_moved_finding(one, hidden.lines, found), is_judged) for one, is_judged in hidden.inner)
    return Hidden(hidden.is_any, tuple(found), inner)


def moved(ranges: Iterable[Range], copies: Copies, base_size: int, size: int) -> Ranges | None:
    """Return where `ranges` of a base stand in its delta of `size` bytes; `None` unless each does once, in the same order.

    One at the beginning or end of the base must be there in the delta.
    """
    found: list[Range] = []
    for low, high in ranges:
        touching = [
            (first, start, length) for first, start, length in copies if first < high and low < first + length
        ]
        if len(touching) != 1:
            return None
        first, start, length = touching[0]
        if low < first or high > first + length:
            return None
        here = (low + start - first, high + start - first)
        if (low == 0 and here[0] != 0) or (high == base_size and here[1] != size):
            return None
        if found and here[0] < found[-1][1]:
            return None
        found.append(here)
    return tuple(found)


def _lines_of(data: bytes, derived: Derived) -> Ranges:
    """Return the lines that a decoded text is made from, in ranges so far apart that it does not tell how far."""
    found: list[Range] = []
    if len(derived.data) > MAX_OUTPUT_BYTES:
        return ()
    for start, end in derived.places:
        if found and end <= found[-1][1]:
            continue
        low, high = line_start(data, start, 0), line_end(data, end, 0)
        if found and data.count(b"\n", found[-1][1], low) < MAX_GAP_LINES:
            found[-1] = (found[-1][0], high)
        elif len(found) == _MOST_RANGES:
            return ()
        else:
            found.append((low, high))
    return tuple(found)


def _are_apart(data: bytes, here: Ranges) -> bool:
    """Whether ranges that were far apart in a base are so where they stand in its delta."""
    return all(data.count(b"\n", end, start) >= MAX_GAP_LINES for (_, end), (start, _) in pairwise(here))


def _holds(ranges: Ranges, finding: Finding) -> bool:
    return any(low <= finding.span.start and finding.span.end <= high for low, high in ranges)


def _moved_finding(finding: Finding, lines: Sequence[Ranges], found: Sequence[Ranges]) -> Finding:
    for ranges, places in zip(lines, found, strict=True):
        for (low, high), (at, _) in zip(ranges, places, strict=True):
            if low <= finding.span.start and finding.span.end <= high:
                shift = at - low
                return replace(finding, span=Span(finding.span.start + shift, finding.span.end + shift))
    raise AssertionError("a finding outside of what it was decoded from")
