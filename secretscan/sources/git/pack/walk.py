"""Carries out a shard: makes each object once, from its base, and holds no more of them than it must."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from secretscan.sources.git.pack.delta import Copy, apply_delta
from secretscan.sources.git.pack.entries import OFS_DELTA, REF_DELTA
from secretscan.sources.git.pack.faults import DEFAULT_LIMITS, DamagedObject, Limits, TooLarge
from secretscan.sources.git.pack.forest import LOOSE
from secretscan.sources.git.pack.loose import read_loose
from secretscan.sources.git.pack.packed import PackedEntries
from secretscan.sources.git.pack.plan import Shard

_DELTAS = (OFS_DELTA, REF_DELTA)


@dataclass(frozen=True, slots=True)
class Made:
    """One object that was asked for."""

    wanted: int
    """Its number in the list asked for."""
    kind: int
    """COMMIT, TREE, BLOB or TAG (entries.py)."""
    data: bytes
    base: int
    """Number of the object it is a delta of, when that was asked for and made earlier; otherwise -1."""
    copies: tuple[Copy, ...] | None
    """What it shares with `base`; `None` without one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One object that was asked for and could not be made."""

    wanted: int
    why: str
    too_large: bool
    """True when it was left out for its size alone, so that another reader must not try either."""


class ShardWalk:
    """Makes the objects of one shard, in its order."""

    def __init__(self, shard: Shard, limits: Limits = DEFAULT_LIMITS) -> None:
        """Take the shard; packs are opened when they are needed."""
        self._shard = shard
        self._limits = limits
        self._entries = PackedEntries(shard, limits)
        self._live: dict[int, bytes] = {}
        self._live_bytes = 0
        self._kinds = bytearray(len(shard))
        self._faults: dict[int, DamagedObject] = {}
        self.rebuilt = 0
        """How often an ancestor was unpacked again because the cache had dropped it."""

    def __iter__(self) -> Iterator[Made | Failed]:
        """Yield every object asked for, made or failed, in the order of the steps."""
        shard = self._shard
        left = list(shard.uses)
        for step in range(len(shard)):
            parent, wanted = shard.parent[step], shard.wanted[step]
            try:
                data, copies = self._make(step, parent)
                if wanted >= 0 and len(data) > self._limits.object_bytes:
                    yield Failed(wanted, f"it is larger than {self._limits.object_bytes} bytes", True)
                elif wanted >= 0:
                    base = shard.wanted[parent] if parent >= 0 else -1
                    yield Made(wanted, self._kinds[step], data, base, tuple(copies) if base >= 0 else None)
                if left[step]:
                    self._keep(step, data, parent)
            except DamagedObject as fault:
                if left[step]:
                    self._faults[step] = fault
                if wanted >= 0:
                    yield Failed(wanted, fault.why, isinstance(fault, TooLarge))
            if parent >= 0:
                left[parent] -= 1
                if not left[parent]:
                    self._drop(parent)

    def _make(self, step: int, parent: int) -> tuple[bytes, list[Copy]]:
        """Return the object of one step and what it copied from its base."""
        shard, limits = self._shard, self._limits
        most = limits.base_bytes if shard.uses[step] else limits.object_bytes
        if shard.pack[step] == LOOSE:
            self._kinds[step], data = read_loose(shard.loose[shard.start[step]], most)
            return data, []
        if parent >= 0 and parent in self._faults:
            raise self._faults[parent]
        kind, packed = self._entries.read(step, most)
        if kind not in _DELTAS:
            self._kinds[step] = kind
            return packed, []
        base = self._live.get(parent)
        if base is None:
            base = self._rebuild(parent)
        self._kinds[step] = self._kinds[parent]
        return apply_delta(base, packed, most)

    def _keep(self, step: int, data: bytes, parent: int) -> None:
        """Hold an object for its deltas; drop the oldest others while there are too many bytes."""
        self._live[step] = data
        self._live_bytes += len(data)
        if self._live_bytes > self._limits.cache_bytes:
            for old in [s for s in self._live if s not in (step, parent)]:
                self._drop(old)
                if self._live_bytes <= self._limits.cache_bytes:
                    break

    def _drop(self, step: int) -> None:
        self._live_bytes -= len(self._live.pop(step, b""))

    def _rebuild(self, step: int) -> bytes:
        """Make an ancestor again that the cache has dropped, from the nearest one it still holds."""
        chain = []
        data = self._live.get(step)
        while data is None:
            chain.append(step)
            parent = self._shard.parent[step]
            if parent < 0:
                data = self._root(chain.pop())
            else:
                step = parent
                data = self._live.get(step)
        for link in reversed(chain):
            data, _ = apply_delta(
                data, self._entries.read(link, self._limits.base_bytes)[1], self._limits.base_bytes
            )
        self.rebuilt += len(chain) + 1
        return data

    def _root(self, step: int) -> bytes:
        if self._shard.pack[step] == LOOSE:
            return read_loose(self._shard.loose[self._shard.start[step]], self._limits.base_bytes)[1]
        return self._entries.read(step, self._limits.base_bytes)[1]
