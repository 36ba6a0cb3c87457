"""`BatchScanner`: many versions of files at once, most of which hold nothing.

The new parts of all versions of a batch stand in one buffer, which a screen looks through in one pass. A version
that it calls closed needs no scan of its own: it holds what its base holds, moved. All others, and those whose
base's findings came too close to a change, go to the `DeltaScanner`. The result is that of whole scans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from secretscan.engine.decode import encoded_runs, hints
from secretscan.engine.decode.places import ANNOUNCED, announces, is_bundle, may_announce, may_be_bundle
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.parts import part_of
from secretscan.engine.prefilter import Windows
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.engine.screen import Screen
from secretscan.engine.versions import NO_BASE, NO_TEXT, Cutter, HeldVersion, Version, cut_parts
from secretscan.engine.windows import quiet_ranges, seams, zones
from secretscan.engine.zonescan import Known
from secretscan.model.blob import Blob


class _Look(NamedTuple):
    """What the screen saw of one version."""

    is_delta: bool
    """Only what differs from the base was looked at."""
    is_open: bool
    may_decode: bool
    announces: bool
    """What announces short encoded values may be in the version."""
    is_binary: bool
    windows: Windows | None
    """Where rules could match, where all of a text was looked at."""


class BatchScanner:
    """Scans batches of versions; what is known of each stays with the caller."""

    def __init__(self, scan: DeltaScanner) -> None:
        """Take the scanner for what a screen cannot decide."""
        self._scan = scan
        self._scanner = scan.scanner

    @property
    def scanned_bytes(self) -> int:
        """Bytes looked through so far."""
        return self._scan.scanned_bytes

    def scan(
        self, versions: Sequence[Version], known: dict[int, Known], cut: Cutter | None = None
    ) -> Iterator[ScanResult]:
        """Yield the result of each version in turn; `known` gets what is known of it for its own deltas."""
        screen = self._scanner.screen
        if screen is None:
            for version in versions:
                result, known[version.number] = self._in_full(version, known.get(version.base))
                yield result
            return
        for version, look in zip(
            versions, self._looks(versions, known, cut or cut_parts, screen), strict=True
        ):
            base = known.get(version.base)
            told = None if look is None else self._told(version, look, base)
            if told is None:
                told = self._in_full(version, base, None if look is None else look.windows)
            result, known[version.number] = told
            yield result

    def _in_full(
        self, version: Version, base: Known | None, windows: Windows | None = None
    ) -> tuple[ScanResult, Known]:
        return self._scan.scan(version.data, version.provenance, base, version.copies, windows)

    def _looks(
        self, versions: Sequence[Version], known: dict[int, Known], cut: Cutter, screen: Screen
    ) -> list[_Look | None]:
        """Return what the screen sees of each version; None for one that is no plain text."""
        text, starts, is_delta, may_decode, binary = cut(versions, _base_sizes(versions, known))
        self._scan.scanned_bytes += len(text)
        shown = [n for n, start in enumerate(starts) if start != NO_TEXT]
        parts = [part_of(starts[n], versions[n].path, is_binary=n in binary) for n in shown]
        whole = {
            part: (starts[n] + 1, starts[n] + 1 + versions[n].size)  # behind its newline
            for part, n in enumerate(shown)
            if not is_delta[n] and n not in binary
        }
        looked = screen.look(text, parts, whole)
        encoded: set[int] = set()
        announcing: set[int] = set()
        if self._scanner.max_depth and not all(n in binary for n in shown):
            begins = [part.start for part in parts]
            encoded = {
                bisect_right(begins, at) - 1 for at in hints(text, self._scanner.find_runs or encoded_runs)
            }
            announcing = set(_parts_with(ANNOUNCED, text, begins))
        looks: list[_Look | None] = [None] * len(versions)
        announces_here: dict[int, bool] = {}
        for part, n in enumerate(shown):
            version = versions[n]
            decodes = bool(may_decode[n] or part in encoded)
            announced = False
            if announces(version.path):
                announced = part in announcing
                if is_delta[n] and not announced:
                    base = known.get(version.base)
                    announced = announces_here.get(version.base, True) if base is None else base.announces
                if announced:
                    data = version.data
                    announced = ANNOUNCED in data
                    decodes = decodes or may_announce(data, version.path)
            announces_here[version.number] = announced
            windows = looked.windows.get(part, {}) if part in whole else None
            looks[n] = _Look(
                bool(is_delta[n]), part in looked.opened, decodes, announced, n in binary, windows
            )
        return looks

    def _told(self, version: Version, look: _Look, base: Known | None) -> tuple[ScanResult, Known] | None:
        """Return result and knowledge of a version that needs no scan of its own, or `None`."""
        path = version.path
        if look.is_open:
            return None
        if look.is_delta and (base is None or base.is_whole or base.path != path):
            return None
        if look.is_binary:
            return ScanResult(), Known(path, version.size, is_whole=True)
        decodes = self._decodes(version, look, base)
        if decodes is None:
            return None
        known = Known(path, version.size, decodes=decodes, announces=look.announces, is_thorough=False)
        if not look.is_delta or base is None or not base.claims:
            return ScanResult(), known
        data = version.data
        busy = zones(data, seams(version.copies, base.size, len(data)))
        return self._scan.carry(data, path, base, quiet_ranges(version.copies, busy, len(data)), known)

    def _decodes(self, version: Version, look: _Look, base: Known | None) -> bool | None:
        """Return whether deltas of the version must be searched for encoded text; `None` when it holds some."""
        path = version.path
        if not self._scanner.max_depth:
            return False
        if not (look.may_decode or (look.is_delta and base is not None and base.decodes)):
            return may_be_bundle(path) and is_bundle(path, version.data)
        data = version.data
        texts = list(self._scanner.derive(data, path))
        if not self._scanner.all_closed(texts, path, self._scanner.max_depth):
            return None
        return bool(texts) or is_bundle(path, data)


def scan_blobs(scanner: Scanner, blobs: Sequence[Blob]) -> list[ScanResult]:
    """Return what `scanner` finds in each of `blobs`, whole texts, that are looked through together."""
    versions = [HeldVersion(number, blob.data, blob.provenance) for number, blob in enumerate(blobs)]
    return list(BatchScanner(DeltaScanner(scanner)).scan(versions, {}))


def _parts_with(word: bytes, text: bytes, begins: Sequence[int]) -> Iterator[int]:
    """Yield the numbers of the parts of `text` that hold `word`, given where they begin."""
    at = text.find(word)
    while at >= 0:
        part = bisect_right(begins, at) - 1
        yield part
        if part + 1 == len(begins):
            return
        at = text.find(word, begins[part + 1])


def _base_sizes(versions: Sequence[Version], known: dict[int, Known]) -> list[int]:
    """Return the size of the base of each version that was scanned under the same path, `NO_BASE` without one."""
    bases = {version.number: (version.path, version.size) for version in versions}
    sizes = []
    for version in versions:
        base = known.get(version.base)
        path, size = bases.get(version.base, (None, 0)) if base is None else (base.path, base.size)
        sizes.append(size if path == version.path else NO_BASE)
    return sizes
