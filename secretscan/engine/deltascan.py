"""`DeltaScanner`: scans of an object only what its base does not already answer for.

The result is that of a whole scan, finding for finding. It rests on three facts. The prefilter's windows hold
every match, whatever else they hold. Matching a rule can begin anew at any offset that none of its matches
straddles. And what is said of a match depends on `windows.CONTEXT_LINES` around it and on the path, no more.
Where one of them does not hold (another path, a wide rule, a file that is no plain text, a rule stopped at its
time limit), the object is scanned whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from secretscan.engine.decode.places import may_announce
from secretscan.engine.glance import Glance
from secretscan.engine.prefilter import Windows
from secretscan.engine.prefilter.keywords import KeywordPrefilter
from secretscan.engine.resting import NOTHING, Hidden, hidden_in
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.engine.textform import has_nul
from secretscan.engine.windows import (
    FAR_BYTES,
    NEAR_BYTES,
    WORTH_PERCENT,
    Range,
    free_end,
    free_start,
    is_wide,
    line_start,
    quiet_ranges,
    seams,
    with_wrapped_lines,
    zones,
)
from secretscan.engine.zonescan import Claim, Known, ZoneScan
from secretscan.model.blob import Blob
from secretscan.model.provenance import Provenance

_KEYWORD_BYTES: Final = 4096
"""`FAR_BYTES` of the prefilter in pure Python, which sees a keyword anywhere in a match."""


class Zone(NamedTuple):
    """One part to scan, and how far around it the bytes must be looked at."""

    low: int
    """Where matching begins anew."""
    start: int
    end: int
    """Matches that touch [start, end) count."""


class DeltaScanner:
    """Runs a scanner over objects that may be deltas of each other."""

    def __init__(self, scanner: Scanner) -> None:
        """Use the program, prefilter and silencer of `scanner`."""
        self.scanner = scanner
        self._sees_triggers = not isinstance(scanner.prefilter, KeywordPrefilter)
        self._lookahead = FAR_BYTES if self._sees_triggers else _KEYWORD_BYTES
        self.scanned_bytes = 0
        """Bytes inside the zones and whole scans so far."""

    def scan(
        self,
        data: bytes,
        provenance: Provenance,
        base: Known | None = None,
        copies: Sequence[tuple[int, int, int]] = (),
        seen: Glance | None = None,
    ) -> tuple[ScanResult, Known]:
        """Return the findings of `data`, and what is then known of it for its own deltas.

        `copies` are the ranges (offset in the base, offset here, length) that it shares with `base`. `seen` is
        what the scanner would tell of `data`, where that is known.
        """
        path = provenance.path
        if not is_plain(data):
            self.scanned_bytes += len(data)
            return self.scanner.scan(Blob(data, provenance)), Known(path, len(data), is_whole=True)
        if base is not None and base.is_thorough and not base.is_whole and base.path == path:
            found = self._scan_zones(data, path, base, copies)
            if found is not None:
                return found
        return self._scan_all(data, path, seen)

    def carry(
        self, data: bytes, path: bytes, base: Known, copies: Sequence[tuple[int, int, int]], known: Known
    ) -> tuple[ScanResult, Known] | None:
        """Return the findings of `data` where those of `base` are all there can be; `None` when it takes a scan to know.

        For a text that shares `copies` with its base, and has nothing in the lines around what differs.
        """
        quiet = quiet_ranges(copies, zones(data, seams(copies, base.size, len(data))), len(data))
        scan, result = self.new_scan(data, path)
        scan.carry(base, quiet)
        scan.add_inner(known.hidden)
        if len(scan.claims) != sum(_times_kept(claim, base, copies) for claim in base.claims):
            return None
        return self.finish(scan, result, known)

    def _scan_all(self, data: bytes, path: bytes, seen: Glance | None) -> tuple[ScanResult, Known]:
        scan, result = self.new_scan(data, path)
        windows, far, _ = self.scanner.glance(data, path) if seen is None else seen
        scan.zone = (0, len(data))
        scan.add_matches(windows)
        self.scanned_bytes += len(data)
        hidden = self._decode(scan, result, data, path)
        is_thorough = self.scanner.screen is None
        is_whole = any(map(self._is_wide if is_thorough else self.scanner.program.spans_far, windows))
        known = Known(path, len(data), hidden=hidden, far=far, is_whole=is_whole, is_thorough=is_thorough)
        return self.finish(scan, result, known)

    def _scan_zones(
        self, data: bytes, path: bytes, base: Known, copies: Sequence[tuple[int, int, int]]
    ) -> tuple[ScanResult, Known] | None:
        """Return the same as `_scan_all`, or `None` when it takes a whole scan to know."""
        busy = self._settle(data, zones(data, seams(copies, base.size, len(data))), base, copies)
        if 100 * sum(zone.end - zone.low for zone in busy) > WORTH_PERCENT * len(data):
            return None
        scan, result = self.new_scan(data, path)
        for zone in busy:
            windows = self._windows(data, zone)
            if windows is None:
                return None
            if windows:
                scan.zone = (zone.start, zone.end)
                scan.add_matches(windows)
            self.scanned_bytes += zone.end - zone.low
        if scan.spills or result.problems:
            return None
        if base.claims or base.crossing:
            scan.carry(base, quiet_ranges(copies, [(z.start, z.end) for z in busy], len(data)))
        may_decode = self._may_decode(data, path, base, busy)
        hidden = self._decode(scan, result, data, path) if may_decode else NOTHING
        return self.finish(scan, result, Known(path, len(data), hidden=hidden))

    def _decode(self, scan: ZoneScan, result: ScanResult, data: bytes, path: bytes) -> Hidden:
        """Add and return what the whole of `data` holds encoded."""
        if not self.scanner.max_depth:
            return NOTHING
        texts = list(self.scanner.derive(data, path))
        found = list(self.scanner.decoded(texts, path, result, self.scanner.max_depth))
        hidden = hidden_in(data, path, texts, [(one, one.rule_id in result.judged) for one in found])
        scan.add_inner(hidden)
        return hidden

    def _may_decode(self, data: bytes, path: bytes, base: Known, busy: Sequence[Zone]) -> bool:
        """Whether `data` may hold something encoded: its base does, or its zones do."""
        if base.hidden.is_any or may_announce(data, path):
            return True
        parts = (with_wrapped_lines(data, zone.low, zone.end) for zone in busy)
        return any(True for low, high in parts for _ in self.scanner.derive(data[low:high], path))

    def _settle(
        self, data: bytes, busy: Sequence[Range], base: Known, copies: Sequence[tuple[int, int, int]]
    ) -> list[Zone]:
        """Widen zones until no match of the base straddles an edge; join those that come too close."""
        settled: list[Zone] = []
        quiet = quiet_ranges(copies, busy, len(data))
        crossing = [
            (low + q.shift, high + q.shift)
            for q in quiet
            for low, high in base.crossing
            if high + q.shift > q.start and low + q.shift < q.end
        ]
        for first, last in busy:
            zone = Zone(
                free_start(data, line_start(data, first - NEAR_BYTES, 0), crossing),
                free_start(data, first, crossing),
                free_end(data, last, crossing),
            )
            if settled and zone.low <= settled[-1].end:
                former = settled.pop()
                zone = Zone(former.low, former.start, max(former.end, zone.end))
            settled.append(zone)
        return settled

    def _windows(self, data: bytes, zone: Zone) -> Windows | None:
        """Return where rules could match in the zone, `None` when a wide rule could."""
        program = self.scanner.program
        high_end = min(len(data), zone.end + self._lookahead)
        size = high_end - zone.low
        found: dict[int, list[Range]] = {}
        for rule, windows in self.scanner.prefilter.windows(data[zone.low : high_end]).items():
            if self._is_wide(rule):
                return None
            reach = max(program.back[rule], program.ahead[rule])
            here = [
                # a window that ends with the bytes looked at ends there for want of more
                (low + zone.low, min(len(data), high + zone.low + (reach if high == size else 0)))
                for low, high in windows
                if low + zone.low < zone.end
            ]
            if here:
                found[rule] = here
        return found

    def _is_wide(self, number: int) -> bool:
        """Whether matches of a rule can begin, or its trigger end, too far away for zones."""
        program = self.scanner.program
        back = max(program.back[number], 0 if self._sees_triggers else program.ahead[number])
        return is_wide(back, program.newline_span[number], self._lookahead)

    def new_scan(self, data: bytes, path: bytes) -> tuple[ZoneScan, ScanResult]:
        """Return a scan of `data` without claims, and its result."""
        result = ScanResult()
        scan = ZoneScan(data, path, self.scanner.program, result.problems)
        scan.begin()
        return scan, result

    def finish(self, scan: ZoneScan, result: ScanResult, known: Known) -> tuple[ScanResult, Known]:
        """Return the result, and `known` with what the scan gathered."""
        result.findings = scan.finish(self.scanner.silencer)
        if result.problems and not known.is_whole:
            known = known._replace(is_whole=True)
        if known.is_whole or not (scan.claims or scan.crossing):
            return result, known
        claims = tuple(sorted(scan.claims, key=lambda claim: (claim.start, claim.end)))
        return result, known._replace(claims=claims, crossing=tuple(sorted(set(scan.crossing))))


def is_plain(data: bytes) -> bool:
    """Whether `data` is text as it stands."""
    return not has_nul(data)


def _times_kept(claim: Claim, base: Known, copies: Sequence[tuple[int, int, int]]) -> int:
    """Return how often a match of the base stands in a delta: more than once where `copies` hold it again.

    One that a change has taken away, or cut through, does not: what it hid behind itself would then be on a line that
    is looked at; over several lines only if all of it went.
    """
    start, end = claim.start, claim.end
    if (start, end) in base.crossing:
        return sum(first < end and start < first + length for first, _, length in copies)
    return sum(first <= start and end <= first + length for first, _, length in copies)
