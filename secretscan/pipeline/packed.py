"""The scan of a history from its packs: shards of delta families, and of each delta only what is new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from secretscan.engine.batchscan import NO_BASE, BatchScanner, Version
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.zonescan import Known
from secretscan.model.blob import Skipped
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_scanner
from secretscan.pipeline.shardresult import ShardResult
from secretscan.sources.git.objects import CatFileReader, ObjectVersion, unread
from secretscan.sources.git.pack.faults import Limits
from secretscan.sources.git.pack.plan import Plan, make_plan
from secretscan.sources.git.pack.reader import store_of, version_of
from secretscan.sources.git.pack.walk import Failed, ShardWalk
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import ObjectTable

_BATCH_BYTES = 6 << 20
_BATCH_OBJECTS = 600
"""Versions looked through at once: enough to make a look cheap, few enough to hold."""
_BASE_FACTOR = 4
"""How much larger than the largest object to scan a base of deltas may be."""


@dataclass(frozen=True, slots=True)
class PackedHistory:
    """The objects of a scan and the plan for reading them."""

    objects: ObjectTable
    plan: Plan

    @property
    def batches(self) -> range:
        """Numbers to hand to workers: one for each shard, and one for what git is asked for instead."""
        return range(len(self.plan.shards) + 1)


def plan_packs(repository: Repository, objects: ObjectTable, shards: int) -> PackedHistory:
    """Return how to read `objects` in about `shards` parts. Raises UnreadablePack when only git can read them."""
    oids = [objects.id_at(number) for number in range(len(objects))]
    return PackedHistory(objects, make_plan(store_of(repository), oids, shards=shards))


def make_pack_work(
    repository: Repository, settings: ScanSettings, history: PackedHistory
) -> Callable[[int], ShardResult]:
    """Return the function that reads and scans one batch of `history`; runs in a worker process."""
    worker = _Worker(repository, settings, history)
    return worker.work


class _Worker:
    """One process's scanner and readers."""

    def __init__(self, repository: Repository, settings: ScanSettings, history: PackedHistory) -> None:
        self._objects = history.objects
        self._plan = history.plan
        self._scanner = make_scanner(settings)
        self._git = CatFileReader(repository)
        self._limits = Limits(
            object_bytes=settings.max_bytes,
            base_bytes=max(Limits().base_bytes, _BASE_FACTOR * settings.max_bytes),
        )

    def work(self, batch: int) -> ShardResult:
        """Return what one batch holds."""
        result = ShardResult()
        delta = DeltaScanner(self._scanner)
        batch_scanner = BatchScanner(delta)
        again: Sequence[int] = sorted((*self._plan.missing, *self._plan.broken))
        if batch < len(self._plan.shards):
            again = self._read_shard(batch, batch_scanner, result)
        for item in self._git.read([self._objects[number] for number in again]):
            if isinstance(item, Skipped):
                result.skipped.append(item)
            else:
                self._scan([Version(0, item.data, _origin(item))], batch_scanner, {}, result)
        result.scanned = delta.scanned_bytes
        return result

    def _read_shard(self, batch: int, scan: BatchScanner, result: ShardResult) -> list[int]:
        """Scan what the shard makes; return the numbers of what it could not make."""
        again = []
        known: dict[int, Known] = {}
        waiting: list[Version] = []
        held = 0
        for item in ShardWalk(self._plan.shards[batch], self._limits):
            if isinstance(item, Failed) and item.too_large:
                result.skipped.append(unread(self._objects[item.wanted], item.why))
                continue
            version = None if isinstance(item, Failed) else version_of(item, self._objects)
            if isinstance(item, Failed) or version is None:
                again.append(item.wanted)
                continue
            base = NO_BASE if version.copies is None else item.base
            waiting.append(Version(item.wanted, version.data, _origin(version), base, version.copies or ()))
            held += len(version.data)
            if held > _BATCH_BYTES or len(waiting) >= _BATCH_OBJECTS:
                self._scan(waiting, scan, known, result)
                waiting, held = [], 0
        self._scan(waiting, scan, known, result)
        return again

    def _scan(
        self, versions: list[Version], scan: BatchScanner, known: dict[int, Known], result: ShardResult
    ) -> None:
        for version, scanned in zip(versions, scan.scan(versions, known), strict=True):
            assert isinstance(version.provenance, HistoryObject)  # noqa: S101 - made by _origin
            result.add(version.provenance, len(version.data), scanned)


def _origin(item: ObjectVersion) -> HistoryObject:
    return HistoryObject(item.oid, item.where, item.path)
