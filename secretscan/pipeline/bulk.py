"""A shard read and scanned by compiled kernels: its objects are made, cut and looked through hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from secretscan.engine.bulkcut import BulkCut
from secretscan.engine.bulkscan import BulkScanner, VersionColumns
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.knowncolumns import KnownColumns
from secretscan.engine.pathtraits import PathTraits
from secretscan.engine.scanner import Scanner
from secretscan.engine.versions import NO_BASE
from secretscan.kernels.compiled import Numbers, Table, frozen
from secretscan.kernels.messages import ROOM, message_texts
from secretscan.model.provenance import HistoryObject
from secretscan.sources.git.objects import ID_HEADERS, TYPE_HEADERS
from secretscan.sources.git.pack.bulk import Batch, BulkWalk
from secretscan.sources.git.pack.faults import Limits
from secretscan.sources.git.pack.plan import Shard
from secretscan.sources.git.pack.reader import kind_of
from secretscan.sources.git.table import FILE, NOTE, WHERES, ObjectTable

_TYPES = np.array([kind_of(code) for code in range(len(WHERES))], dtype=np.uint8)
"""The type of pack entry that each kind of row is made of."""
_WITH_IDS, _WITH_TYPES = frozen(b"".join(ID_HEADERS)), frozen(b"".join(TYPE_HEADERS))


class _BulkVersion:
    """A version taken out of its batch, because somebody asked for it."""

    __slots__ = ("_objects", "_rows", "base", "data", "number", "path", "size")

    def __init__(self, data: bytes, number: int, base: int, rows: Table, objects: ObjectTable) -> None:
        """Take its text; `number` is its row among the objects, `rows` are what it shares with its base."""
        self.data = data
        self.number = number
        self.base = base
        self.path = objects.path_at(number)
        self.size = len(data)
        self._rows = rows
        self._objects = objects

    @property
    def copies(self) -> Sequence[tuple[int, int, int]]:
        """The ranges (offset in the base, offset here, length) that it shares with its base."""
        return [(in_base, here, length) for in_base, here, length in self._rows.tolist()]

    @property
    def provenance(self) -> HistoryObject:
        """The object."""
        row = self._objects[self.number]
        return HistoryObject(row.oid, row.where, row.path)


class BulkObjects:
    """The objects of a scan in columns, and what is told of their paths."""

    def __init__(self, table: ObjectTable) -> None:
        """Take the objects."""
        self.table = table
        self.codes = np.frombuffer(table.codes, dtype=np.uint8)
        self._ids = np.frombuffer(table.ids, dtype=np.uint8).reshape(len(table), -1)
        self._traits = PathTraits(table.paths)
        self._known = KnownColumns(np.frombuffer(table.path_numbers, dtype=np.uint32), table.paths)

    def scanner(self, scanner: Scanner) -> BulkScanner:
        """Return what scans the batches of a shard: no version is a delta of one of another shard.

        `scanner` has a screen with kernels. There is one shard at a time.
        """
        assert scanner.screen is not None  # noqa: S101 - kernels are for what has one
        self._known.forget()
        return BulkScanner(DeltaScanner(scanner), scanner.screen, self._traits, self._known)

    def without(self, batch: VersionColumns, left_out: Sequence[int]) -> tuple[bytes, bytes]:
        """Return the ids and the sizes (64 bits each) of a batch without the versions at some places."""
        is_meant = np.ones(len(batch.numbers), dtype=np.bool_)
        is_meant[list(left_out)] = False
        return self._ids[batch.numbers[is_meant]].tobytes(), batch.sizes[is_meant].tobytes()


class BulkShard:
    """The versions of one shard, in batches."""

    def __init__(self, shard: Shard, objects: BulkObjects, limits: Limits) -> None:
        """Take the shard and the objects its steps are wanted for."""
        self._shard = shard
        self._objects = objects
        self._limits = limits
        self.again: list[int] = []
        """Numbers of the objects that are not what the walk takes them for, once all batches have been seen."""

    def __iter__(self) -> Iterator[VersionColumns]:
        """Yield batches, each to be done with before the next. Raises NotInBulk (`pack.bulk`)."""
        wanted = np.frombuffer(self._shard.wanted, dtype=np.int64)
        parents = np.frombuffer(self._shard.parent, dtype=np.int64)
        for batch in BulkWalk(self._shard, self._limits):
            steps = slice(batch.first, batch.first + len(batch))
            places = np.flatnonzero(wanted[steps] >= 0)
            numbers, types = wanted[steps][places], np.frombuffer(batch.kinds, dtype=np.uint8)[steps][places]
            codes = self._objects.codes[numbers]
            fits = types == _TYPES[codes]
            self.again += numbers[~fits].tolist()
            is_file = (codes == FILE) | (codes == NOTE)
            if (fits & is_file).any():
                own = parents[steps][places[fits & is_file]]
                bases = np.where(own >= 0, np.maximum(wanted[own], NO_BASE), NO_BASE)
                yield self._files(batch, places[fits & is_file], numbers[fits & is_file], bases)
            if (fits & ~is_file).any():
                yield self._messages(batch, places[fits & ~is_file], numbers[fits & ~is_file])

    def _files(self, batch: Batch, places: Numbers, numbers: Numbers, bases: Numbers) -> VersionColumns:
        slots = places + batch.before
        starts = batch.made_at[slots]
        first = batch.copies_at[places]
        last = np.where(bases != NO_BASE, batch.copies_at[places + 1], first)
        cut = BulkCut(batch.made, starts, batch.made_at[slots + 1] - starts, batch.copies, first, last)
        return self._columns(cut, numbers, bases)

    def _messages(self, batch: Batch, places: Numbers, numbers: Numbers) -> VersionColumns:
        """Return the texts of commits and tags, which are deltas of nothing."""
        slots = places + batch.before
        starts = batch.made_at[slots]
        sizes = batch.made_at[slots + 1] - starts
        text = np.empty(int(sizes.sum()) + ROOM * len(sizes), dtype=np.uint8)
        text_at = np.empty(len(sizes) + 1, dtype=np.int64)
        message_texts(batch.made, starts, sizes, _WITH_IDS, _WITH_TYPES, text, text_at)
        nothing = np.zeros(len(sizes), dtype=np.int64)
        cut = BulkCut(text, text_at[:-1], np.diff(text_at), batch.copies, nothing, nothing)
        return self._columns(cut, numbers, np.full(len(sizes), NO_BASE, dtype=np.int64))

    def _columns(self, cut: BulkCut, numbers: Numbers, bases: Numbers) -> VersionColumns:
        def version(n: int) -> _BulkVersion:
            data = cut.made[cut.starts[n] :][: cut.sizes[n]].tobytes()
            rows = cut.copies[cut.copies_from[n] : cut.copies_to[n]]
            return _BulkVersion(data, int(numbers[n]), int(bases[n]), rows, self._objects.table)

        return VersionColumns(numbers, bases, cut.sizes, cut, version)
