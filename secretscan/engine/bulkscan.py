"""`BulkScanner`: versions in columns scanned as `BatchScanner` does, with a look at those alone that may hold something.

The twin is `batchscan`, which asks the same of each version in turn.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from secretscan.engine.batchscan import BatchScanner, Seen
from secretscan.engine.bulkcut import BulkCut, CutColumns
from secretscan.engine.decode import USUAL, hints
from secretscan.engine.decode.places import ANNOUNCED, may_announce
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.glance import NOTHING_SEEN
from secretscan.engine.knowncolumns import KnownColumns
from secretscan.engine.parts import PartColumns, WholeText
from secretscan.engine.pathtraits import ANNOUNCES, KIND, MAY_BE_BUNDLE, WATCHED, PathTraits
from secretscan.engine.scanner import ScanResult
from secretscan.engine.versions import NO_TEXT, Version

if TYPE_CHECKING:
    from secretscan.engine.screen import Screen
    from secretscan.kernels.compiled import Numbers, Table


@dataclass(frozen=True, slots=True)
class VersionColumns:
    """Versions of a batch in columns. They are numbered by their place in it, and among all of the scan."""

    numbers: Numbers
    """The number of each among all."""
    bases: Numbers
    """The number among all of what each is a delta of, of this batch before it or of an earlier one; `NO_BASE`."""
    sizes: Numbers
    cut: BulkCut
    """Cuts them."""
    version: Callable[[int], Version]
    """Makes one of them, given its place."""


class BulkScanner:
    """Scans batches of versions in columns, with kernels, which must be loaded."""

    def __init__(self, scan: DeltaScanner, screen: Screen, traits: PathTraits, known: KnownColumns) -> None:
        """Take what scans a version, the screen of its scanner, the paths, and what gets what is known of versions."""
        self._scan = scan
        self._screen = screen
        self._one_by_one = BatchScanner(scan)
        self._traits = traits
        self._known = known

    @property
    def scanned_bytes(self) -> int:
        """Bytes looked through so far."""
        return self._scan.scanned_bytes

    def scan(self, batch: VersionColumns) -> Iterator[tuple[int, Version, ScanResult]]:
        """Yield place, version and result of those in the batch of which there is something to say, in order."""
        known = self._known
        known.begin(batch.numbers, batch.sizes)
        seen = self._look(batch)
        is_delta = np.array(seen.is_delta, dtype=np.bool_)
        waiting = {*seen.doubtful, *np.flatnonzero(is_delta & known.is_special[batch.bases]).tolist()}
        left = list(waiting)
        heapify(left)
        while left:
            n = heappop(left)
            version = batch.version(n)
            result, told = self._one_by_one.settle(n, version, known.get(version.base), seen)
            if known.put(version.number, told):
                for place in np.flatnonzero(is_delta & (batch.bases == version.number)).tolist():
                    if place not in waiting:
                        waiting.add(place)
                        heappush(left, place)
            if result.findings or result.problems:
                yield n, version, result

    def _look(self, batch: VersionColumns) -> Seen:
        """Return what the screen sees of the versions."""
        paths = self._known.path_numbers[batch.numbers]
        rows = self._traits.of(paths)
        base_sizes = self._known.base_sizes(batch.numbers, batch.bases)
        cut = batch.cut.cut(base_sizes, rows[:, WATCHED].copy())
        self._scan.scanned_bytes += len(cut.text)
        shown = np.flatnonzero(cut.starts != NO_TEXT)
        starts = cut.starts[shown]
        parts = PartColumns(starts, rows[shown, KIND], paths[shown].tolist(), self._traits.paths)
        whole_parts = np.flatnonzero(cut.is_delta[shown] == 0)
        lows = starts[whole_parts] + 1  # behind its newline
        highs = lows + batch.sizes[shown[whole_parts]]
        texts = map(WholeText, lows.tolist(), highs.tolist())
        whole = dict(zip(whole_parts.tolist(), texts, strict=True))
        looked = self._screen.look(cut.text, parts, whole)
        decoding = set(np.flatnonzero((cut.may_decode != 0) & (cut.starts != NO_TEXT)).tolist())
        announcing = set[int]()
        if self._scan.scanner.max_depth:
            finders = self._scan.scanner.finders or USUAL
            decoding.update(_holders(hints(cut.text, finders), parts.listed, shown))
            may_announce_in = np.flatnonzero(rows[shown, ANNOUNCES]).tolist()
            announcing.update(shown[_announcing(cut.text, parts.listed, may_announce_in)].tolist())
        announcers = self._announcers(batch, cut, rows, announcing)
        decoding.update(n for n, may_stand in announcers.items() if may_stand)
        opened = set(shown[sorted(looked.opened)].tolist())
        unseen = set(np.flatnonzero(cut.starts == NO_TEXT).tolist())
        bundles = np.flatnonzero((rows[:, MAY_BE_BUNDLE] != 0) & (cut.starts != NO_TEXT)).tolist()
        doubtful = {*opened, *decoding, *unseen, *bundles}
        glances = {
            n: looked.glances.get(part, NOTHING_SEEN)
            for part, n in zip(whole, shown[whole_parts].tolist(), strict=True)
            if part in looked.glances or n in doubtful
        }
        doubtful.update(n for n, glance in glances.items() if glance.far)
        return Seen(cut.is_delta.tolist(), announcers, opened, decoding, (), unseen, glances, doubtful)

    def _announcers(
        self, batch: VersionColumns, cut: CutColumns, rows: Table, announcing: set[int]
    ) -> dict[int, bool]:
        """Return which versions hold what announces short encoded values, and whether these may stand in them.

        `announcing` are those that do in what is looked at of them.
        """
        known, found = self._known, dict[int, bool]()
        is_shown, is_delta = cut.starts != NO_TEXT, cut.is_delta != 0
        known.announces[batch.numbers] = known.may_stand[batch.numbers] = ~is_shown
        asked = is_shown & is_delta & (rows[:, ANNOUNCES] != 0)
        asked[list(announcing)] = True
        for n in np.flatnonzero(asked).tolist():
            number, base = batch.numbers[n], batch.bases[n]
            if n not in announcing:
                if not known.announces[base]:
                    continue
                if not known.may_stand[base]:
                    # what announces values takes few bytes: all that a change makes is in what is looked at
                    known.announces[number], found[n] = True, False
                    continue
            version = batch.version(n)
            if ANNOUNCED in version.data:
                found[n] = may_announce(version.data, version.path)
                known.announces[number], known.may_stand[number] = True, found[n]
        return found


def _announcing(text: bytes, begins: Sequence[int], parts: Sequence[int]) -> list[int]:
    """Return which of some `parts` of a text hold what announces short encoded values."""
    found = []
    for part in parts:
        end = begins[part + 1] if part + 1 < len(begins) else len(text)
        if text.find(ANNOUNCED, begins[part], end) >= 0:
            found.append(part)
    return found


def _holders(places: Iterable[int], begins: Sequence[int], shown: Numbers) -> Iterator[int]:
    """Yield which of the versions `shown` each place lies in the part of."""
    for at in places:
        yield int(shown[bisect_right(begins, at) - 1])
