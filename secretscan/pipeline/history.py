"""The audit of a history: every object once, over all cores; then when each secret came and went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from secretscan.config.globs import compile_globs
from secretscan.engine.program import Program
from secretscan.model.blob import Blob, Skipped
from secretscan.model.provenance import HistoryObject
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.direct import excluded
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import Group
from secretscan.pipeline.places import history_groups
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.pipeline.shardresult import ShardResult
from secretscan.pipeline.sightings import Key, Sightings
from secretscan.pipeline.workers import run_batches
from secretscan.sources.git.objects import CatFileReader
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import HistoryRow, ObjectTable
from secretscan.sources.git.walk import HistoryWalk, walk_history, walk_range

_SHARD_BYTES: Final = 24 * 1024 * 1024
"""Unpacked bytes a worker takes at once: some tenths of a second of work."""
_ALONE_BYTES: Final = 4 * 1024 * 1024
"""Up to this much in all, starting workers costs more than the scan."""


def scan_history(
    repository: Repository,
    settings: ScanSettings,
    *,
    unreachable: bool = False,
    rev: str = "",
    since: str = "",
) -> Report:
    """Return the report of everything that refs, stashes, notes, tags and reflogs lead to."""

    def walk() -> HistoryWalk:
        return walk_history(
            repository,
            max_bytes=settings.max_bytes,
            unreachable=unreachable,
            rev=rev or None,
            since=since or None,
        )

    return _Audit(repository, settings, "history", repository.display).run(walk)


def scan_range(repository: Repository, revisions: str, settings: ScanSettings) -> Report:
    """Return the report of what the commits of `A..B` brought."""

    def walk() -> HistoryWalk:
        return walk_range(repository, revisions, max_bytes=settings.max_bytes)

    return _Audit(repository, settings, "range", revisions).run(walk)


class _Audit:
    """One audit from walk to report."""

    def __init__(self, repository: Repository, settings: ScanSettings, kind: str, target: str) -> None:
        self._repository = repository
        self._settings = settings
        self._kind = kind
        self._target = target
        self._sightings = Sightings()
        self._skipped: list[Skipped] = []
        self._blobs = self._size = 0

    def run(self, walk: Callable[[], HistoryWalk]) -> Report:
        """Walk, scan, attribute, report. An interrupt during the scan reports what was found until then."""
        settings = self._settings
        began = settings.clock()
        program = make_program(settings)
        settings.progress.stage("walking the history")
        walked = walk()
        self._skipped += walked.skipped
        interrupted = False
        try:
            self._scan(walked.objects)
        except KeyboardInterrupt:
            interrupted = True
        settings.progress.stage("finding when each secret came and went")
        groups = self._groups(walked, program)
        stats = ScanStats(
            kind=self._kind,
            target=self._target,
            interrupted=interrupted,
            seconds=round(settings.clock() - began, 3),
            commits=walked.commits,
            blobs=self._blobs,
            bytes=self._size,
            skipped=tuple(self._skipped),
        )
        return finish(groups, stats, settings, program)

    def _scan(self, objects: ObjectTable) -> None:
        settings = self._settings
        size = objects.total_bytes
        settings.progress.stage("scanning")
        settings.progress.start(len(objects), size)
        jobs = settings.jobs if size > _ALONE_BYTES else 1
        for part in self._parts(objects, max(jobs, size // _SHARD_BYTES), jobs):
            settings.progress.advance(part.blobs, part.size)
            self._sightings.merge(part.sightings)
            self._skipped += part.skipped
            self._blobs += part.blobs
            self._size += part.size

    def _parts(self, objects: ObjectTable, shards: int, jobs: int) -> Iterator[ShardResult]:
        """Yield the results of all batches, read from the packs where that is possible and pays."""
        reader, settings = self._settings.reader, self._settings.for_workers()
        if reader == "pack" or (reader == "auto" and objects.total_bytes > _ALONE_BYTES):
            from secretscan.pipeline.packed import make_pack_work, plan_packs
            from secretscan.sources.git.pack.faults import UnreadablePack

            try:
                packed = plan_packs(self._repository, objects, shards)
            except UnreadablePack as cause:
                self._settings.progress.stage(f"scanning with git cat-file, since {cause.problem}")
            else:
                work = partial(make_pack_work, self._repository, settings, packed)
                yield from run_batches(work, packed.batches, jobs)
                return
        yield from run_batches(partial(make_work, self._repository, settings), objects.shards(shards), jobs)

    def _groups(self, walked: HistoryWalk, program: Program) -> dict[Key, Group]:
        scanner = make_scanner(self._settings, program, remember_lines=True)
        reader = CatFileReader(self._repository)
        return history_groups(self._sightings, walked, self._repository, reader, scanner)


def make_work(
    repository: Repository, settings: ScanSettings
) -> Callable[[Sequence[HistoryRow]], ShardResult]:
    """Return the function that reads and scans one batch of objects; runs in a worker process."""
    scanner = make_scanner(settings, remember_lines=True)
    reader = CatFileReader(repository)
    exclude = compile_globs(settings.config.exclude)

    def work(rows: Sequence[HistoryRow]) -> ShardResult:
        result = ShardResult()
        for item in reader.read(rows):
            if isinstance(item, Skipped):
                result.skipped.append(item)
                continue
            if exclude.patterns and item.path and exclude.match(item.path):
                result.skipped.append(excluded(item.path))
                continue
            origin = HistoryObject(item.oid, item.where, item.path)
            scanned = scanner.scan(Blob(item.data, origin))
            result.add(origin, len(item.data), scanned)
        return result

    return work
