"""`Rescan`: deltas in which a screen saw something near what differs. Rules are tried there alone.

The result is that of a whole scan. What is tried is all that could be matched in the surroundings of a change, and
all of it: these are widened until no match can lie across their ends. A match that a change makes, takes away or
uncovers touches them; any other is one of the base's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.glance import NOTHING_SEEN, Glance
from secretscan.engine.parts import WholeText, part_of
from secretscan.engine.prefilter import merge
from secretscan.engine.prefilter.hyperscan import END_BITS, HIT_MASK, Hit
from secretscan.engine.program import Program
from secretscan.engine.scanner import ScanResult
from secretscan.engine.screen import Screen
from secretscan.engine.versions import Version
from secretscan.engine.windows import (
    LOOKAROUND_BYTES,
    WORTH_PERCENT,
    Quiet,
    Range,
    line_end,
    line_start,
    margins,
    quiet_ranges,
    seams,
    zones,
)
from secretscan.engine.zonescan import Claim, Known

_AROUND: Final = 256
"""Bytes looked at on either side of the surroundings of a change: more than newlines in a match are apart
(`windows.NEAR_BYTES`), so that all whose match reaches into them is seen."""


class Place(NamedTuple):
    """A part of a text where something may have changed."""

    start: int
    """Where it is looked at, [start, end)."""
    end: int
    busy: Range
    """What of it the base cannot answer for: whole lines."""

    def goes_on(self, part: Range, size: int) -> bool:
        """Whether more of a text of `size` bytes than was looked at would have a say in what a part of it holds."""
        return (part[0] <= self.start and self.start > 0) or (part[1] >= self.end and self.end < size)


class Rescan:
    """Scans deltas at their changes."""

    def __init__(self, scan: DeltaScanner, screen: Screen) -> None:
        """Take what scans, and its screen."""
        self._scan = scan
        self._screen = screen
        self._program = scan.scanner.program

    def scan(self, version: Version, base: Known, known: Known) -> tuple[ScanResult, Known] | None:
        """Return the findings of a delta of `base`, and what is then known of it, `known` to begin with.

        `None` when it takes a whole scan to know.
        """
        data, path, copies = version.data, version.path, version.copies
        places = _places(data, margins(data, zones(data, seams(copies, base.size, len(data)))))
        if 100 * sum(place.end - place.start for place in places) > WORTH_PERCENT * len(data):
            return None
        scan, result = self._scan.new_scan(data, path)
        busy, far = [], list(known.far)
        for place, glance in self._glances(data, path, places):
            new_far = _new_far(place, glance, len(data))
            if new_far is None or any(map(self._program.spans_far, glance.windows)):
                return None
            hits = [hit + (place.start << END_BITS) for hit in glance.hits]
            scan.zone, inside = _settled(
                place.busy, list(_reaches(self._program, data, hits, glance.windows))
            )
            if place.goes_on(scan.zone, len(data)):
                return None
            scan.add_matches(self._screen.windows_of(inside, data, glance.windows))
            busy.append(scan.zone)
            far += new_far
        quiet = quiet_ranges(copies, busy, len(data))
        if scan.spills or result.problems or any(_is_cut(claim, quiet) for claim in base.claims):
            return None
        scan.carry(base, quiet)
        scan.add_inner(known.hidden)
        return self._scan.finish(scan, result, known._replace(far=tuple(merge(sorted(far)))))

    def _glances(self, data: bytes, path: bytes, places: Sequence[Place]) -> Iterator[tuple[Place, Glance]]:
        """Yield `places` of a text, each with what there is to see in it by itself."""
        pieces = [data[place.start : place.end] for place in places]
        starts = [0]
        for piece in pieces:
            starts.append(starts[-1] + 1 + len(piece))  # a newline before each
        self._scan.scanned_bytes += starts[-1]
        whole = {n: WholeText(starts[n] + 1, starts[n + 1]) for n in range(len(places))}
        parts = [part_of(start, path) for start in starts[:-1]]
        looked = self._screen.look(b"".join(b"\n" + piece for piece in pieces), parts, whole)
        for n, place in enumerate(places):
            yield place, looked.glances.get(n, NOTHING_SEEN)


def _places(data: bytes, busy: Sequence[Range]) -> list[Place]:
    """Return where to look for what is in `busy`, ascending and disjoint."""
    found: list[Place] = []
    for low, high in busy:
        start, end = line_start(data, low - _AROUND, 0), line_end(data, high + _AROUND, 0)
        if found and start <= found[-1].end:
            found[-1] = Place(found[-1].start, max(end, found[-1].end), (found[-1].busy[0], high))
        else:
            found.append(Place(start, end, (low, high)))
    return found


def _reaches(
    program: Program, data: bytes, hits: Iterable[Hit], opened: Container[int]
) -> Iterator[tuple[int, int, Hit]]:
    """Yield where each match of the rules `opened` that holds one of the `hits` begins at the least, and ends at most."""
    for hit in hits:
        end, number = hit >> END_BITS, hit & HIT_MASK
        for rule in program.families[number - len(program)] if number >= len(program) else (number,):
            if rule in opened:
                # a match holds its trigger, and all its newlines within so many bytes
                span = program.newline_span[rule] + LOOKAROUND_BYTES
                low = max(end - program.back[rule], line_start(data, end - 1 - span, 0))
                yield low, min(end + program.ahead[rule], line_end(data, end + span, 0)), hit


def _settled(busy: Range, reaches: Sequence[tuple[int, int, Hit]]) -> tuple[Range, list[Hit]]:
    """Return `busy`, widened until none of the `reaches` of hits lies across its ends, and the hits inside, ascending."""
    spans = merge(sorted((low, high) for low, high, _ in reaches))
    touching = [(low, high) for low, high in spans if low < busy[1] and busy[0] < high]
    first = min([busy[0], *(low for low, _ in touching)])
    last = max([busy[1], *(high for _, high in touching)])
    return (first, last), sorted({hit for low, high, hit in reaches if low < last and first < high})


def _new_far(place: Place, glance: Glance, size: int) -> list[Range] | None:
    """Return what rules out matches over many lines in `place.busy`, of a text of `size` bytes.

    `None` when it takes more than was looked at.
    """
    found = []
    for low, high in glance.far:
        start, end = low + place.start, high + place.start
        if start >= place.busy[1] or end <= place.busy[0]:
            continue  # as in the base
        if place.goes_on((start, end), size):
            return None
        found.append((start, end))
    return found


def _is_cut(claim: Claim, quiet: Sequence[Quiet]) -> bool:
    """Whether a match of the base lies across an end of what is `quiet`."""
    return any(
        claim.start + shift < end
        and claim.end + shift > start
        and not (start <= claim.start + shift and claim.end + shift <= end)
        for start, end, shift in quiet
    )
