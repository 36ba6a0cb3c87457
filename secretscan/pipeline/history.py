"""The audit of a history: every object once, over all cores; then when each secret came and went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from secretscan.config.globs import compile_globs
from secretscan.engine.program import Program
from secretscan.kernels import HISTORY_WORTH_BYTES
from secretscan.model.blob import Skipped
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.auditcache import AuditCache, open_cache, walk_memory
from secretscan.pipeline.direct import excluded
from secretscan.pipeline.fingerprinting import Fingerprinting
from secretscan.pipeline.finish import finish
from secretscan.pipeline.kernelload import KernelLoading
from secretscan.pipeline.lastaudit import LastAudit
from secretscan.pipeline.looks import Looks
from secretscan.pipeline.objectwork import make_work
from secretscan.pipeline.outcomes import group_rows
from secretscan.pipeline.places import history_groups
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.pipeline.shardresult import ShardResult
from secretscan.pipeline.sightings import Sightings
from secretscan.pipeline.workers import Workers
from secretscan.sources.git.ahead import WalkAhead
from secretscan.sources.git.objects import CatFileReader
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import ObjectTable
from secretscan.sources.git.walk import HistoryWalk, walk_history, walk_range

_SHARD_BYTES: Final = 24 * 1024 * 1024
"""Unpacked bytes a worker takes at once: some tenths of a second of work."""
_ALONE_BYTES: Final = 4 * 1024 * 1024
"""Up to this much in all, starting workers costs more than the scan."""
_SAVE_EVERY_S: Final = 20.0
"""Seconds of scanning after which what is done is saved, for an audit that will be killed."""


def scan_history(
    repository: Repository,
    settings: ScanSettings,
    *,
    unreachable: bool = False,
    rev: str = "",
    since: str = "",
    ahead: WalkAhead | None = None,
) -> Report:
    """Return the report of everything that refs, stashes, notes, tags and reflogs lead to.

    The lists that a walk of all of it begins with may be under way (`ahead`).
    """

    def walk() -> HistoryWalk:
        return walk_history(
            repository,
            max_bytes=settings.max_bytes,
            unreachable=unreachable,
            rev=rev or None,
            since=since or None,
            memory=walk_memory(repository, settings),
            ahead=ahead,
        )

    audit = _Audit(repository, settings, "history", repository.display)
    audit.is_all = not (rev or since)
    audit.is_lasting = audit.is_all and not unreachable
    return audit.run(walk)


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
        self.is_all = False
        """Whether everything in the repository is walked."""
        self.is_lasting = False
        """Whether an audit of the repository as it is now would meet the same again."""
        self._workers: Workers[Any, Any] | None = None
        self._kernels: KernelLoading | None = None
        self._is_remembered = False
        self._sightings = Sightings()
        self._skipped: list[Skipped] = []
        self._blobs = self._size = self._known = self._scanned_bytes = 0

    def run(self, walk: Callable[[], HistoryWalk]) -> Report:
        """Walk, scan, attribute, report. An interrupt during the scan reports what was found until then."""
        settings = self._settings
        began = settings.clock()
        program = make_program(settings)
        last = LastAudit(self._repository, settings, program) if self.is_lasting else None
        if last is not None:
            asked = ScanStats(kind=self._kind, target=self._target)
            report = last.report(asked, self._looks(program), began)
            if report is not None:
                return report
        if settings.reader != "cat-file":
            memory = walk_memory(self._repository, settings)
            at_once = self.is_all and (memory is None or not memory.is_there())
            early = self._repository if at_once else None
            self._kernels = KernelLoading(settings, program, early, worth=HISTORY_WORTH_BYTES)
        settings.progress.stage("walking the history")
        walked = walk()
        self._skipped += walked.skipped
        settings.progress.detail(f"commits: {walked.commits:,}; objects to be read: {len(walked.objects):,}")
        looks = self._looks(program)
        interrupted = False
        try:
            self._scan(self._without_excluded(walked.objects), program, looks)
        except KeyboardInterrupt:
            interrupted = True
        settings.progress.stage("finding when each secret came and went")
        has_kernels = self._kernels is not None and self._kernels.are_ready
        fingerprints = Fingerprinting(has_kernels=has_kernels)
        fingerprints.begin(self._sightings.open_from(settings.min_confidence))
        looks.workers, looks.known = self._workers, self._sightings.kept
        groups = history_groups(self._sightings, walked, self._repository, looks)
        is_kept = last is not None and self._is_remembered and not interrupted
        rows = group_rows(groups, self._sightings, looks) if is_kept else None
        if self._workers is not None:
            self._workers.close()
        if looks.memory is not None:
            looks.memory.save()
        stats = ScanStats(
            kind=self._kind,
            target=self._target,
            interrupted=interrupted,
            seconds=round(settings.clock() - began, 3),
            commits=walked.commits,
            blobs=self._blobs,
            bytes=self._size,
            known_blobs=self._known,
            scanned_bytes=self._scanned_bytes,
            skipped=tuple(self._skipped),
        )
        report = finish(groups, stats, settings, program, fingerprints)
        if last is not None and rows is not None:
            last.keep(stats, groups, rows)
        return report

    def _looks(self, program: Program) -> Looks:
        make = partial(make_scanner, self._settings.for_workers(), program)
        return Looks(CatFileReader(self._repository), make, self._settings.jobs)

    def _without_excluded(self, objects: ObjectTable) -> ObjectTable:
        """Return the objects without those the configuration excludes, which are neither read nor looked up."""
        exclude = compile_globs(self._settings.config.exclude)
        if not exclude.patterns:
            return objects
        left_out = set(objects.numbers_under(lambda path: bool(path and exclude.match(path))))
        self._skipped += [excluded(path) for path in {objects[n].path for n in left_out}]
        return objects.pick([n for n in range(len(objects)) if n not in left_out])

    def _scan(self, objects: ObjectTable, program: Program, looks: Looks) -> None:
        settings = self._settings
        if self._kernels is not None:
            self._kernels.wait()  # before there are other processes
        cache = open_cache(self._repository, settings, program, objects, is_all=self.is_all)
        if cache is None:
            settings.progress.detail("nothing is taken over from earlier audits")
            self._scan_all(objects, program, None)
            return
        self._is_remembered = True
        settings.progress.stage("recalling earlier audits")
        looks.memory = cache.looks()
        recalled = cache.recall(looks)
        self._sightings.merge(recalled.sightings)
        self._blobs = self._known = recalled.objects
        self._size = recalled.size
        settings.progress.detail(f"{recalled.objects:,} objects are known from earlier audits")
        if not recalled.rest:
            return
        try:
            self._scan_all(recalled.rest, program, cache)
        finally:
            settings.progress.stage("remembering what was scanned")
            cache.save(self._sightings)

    def _scan_all(self, objects: ObjectTable, program: Program, cache: AuditCache | None) -> None:
        settings = self._settings
        size = objects.total_bytes
        settings.progress.start(len(objects), size)
        jobs = settings.jobs if size > _ALONE_BYTES else 1
        saved = settings.clock()
        for part in self._parts(objects, program, max(jobs, size // _SHARD_BYTES), jobs):
            settings.progress.advance(part.blobs, part.size)
            self._sightings.merge(part.sightings)
            self._skipped += part.skipped
            self._blobs += part.blobs
            self._size += part.size
            self._scanned_bytes += part.scanned_bytes
            if cache is None:
                continue
            cache.note(part)
            if settings.clock() - saved > _SAVE_EVERY_S:
                cache.save(self._sightings)
                saved = settings.clock()

    def _parts(self, objects: ObjectTable, program: Program, shards: int, jobs: int) -> Iterator[ShardResult]:
        """Yield the results of all batches, read from the packs where that is possible and pays."""
        reader, progress = self._settings.reader, self._settings.progress
        settings = self._settings.for_workers()
        in_bulk = False
        if self._kernels is not None:
            if self._kernels.pays(objects.total_bytes):
                progress.stage(self._kernels.stage)
            in_bulk = self._kernels.use(objects.total_bytes)
        if reader == "pack" or (reader == "auto" and objects.total_bytes > _ALONE_BYTES):
            from secretscan.pipeline.packed import make_pack_work, plan_packs
            from secretscan.sources.git.pack.faults import UnreadablePack

            progress.stage("planning how to read the packs")
            try:
                packed = plan_packs(self._repository, objects, shards, in_bulk=in_bulk)
            except UnreadablePack as cause:
                progress.stage(f"scanning with git cat-file, since {cause.problem}")
            else:
                progress.stage("scanning")
                progress.detail(f"read from the packs, {packed.described}; processes: {jobs}")
                work = partial(make_pack_work, self._repository, settings, program, packed)
                yield from self._run(work, packed.batches, jobs)
                return
        else:
            progress.stage("scanning")
        progress.detail(f"read by git cat-file; processes: {jobs}")
        yield from self._run(
            partial(make_work, self._repository, settings, program), objects.shards(shards), jobs
        )

    def _run(
        self, make_work: Callable[[], Callable[[Any], Any]], batches: Sequence[Any], jobs: int
    ) -> Iterator[ShardResult]:
        self._workers = Workers(make_work, jobs)
        yield from self._workers.run(batches)
