"""`BatchScanner`: many versions of files at once, most of which hold nothing.

The new parts of all versions of a batch stand in one buffer, which a screen looks through in one pass. A version
that it calls closed needs no scan of its own: it holds what its base holds, moved. All others, and those whose
base's findings came too close to a change, go to the `DeltaScanner`. The result is that of whole scans.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from secretscan.engine.decode import USUAL, hints
from secretscan.engine.decode.places import ANNOUNCED, announces, is_bundle, may_announce, may_be_bundle
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.glance import NOTHING_SEEN, Glance
from secretscan.engine.parts import WholeText, part_of
from secretscan.engine.rescan import Rescan
from secretscan.engine.resting import NOTHING, Hidden, Ranges, hidden_in, moved, moved_hidden
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.engine.screen import Screen
from secretscan.engine.versions import NO_BASE, NO_TEXT, HeldVersion, Version, cut_parts
from secretscan.engine.zonescan import Known
from secretscan.model.blob import Blob


class Seen(NamedTuple):
    """What a screen saw of a batch. Versions are numbered by their place in it."""

    is_delta: Sequence[int]
    """Whether only what differs from its base was looked at."""
    announces: Container[int]
    """Those that hold what announces short encoded values."""
    opened: Container[int]
    decoding: Container[int]
    """Those that may hold encoded text."""
    binary: Container[int]
    unseen: Container[int]
    """Those that are no plain text."""
    glances: Mapping[int, Glance]
    """At those that were looked at as a whole."""
    doubtful: Set[int]
    """All of which more must be asked than what is known of their base."""


class BatchScanner:
    """Scans batches of versions; what is known of each stays with the caller."""

    def __init__(self, scan: DeltaScanner) -> None:
        """Take the scanner for what a screen cannot decide."""
        self._scan = scan
        self._scanner = scan.scanner
        screen = self._scanner.screen
        self._rescan = None if screen is None else Rescan(scan, screen)

    @property
    def scanned_bytes(self) -> int:
        """Bytes looked through so far."""
        return self._scan.scanned_bytes

    def scan(self, versions: Sequence[Version], known: dict[int, Known]) -> Iterator[ScanResult]:
        """Yield the result of each version in turn; `known` gets what is known of it for its own deltas."""
        screen = self._scanner.screen
        if screen is None:
            for version in versions:
                result, known[version.number] = self._in_full(version, known.get(version.base))
                yield result
            return
        seen = self._look(versions, known, screen)
        for n, version in enumerate(versions):
            base = known.get(version.base)
            if n not in seen.doubtful and (not seen.is_delta[n] or _is_empty(base, version.path)):
                known[version.number] = Known(
                    version.path, version.size, announces=n in seen.announces, is_thorough=False
                )
                yield ScanResult()
                continue
            result, known[version.number] = self.settle(n, version, base, seen)
            yield result

    def settle(self, n: int, version: Version, base: Known | None, seen: Seen) -> tuple[ScanResult, Known]:
        """Return what version `n` of those `seen` holds, and what is then known of it, given the same of its base."""
        told = None if n in seen.unseen else self._told(n, version, base, seen)
        return told or self._in_full(version, base, seen.glances.get(n))

    def _in_full(
        self, version: Version, base: Known | None, glance: Glance | None = None
    ) -> tuple[ScanResult, Known]:
        return self._scan.scan(version.data, version.provenance, base, version.copies, glance)

    def _look(self, versions: Sequence[Version], known: dict[int, Known], screen: Screen) -> Seen:
        """Return what the screen sees of the versions."""
        text, starts, is_delta, may_decode, binary = cut_parts(versions, _base_sizes(versions, known))
        self._scan.scanned_bytes += len(text)
        shown = [n for n, start in enumerate(starts) if start != NO_TEXT]
        parts = [part_of(starts[n], versions[n].path, is_binary=n in binary) for n in shown]
        whole = {
            part: WholeText(starts[n] + 1, starts[n] + 1 + versions[n].size)  # behind its newline
            for part, n in enumerate(shown)
            if not is_delta[n] and n not in binary
        }
        looked = screen.look(text, parts, whole)
        decoding = {n for n in shown if may_decode[n]}
        announcing: set[int] = set()
        if self._scanner.max_depth and not all(n in binary for n in shown):
            begins = [part.start for part in parts]
            runs = hints(text, self._scanner.finders or USUAL)
            decoding.update(shown[bisect_right(begins, at) - 1] for at in runs)
            announcing = {
                n
                for n, low, high in zip(shown, begins, [*begins[1:], len(text)], strict=True)
                if announces(versions[n].path) and text.find(ANNOUNCED, low, high) >= 0
            }
        announcers = _announce(versions, shown, known, is_delta, announcing)
        decoding.update(n for n, may_stand in announcers.items() if may_stand)
        opened = {shown[part] for part in looked.opened}
        unseen = set(range(len(versions))).difference(shown)
        glances = {shown[part]: looked.glances.get(part, NOTHING_SEEN) for part in whole}
        bundles = (n for n in shown if may_be_bundle(versions[n].path))
        return Seen(
            is_delta,
            announcers,
            opened,
            decoding,
            binary,
            unseen,
            glances,
            {
                *opened,
                *(n for n, glance in glances.items() if glance.far),
                *decoding,
                *unseen,
                *bundles,
                *(n for n in shown if n in binary),
            },
        )

    def _told(
        self, n: int, version: Version, base: Known | None, seen: Seen
    ) -> tuple[ScanResult, Known] | None:
        """Return result and knowledge of version `n` if it needs no scan of its own, or `None`."""
        path, is_delta, is_open = version.path, seen.is_delta[n], n in seen.opened
        if is_open and not is_delta:
            return None
        if is_delta and (base is None or base.is_whole or base.path != path):
            return None
        if n in seen.binary:
            return None if is_open else (ScanResult(), Known(path, version.size, is_whole=True))
        known = self._known(n, version, base if is_delta else None, seen)
        if known is None:
            return None
        if not is_delta or base is None:
            return ScanResult(), known
        if is_open:
            return self._rescan.scan(version, base, known) if self._rescan is not None else None
        if not base.claims and not known.hidden.inner:
            return ScanResult(), known
        return self._scan.carry(version.data, path, base, version.copies, known)

    def _known(self, n: int, version: Version, base: Known | None, seen: Seen) -> Known | None:
        """Return what is known of version `n` before its claims; `None` when it takes a scan to know.

        `base` is that of a version of which nothing but what differs was looked at.
        """
        far: Ranges | None
        if base is not None and base.far:
            far = moved(base.far, version.copies, base.size, version.size)
        else:
            far = seen.glances[n].far if n in seen.glances else ()
        if far is None:
            return None
        hidden = self._hidden(version, base, is_sought=n in seen.decoding)
        if hidden is None:
            return None
        announces_values = n in seen.announces
        return Known(
            version.path, version.size, hidden=hidden, far=far, announces=announces_values, is_thorough=False
        )

    def _hidden(self, version: Version, base: Known | None, *, is_sought: bool) -> Hidden | None:
        """Return what a version holds encoded; `None` when it takes a scan to know."""
        path = version.path
        if not self._scanner.max_depth:
            return NOTHING
        is_any = base is not None and base.hidden.is_any
        if not (is_sought or is_any):
            return Hidden(may_be_bundle(path) and is_bundle(path, version.data))
        data = version.data
        if base is not None and not is_sought:
            same = moved_hidden(base.hidden, data, version.copies, base.size)
            if same is not None:
                return same
        texts = list(self._scanner.derive(data, path))
        closed = self._scanner.all_closed(texts, path, self._scanner.max_depth)
        return hidden_in(data, path, texts) if closed else None


def scan_blobs(scanner: Scanner, blobs: Sequence[Blob]) -> list[ScanResult]:
    """Return what `scanner` finds in each of `blobs`, whole texts, that are looked through together."""
    versions = [HeldVersion(number, blob.data, blob.provenance) for number, blob in enumerate(blobs)]
    return list(BatchScanner(DeltaScanner(scanner)).scan(versions, {}))


def _announce(
    versions: Sequence[Version],
    shown: Sequence[int],
    known: dict[int, Known],
    is_delta: Sequence[int],
    announcing: Container[int],
) -> dict[int, bool]:
    """Return which of the `shown` versions hold what announces short encoded values, and whether these may stand in them.

    `announcing` are those that do in what is looked at of them.
    """
    found: dict[int, bool] = {}
    here: dict[int, bool] = {}
    for n in shown:
        version = versions[n]
        if announces(version.path):
            announced = n in announcing
            if is_delta[n] and not announced:
                base = known.get(version.base)
                announced = here.get(version.base, True) if base is None else base.announces
            if announced and ANNOUNCED in version.data:
                found[n] = may_announce(version.data, version.path)
        here[version.number] = n in found
    return found


def _is_empty(base: Known | None, path: bytes) -> bool:
    """Whether nothing at all is in a base under the same path, and nothing that its deltas must be searched for."""
    return not (
        base is None or base.is_whole or base.hidden.is_any or base.far or base.claims or base.path != path
    )


def _base_sizes(versions: Sequence[Version], known: dict[int, Known]) -> list[int]:
    """Return the size of the base of each version that was scanned under the same path, `NO_BASE` without one."""
    here: dict[int, Version] = {}
    sizes = []
    for version in versions:
        base = known.get(version.base) or here.get(version.base)
        sizes.append(base.size if base is not None and base.path == version.path else NO_BASE)
        here[version.number] = version
    return sizes
