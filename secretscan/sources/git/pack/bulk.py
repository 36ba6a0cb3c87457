"""`BulkWalk`: a shard carried out in batches by compiled kernels. The twin is `walk.ShardWalk`.

It makes the same objects from the same steps; whatever is not quite right about a shard (damage, an object over
the limit, ancestors that do not fit in memory) it leaves to the twin, which can tell what exactly is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers
from secretscan.kernels.deltas import FITS, WHOLE, apply_deltas
from secretscan.sources.git.pack.delta import delta_sizes
from secretscan.sources.git.pack.entries import OFS_DELTA, REF_DELTA
from secretscan.sources.git.pack.faults import DEFAULT_LIMITS, DamagedObject, Limits
from secretscan.sources.git.pack.forest import LOOSE
from secretscan.sources.git.pack.loose import read_loose
from secretscan.sources.git.pack.packed import PackedEntries
from secretscan.sources.git.pack.plan import Shard

BATCH_BYTES = 4 << 20
BATCH_OBJECTS = 600
"""Objects made at once: enough to make a call cheap, few enough to hold."""


class NotInBulk(Exception):
    """The shard must be walked step by step."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects made at once. Steps are those of the shard; a slot is a place in `made`."""

    first: int
    """The step of the first object made here; the others follow."""
    kinds: bytearray = field(repr=False)
    """Type of each object of the shard made so far (entries.py), by step."""
    made: Bytes = field(repr=False)
    made_at: Numbers
    """Where each slot starts, and after the last one where it ends."""
    before: int
    """Slots at the beginning that hold bases made in earlier batches; those made here follow."""
    copies: Numbers
    copies_at: Numbers
    """Which rows of `copies` (in the base, in the object, length) belong to each object made here."""

    def __len__(self) -> int:
        """Return how many objects were made here."""
        return len(self.copies_at) - 1


class BulkWalk:
    """Makes the objects of one shard, in its order."""

    def __init__(self, shard: Shard, limits: Limits = DEFAULT_LIMITS) -> None:
        """Take the shard; packs are opened when they are needed."""
        self._shard = shard
        self._limits = limits
        self._entries = PackedEntries(shard, limits)
        self._kinds = bytearray(len(shard))
        self._left = list(shard.uses)
        self._live: dict[int, Bytes] = {}
        self._live_bytes = 0
        self._room = np.empty(0, dtype=np.uint8)

    def __iter__(self) -> Iterator[Batch]:
        """Yield the objects in batches, each to be done with before the next: it reuses their memory.

        Raises NotInBulk when the shard must be walked step by step.
        """
        step = 0
        while step < len(self._shard):
            first = step
            packed: list[bytes] = []
            sizes: list[int] = []
            held = 0
            while step < len(self._shard) and len(sizes) < BATCH_OBJECTS and held < BATCH_BYTES:
                size, data = self._packed(step)
                packed.append(data)
                sizes.append(size)
                held += size
                step += 1
            yield self._make(first, packed, sizes)

    def _packed(self, step: int) -> tuple[int, bytes]:
        """Return the size of the object that a step makes, and what it is made from."""
        shard = self._shard
        parent = shard.parent[step]
        most = self._limits.base_bytes if shard.uses[step] else self._limits.object_bytes
        try:
            if shard.pack[step] == LOOSE:
                self._kinds[step], data = read_loose(shard.loose[shard.start[step]], most)
                size = len(data)
            else:
                kind, data = self._entries.read(step, most)
                is_delta = kind in (OFS_DELTA, REF_DELTA)
                if is_delta != (parent >= 0):
                    raise NotInBulk
                self._kinds[step] = self._kinds[parent] if is_delta else kind
                size = delta_sizes(data)[1] if is_delta else len(data)
        except DamagedObject as fault:
            raise NotInBulk from fault
        if size > most or (shard.wanted[step] >= 0 and size > self._limits.object_bytes):
            raise NotInBulk
        return size, data

    def _make(self, first: int, packed: list[bytes], sizes: list[int]) -> Batch:
        parents = self._shard.parent[first : first + len(sizes)]
        outside = sorted({parent for parent in parents if 0 <= parent < first})
        if not all(parent in self._live for parent in outside):
            raise NotInBulk
        slots = {parent: slot for slot, parent in enumerate(outside)}
        before = len(outside)
        bases = np.array(
            [slots.get(p, p - first + before) if p >= 0 else WHOLE for p in parents], dtype=np.int64
        )
        made_at = _offsets([len(self._live[parent]) for parent in outside] + sizes)
        made = self._buffer(int(made_at[-1]))
        for slot, parent in enumerate(outside):
            made[made_at[slot] : made_at[slot + 1]] = self._live[parent]
        joined = np.frombuffer(b"".join(packed), dtype=np.uint8)
        # never filled but for what is used: the system gives memory when it is written to
        copies = np.empty((len(joined) + 1, 3), dtype=np.int64)
        copies_at = np.empty(len(sizes) + 1, dtype=np.int64)
        packed_at = _offsets([len(data) for data in packed])
        if apply_deltas(joined, packed_at, bases, made, made_at, copies, copies_at) != FITS:
            raise NotInBulk
        batch = Batch(first, self._kinds, made, made_at, before, copies, copies_at)
        self._settle(batch)
        return batch

    def _buffer(self, size: int) -> Bytes:
        """Return room for a batch. Memory that was used before is faster than new memory from the system."""
        if len(self._room) < size:
            self._room = np.empty(size + (size >> 2), dtype=np.uint8)
        return self._room[:size]

    def _settle(self, batch: Batch) -> None:
        """Drop the bases that are done with, keep those made here that later steps build on."""
        shard, left = self._shard, self._left
        last = batch.first + len(batch)
        for parent in shard.parent[batch.first : last]:
            if parent >= 0:
                left[parent] -= 1
                if not left[parent] and parent in self._live:
                    self._live_bytes -= len(self._live.pop(parent))
        for step in range(batch.first, last):
            if left[step]:
                slot = batch.before + step - batch.first
                kept = batch.made[batch.made_at[slot] : batch.made_at[slot + 1]].copy()
                self._live[step] = kept
                self._live_bytes += len(kept)
        if self._live_bytes > self._limits.cache_bytes:
            raise NotInBulk


def _offsets(sizes: list[int]) -> Numbers:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets
