"""`BatchScanner`: many versions of files at once, most of which hold nothing.

The new parts of all versions of a batch stand in one buffer, which a screen looks through in one pass. A version
that it calls closed needs no scan of its own: it holds what its base holds, moved. All others, and those whose
base's findings came too close to a change, go to the `DeltaScanner`. The result is that of whole scans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from secretscan.engine.decode import derive, hints
from secretscan.engine.decode.places import is_bundle, is_json, may_announce
from secretscan.engine.deltascan import DeltaScanner, is_plain
from secretscan.engine.scanner import ScanResult
from secretscan.engine.screen import Part, part_of
from secretscan.engine.windows import WORTH_IT, Range, is_wrapped, margins, quiet_ranges, seams, zones
from secretscan.engine.zonescan import Known
from secretscan.model.provenance import Provenance

NO_BASE: Final = -1

Copies = Sequence[tuple[int, int, int]]


class Version(NamedTuple):
    """One object to scan."""

    number: int
    data: bytes
    provenance: Provenance
    base: int = NO_BASE
    """Number of the version it is a delta of: of this batch, before it, or of an earlier one."""
    copies: Copies = ()
    """The ranges (offset in the base, offset here, length) that it shares with it."""


class _Look(NamedTuple):
    """What the screen saw of one version."""

    is_delta: bool
    """Only what differs from the base was looked at."""
    is_open: bool
    may_decode: bool


class BatchScanner:
    """Scans batches of versions; what is known of each stays with the caller."""

    def __init__(self, scan: DeltaScanner) -> None:
        """Take the scanner for what a screen cannot decide."""
        self._scan = scan
        self._scanner = scan.scanner

    def scan(self, versions: Sequence[Version], known: dict[int, Known]) -> Iterator[ScanResult]:
        """Yield the result of each version in turn; `known` gets what is known of it for its own deltas."""
        if self._scanner.screen is None:
            for version in versions:
                result, known[version.number] = self._in_full(version, known.get(version.base))
                yield result
            return
        for version, look in zip(versions, self._looks(versions, known), strict=True):
            base = known.get(version.base)
            told = None if look is None else self._told(version, look, base)
            if told is None:
                told = self._in_full(version, base)
            result, known[version.number] = told
            yield result

    def _in_full(self, version: Version, base: Known | None) -> tuple[ScanResult, Known]:
        return self._scan.scan(version.data, version.provenance, base, version.copies)

    def _looks(self, versions: Sequence[Version], known: dict[int, Known]) -> list[_Look | None]:
        """Return what the screen sees of each version; None for one that is no plain text."""
        bases = {version.number: (version.provenance.path, len(version.data)) for version in versions}
        pieces: list[bytes] = []
        parts: list[Part] = []
        planned: list[tuple[bool, bool] | None] = []
        size = 0
        for version in versions:
            data, path = version.data, version.provenance.path
            if not is_plain(data):
                planned.append(None)
                continue
            base = known.get(version.base)
            told = bases.get(version.base) if base is None else (base.path, base.size)
            ranges, is_delta = _ranges(version, told[1] if told is not None and told[0] == path else None)
            parts.append(part_of(size, path))
            may_decode = may_announce(data, path)
            for low, high in ranges:
                piece = data[low:high]
                pieces += (b"\n", piece)
                size += 1 + high - low
                may_decode = may_decode or (b"\\" in piece and is_json(path, data))
                may_decode = may_decode or is_wrapped(data, low) or is_wrapped(data, high)
            planned.append((is_delta, may_decode))
        buffer = b"".join(pieces)
        self._scan.scanned_bytes += len(buffer)
        return self._seen(buffer, parts, planned)

    def _seen(
        self, buffer: bytes, parts: list[Part], planned: list[tuple[bool, bool] | None]
    ) -> list[_Look | None]:
        screen = self._scanner.screen
        opened = set() if screen is None else screen.open_parts(buffer, parts)
        starts = [part.start for part in parts]
        encoded = set()
        if self._scanner.max_depth:
            encoded = {bisect_right(starts, at) - 1 for at in hints(buffer)}
        looks: list[_Look | None] = []
        number = 0
        for plan in planned:
            if plan is None:
                looks.append(None)
                continue
            looks.append(_Look(plan[0], number in opened, plan[1] or number in encoded))
            number += 1
        return looks

    def _told(self, version: Version, look: _Look, base: Known | None) -> tuple[ScanResult, Known] | None:
        """Return result and knowledge of a version that needs no scan of its own, or `None`."""
        data, path = version.data, version.provenance.path
        if look.is_open:
            return None
        if look.is_delta and (base is None or base.is_whole or base.path != path):
            return None
        decodes = self._decodes(version, look, base)
        if decodes is None:
            return None
        known = Known(path, len(data), decodes=decodes, is_thorough=False)
        if not look.is_delta or base is None or not base.claims:
            return ScanResult(), known
        busy = zones(data, seams(version.copies, base.size, len(data)))
        return self._scan.carry(data, path, base, quiet_ranges(version.copies, busy, len(data)), known)

    def _decodes(self, version: Version, look: _Look, base: Known | None) -> bool | None:
        """Return whether deltas of the version must be searched for encoded text; `None` when it holds some."""
        data, path = version.data, version.provenance.path
        if not self._scanner.max_depth:
            return False
        if not (look.may_decode or (look.is_delta and base is not None and base.decodes)):
            return is_bundle(path, data)
        texts = list(derive(data, path))
        if not self._scanner.all_closed(texts, path, self._scanner.max_depth):
            return None
        return bool(texts) or is_bundle(path, data)


def _ranges(version: Version, base_size: int | None) -> tuple[list[Range], bool]:
    """Return what of a version to look at, and whether that is only what differs from a base of `base_size`."""
    whole: Range = (0, len(version.data))
    if base_size is None:
        return [whole], False
    ranges = margins(version.data, seams(version.copies, base_size, len(version.data)))
    if sum(high - low for low, high in ranges) > WORTH_IT * len(version.data):
        return [whole], False
    return ranges, True
