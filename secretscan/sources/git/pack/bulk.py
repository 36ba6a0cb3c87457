"""`BulkWalk`: a shard carried out in batches by compiled kernels. The twin is `walk.ShardWalk`.

It makes the same objects from the same steps; whatever is not quite right about a shard (damage, an object over
the limit, ancestors that do not fit in memory) it leaves to the twin, which can tell what exactly is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers
from secretscan.kernels.deltas import FITS, WHOLE, apply_deltas, made_sizes
from secretscan.sources.git.pack.columns_numpy import first_places
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


class _Packed(NamedTuple):
    """What some steps make their objects from."""

    data: Bytes
    at: Numbers
    """Where the data of each step start in `data`, and after the last one where they end."""
    sizes: Numbers
    """Bytes of the objects."""

    def __repr__(self) -> str:
        """Show no data: they may hold secrets."""
        return f"_Packed({len(self.sizes)} objects)"


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
        self._entries.read_headers()
        step = 0
        while step < len(self._shard):
            packed = self._read(step)
            ends = np.cumsum(packed.sizes)
            done = 0
            while done < len(packed.sizes):
                full = BATCH_BYTES + (ends[done - 1] if done else 0)
                stop = max(done + 1, int(np.searchsorted(ends, full, side="right")))
                yield self._make(step + done, packed, done, stop)
                done = stop
            step += done

    def _read(self, first: int) -> _Packed:
        """Return what the next steps make their objects from."""
        shard, kinds = self._shard, self._kinds
        found: list[bytes] = []
        held = 0
        for step in range(first, min(first + BATCH_OBJECTS, len(shard))):
            most = self._limits.base_bytes if shard.uses[step] else self._limits.object_bytes
            parent = shard.parent[step]
            try:
                if shard.pack[step] == LOOSE:
                    kinds[step], data = read_loose(shard.loose[shard.start[step]], most)
                else:
                    kind, data = self._entries.read(step, most)
                    is_delta = kind in (OFS_DELTA, REF_DELTA)
                    if is_delta != (parent >= 0):
                        raise NotInBulk
                    kinds[step] = kinds[parent] if is_delta else kind
            except DamagedObject as fault:
                raise NotInBulk from fault
            found.append(data)
            held += len(data)
            if held > BATCH_BYTES:
                break
        lengths = np.array([len(data) for data in found], dtype=np.int64)
        ends = _offsets(lengths)
        joined = np.frombuffer(b"".join(found), dtype=np.uint8)
        return _Packed(joined, ends, self._sizes(first, joined, ends, lengths))

    def _sizes(self, first: int, packed: Bytes, packed_at: Numbers, lengths: Numbers) -> Numbers:
        """Return the sizes of the objects that are made; none of them is over its limit."""
        shard = self._shard
        steps = slice(first, first + len(lengths))
        parents, uses, wanted = (
            np.array(column[steps]) for column in (shard.parent, shard.uses, shard.wanted)
        )
        sizes = np.where(parents >= 0, WHOLE, lengths)
        if made_sizes(packed, packed_at, sizes) != FITS:
            raise NotInBulk
        most = np.where((uses > 0) & (wanted < 0), self._limits.base_bytes, self._limits.object_bytes)
        if (sizes > most).any():
            raise NotInBulk
        return sizes

    def _make(self, first: int, packed: _Packed, low: int, high: int) -> Batch:
        """Make the objects of the steps from `first` on, which are those from `low` to `high` of `packed`."""
        parents = np.array(self._shard.parent[first : first + high - low])
        outside = np.sort(parents[(parents >= 0) & (parents < first)])
        outside = outside[first_places(outside)]
        held = outside.tolist()
        if not all(parent in self._live for parent in held):
            raise NotInBulk
        before = len(held)
        bases = np.where(parents >= first, parents - first + before, np.searchsorted(outside, parents))
        bases[parents < 0] = WHOLE
        made_at = _offsets(
            np.concatenate([[len(self._live[parent]) for parent in held], packed.sizes[low:high]])
        )
        made = self._buffer(int(made_at[-1]))
        for slot, parent in enumerate(held):
            made[made_at[slot] : made_at[slot + 1]] = self._live[parent]
        # never filled but for what is used: the system gives memory when it is written to
        copies = np.empty((int(packed.at[high] - packed.at[low]) + 1, 3), dtype=np.int64)
        copies_at = np.empty(high - low + 1, dtype=np.int64)
        if (
            apply_deltas(packed.data, packed.at[low : high + 1], bases, made, made_at, copies, copies_at)
            != FITS
        ):
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


def _offsets(sizes: Numbers) -> Numbers:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets
