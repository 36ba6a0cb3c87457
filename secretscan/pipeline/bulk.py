"""A shard read and scanned by compiled kernels: its objects are made, cut and looked through hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from secretscan.engine.bulkcut import BulkCut
from secretscan.engine.versions import NO_BASE, Cutter, Version
from secretscan.model.provenance import HistoryObject
from secretscan.sources.git.objects import text_of
from secretscan.sources.git.pack.bulk import Batch, BulkWalk
from secretscan.sources.git.pack.faults import Limits
from secretscan.sources.git.pack.plan import Shard
from secretscan.sources.git.pack.reader import kind_of
from secretscan.sources.git.table import FILE, NOTE, WHERES, ObjectTable


class _BulkVersion:
    """A file's version, taken out of its batch when somebody asks for it."""

    __slots__ = ("_batch", "_data", "_objects", "base", "number", "path", "place", "size")

    def __init__(
        self, batch: Batch, place: int, size: int, number: int, base: int, objects: ObjectTable
    ) -> None:
        """Take the version of `size` bytes made as number `place` of a batch; `number` is its row among the objects."""
        self._batch = batch
        self.place = place
        self._objects = objects
        self._data: bytes | None = None
        self.number = number
        self.base = base
        self.path = objects.path_at(number)
        self.size = size

    @property
    def data(self) -> bytes:
        """Its bytes."""
        if self._data is None:
            slot = self._batch.before + self.place
            self._data = self._batch.made[self._batch.made_at[slot] :][: self.size].tobytes()
        return self._data

    @property
    def copies(self) -> Sequence[tuple[int, int, int]]:
        """The ranges (offset in the base, offset here, length) that it shares with its base."""
        if self.base == NO_BASE:
            return ()
        low, high = self._batch.copies_at[self.place : self.place + 2]
        return [(in_base, here, length) for in_base, here, length in self._batch.copies[low:high].tolist()]

    @property
    def provenance(self) -> HistoryObject:
        """The object."""
        return _object_at(self._objects, self.number)


class _Text:
    """A message, which is read at once; where it comes from is told when somebody asks."""

    __slots__ = ("_objects", "data", "number", "path", "size")

    base = NO_BASE
    copies: Sequence[tuple[int, int, int]] = ()

    def __init__(self, data: bytes, number: int, objects: ObjectTable) -> None:
        """Take the text; `number` is its row among the objects."""
        self._objects = objects
        self.data = data
        self.number = number
        self.path = objects.path_at(number)
        self.size = len(data)

    @property
    def provenance(self) -> HistoryObject:
        """The object."""
        return _object_at(self._objects, self.number)


def _object_at(objects: ObjectTable, number: int) -> HistoryObject:
    row = objects[number]
    return HistoryObject(row.oid, row.where, row.path)


class BulkShard:
    """The versions of one shard, in batches with what cuts them."""

    def __init__(self, shard: Shard, objects: ObjectTable, limits: Limits) -> None:
        """Take the shard and the objects its steps are wanted for."""
        self._shard = shard
        self._objects = objects
        self._limits = limits
        self.again: list[int] = []
        """Numbers of the objects that are not what the walk takes them for, once all batches have been seen."""

    def __iter__(self) -> Iterator[tuple[Sequence[Version], Cutter | None]]:
        """Yield batches, each to be done with before the next. Raises NotInBulk (`pack.bulk`)."""
        objects, wanted, parents = self._objects, self._shard.wanted, self._shard.parent
        for batch in BulkWalk(self._shard, self._limits):
            files: list[_BulkVersion] = []
            texts: list[_Text] = []
            ends = batch.made_at[batch.before :].tolist()
            for place, step in enumerate(range(batch.first, batch.first + len(batch))):
                number = wanted[step]
                if number < 0:
                    continue
                code = objects.code_at(number)
                if batch.kinds[step] != kind_of(code):
                    self.again.append(number)
                elif code in (FILE, NOTE):
                    base = wanted[parents[step]] if parents[step] >= 0 else NO_BASE
                    size = ends[place + 1] - ends[place]
                    files.append(_BulkVersion(batch, place, size, number, max(base, NO_BASE), objects))
                else:
                    content = batch.made[ends[place] : ends[place + 1]].tobytes()
                    texts.append(_Text(text_of(WHERES[code], content), number, objects))
            if files:
                yield files, _cutter(batch, files)
            if texts:
                yield texts, None


def _cutter(batch: Batch, files: Sequence[_BulkVersion]) -> BulkCut:
    places = np.array([version.place for version in files], dtype=np.int64)
    slots = places + batch.before
    has_base = np.array([version.base != NO_BASE for version in files])
    copies_from = batch.copies_at[places]
    return BulkCut(
        batch.made,
        batch.made_at[slots],
        batch.made_at[slots + 1] - batch.made_at[slots],
        batch.copies,
        copies_from,
        np.where(has_base, batch.copies_at[places + 1], copies_from),
    )
