"""The scan of a history from its packs: shards of delta families, and of each delta only what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secretscan.engine.batchscan import BatchScanner, scan_blobs
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import Program
from secretscan.engine.scanner import ScanResult
from secretscan.engine.versions import NO_BASE, HeldVersion, Version
from secretscan.engine.zonescan import Known
from secretscan.model.blob import Blob
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.objectwork import scan_rows
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_scanner
from secretscan.pipeline.shardresult import ShardResult
from secretscan.sources.git.objects import CatFileReader, unread
from secretscan.sources.git.pack.faults import Limits
from secretscan.sources.git.pack.plan import Plan, make_plan
from secretscan.sources.git.pack.reader import store_of, version_of
from secretscan.sources.git.pack.walk import Failed, ShardWalk
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import ObjectTable

if TYPE_CHECKING:
    from secretscan.pipeline.bulk import BulkObjects

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
    in_bulk: bool
    """Whether compiled kernels read and scan the shards."""

    @property
    def described(self) -> str:
        """How they are read, in a few words."""
        left = len(self.plan.missing) + len(self.plan.broken)
        how = "with compiled kernels" if self.in_bulk else "one after the other"
        return f"{how}, but {left:,} of them by git cat-file" if left else how

    @property
    def batches(self) -> range:
        """Numbers to hand to workers: one for each shard, and one for what git is asked for instead."""
        return range(len(self.plan.shards) + 1)


def plan_packs(
    repository: Repository, objects: ObjectTable, shards: int, *, in_bulk: bool = False
) -> PackedHistory:
    """Return how to read `objects` in about `shards` parts. Raises UnreadablePack when only git can read them."""
    store = store_of(repository)
    plan = None
    if in_bulk:
        from secretscan.sources.git.pack.plan_columns import plan_columns

        plan = plan_columns(store, objects.ids, shards=shards)
    if plan is None:
        oids = [objects.id_at(number) for number in range(len(objects))]
        plan = make_plan(store, oids, shards=shards)
    return PackedHistory(objects, plan, in_bulk)


def make_pack_work(
    repository: Repository, settings: ScanSettings, program: Program, history: PackedHistory
) -> Callable[[int | list[Blob]], ShardResult | list[ScanResult]]:
    """Return the function that reads and scans one batch of `history`; runs in a worker process."""
    worker = _Worker(repository, settings, program, history)
    return worker.work


class _Worker:
    """One process's scanner and readers."""

    def __init__(
        self, repository: Repository, settings: ScanSettings, program: Program, history: PackedHistory
    ) -> None:
        self._objects = history.objects
        self._plan = history.plan
        self._scanner = make_scanner(settings, program)
        self._git = CatFileReader(repository)
        self._in_bulk = history.in_bulk and self._scanner.screen is not None
        if self._in_bulk:
            self._scanner.use_kernels()
        self._bulk: BulkObjects | None = None
        self._limits = Limits(
            object_bytes=settings.max_bytes,
            base_bytes=max(Limits().base_bytes, _BASE_FACTOR * settings.max_bytes),
        )

    def work(self, batch: int | list[Blob]) -> ShardResult | list[ScanResult]:
        """Return what one batch holds, or what is found in the objects given."""
        if isinstance(batch, list):
            return scan_blobs(self._scanner, batch)
        if batch == len(self._plan.shards):
            return self._finished(ShardResult(), (*self._plan.missing, *self._plan.broken))
        if self._in_bulk:
            from secretscan.sources.git.pack.bulk import NotInBulk

            with suppress(NotInBulk):
                return self._in_kernels(batch)
        return self._step_by_step(batch)

    def _in_kernels(self, batch: int) -> ShardResult:
        """Scan the shard in bulk. Raises NotInBulk when it must be walked step by step."""
        from secretscan.pipeline.bulk import BulkObjects, BulkShard

        if self._bulk is None:
            self._bulk = BulkObjects(self._objects)
        result, scan = ShardResult(), self._bulk.scanner(self._scanner)
        shard = BulkShard(self._plan.shards[batch], self._bulk, self._limits)
        for versions in shard:
            told = []
            for n, version, scanned in scan.scan(versions):
                result.add(_object(version), version.size, scanned)
                told.append(n)
            result.add_all(*self._bulk.without(versions, told))
        result.scanned_bytes = scan.scanned_bytes
        return self._finished(result, shard.again)

    def _step_by_step(self, batch: int) -> ShardResult:
        """Scan what the shard makes."""
        result, scan, known = ShardResult(), BatchScanner(DeltaScanner(self._scanner)), dict[int, Known]()
        again = []
        waiting: list[HeldVersion] = []
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
            origin = HistoryObject(version.oid, version.where, version.path)
            waiting.append(HeldVersion(item.wanted, version.data, origin, base, version.copies or ()))
            held += len(version.data)
            if held > _BATCH_BYTES or len(waiting) >= _BATCH_OBJECTS:
                _scan(waiting, scan, known, result)
                waiting, held = [], 0
        _scan(waiting, scan, known, result)
        result.scanned_bytes = scan.scanned_bytes
        return self._finished(result, again)

    def _finished(self, result: ShardResult, again: Iterable[int]) -> ShardResult:
        """Return `result` with what git itself must be asked for."""
        rows = [self._objects[number] for number in sorted(again)]
        if rows:
            scan_rows(self._git, rows, self._scanner, result)
        result.sightings.prune()
        return result


def _scan(
    versions: Sequence[HeldVersion], scan: BatchScanner, known: dict[int, Known], result: ShardResult
) -> None:
    for version, scanned in zip(versions, scan.scan(versions, known), strict=True):
        result.add(_object(version), version.size, scanned)


def _object(version: Version) -> HistoryObject:
    origin = version.provenance
    assert isinstance(origin, HistoryObject)  # noqa: S101 - versions of a history come from one
    return origin
