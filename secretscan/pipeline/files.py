"""Scanning files and folders over all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import itemgetter
from typing import Final

from secretscan.config.globs import compile_globs
from secretscan.engine.batchscan import BatchScanner
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import Program
from secretscan.engine.scanner import ScanResult
from secretscan.engine.textform import has_nul
from secretscan.engine.versions import HeldVersion
from secretscan.model.blob import Blob, Skipped
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.direct import Gathered, excluded
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import group
from secretscan.pipeline.kernelload import KernelLoading
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.pipeline.workers import run_batches
from secretscan.sources.files import FileEntry, find_files, read_file, shown_path

_BATCH_FILES: Final = 500
_BATCH_BYTES: Final = 8 * 1024 * 1024
"""A batch is handed to a worker at once: large enough to be worth it, small enough to balance and to report."""
_LOOK_BYTES: Final = 2 * 1024 * 1024
"""Bytes looked through at once."""
_EXPECTED_BYTES: Final = 16 * 1024 * 1024
"""Bytes found after which it is asked again whether kernels will pay."""
_ALONE_BYTES: Final = 2 * 1024 * 1024
"""Up to this much in all, starting workers costs more than the scan."""


def scan_files(paths: Sequence[str], settings: ScanSettings, *, respect_gitignore: bool = True) -> Report:
    """Return the report of the files at and below `paths`."""
    began = settings.clock()
    program = make_program(settings)
    total = Gathered()
    interrupted = False
    try:
        kernels = KernelLoading(settings)
        found = find_files(paths, settings.env, respect_gitignore=respect_gitignore)
        entries = _wanted(found, settings, total.skipped, kernels)
        size = sum(e.size for e in entries)
        settings.progress.start(len(entries), size)
        jobs = settings.jobs if size > _ALONE_BYTES else 1
        if kernels.pays(size):
            settings.progress.stage(kernels.stage)
        in_bulk = kernels.use(size)
        settings.progress.stage("scanning")
        work = partial(make_work, settings.for_workers(), program, in_bulk=in_bulk)
        for part in run_batches(work, _batches(entries), jobs):
            settings.progress.advance(part.blobs, part.size)
            total.merge(part)
    except KeyboardInterrupt:
        interrupted = True
    stats = ScanStats(
        kind="files",
        target=", ".join(paths),
        interrupted=interrupted,
        seconds=round(settings.clock() - began, 3),
        blobs=total.blobs,
        bytes=total.size,
        skipped=tuple(total.skipped),
    )
    return finish(group(total.places), stats, settings, program)


def make_work(
    settings: ScanSettings, program: Program, *, in_bulk: bool = False
) -> Callable[[list[FileEntry]], Gathered]:
    """Return the function that reads and scans one batch, `in_bulk` with kernels; runs in a worker process."""
    scanner = make_scanner(settings, program)
    if in_bulk:
        scanner.use_kernels()
    scan = BatchScanner(DeltaScanner(scanner))

    def work(batch: list[FileEntry]) -> Gathered:
        found = Gathered()
        texts, binaries = _Waiting(scan), _Waiting(scan)
        for number, entry in enumerate(batch):
            blob = read_file(entry, settings.max_bytes)
            if isinstance(blob, Skipped):
                found.skipped.append(blob)
            else:
                (binaries if has_nul(blob.data) else texts).add(number, blob)
        for _, version, result in sorted((*texts.scanned(), *binaries.scanned()), key=itemgetter(0)):
            found.add(version.provenance, version.size, result)
        return found

    return work


class _Waiting:
    """Files of a batch that are looked through together."""

    def __init__(self, scan: BatchScanner) -> None:
        self._scan = scan
        self._versions: list[HeldVersion] = []
        self._held = 0
        self._scanned: list[tuple[int, HeldVersion, ScanResult]] = []

    def add(self, number: int, blob: Blob) -> None:
        """Take one more; scan them when they are many."""
        self._versions.append(HeldVersion(number, blob.data, blob.provenance))
        self._held += len(blob.data)
        if self._held > _LOOK_BYTES:
            self.scanned()

    def scanned(self) -> list[tuple[int, HeldVersion, ScanResult]]:
        """Return what was found in each so far, in the order of their coming."""
        results = self._scan.scan(self._versions, {})
        self._scanned += [(v.number, v, r) for v, r in zip(self._versions, results, strict=True)]
        self._versions, self._held = [], 0
        return self._scanned


def _wanted(
    found: Iterable[FileEntry | Skipped],
    settings: ScanSettings,
    skipped: list[Skipped],
    kernels: KernelLoading,
) -> list[FileEntry]:
    """Files to read; what is left out is added to `skipped`. Begins to load `kernels` when they will be needed."""
    globs = compile_globs(settings.config.exclude)
    wanted = []
    size = expected = 0
    for entry in found:
        if isinstance(entry, Skipped):
            skipped.append(entry)
        elif settings.config.exclude and globs.match(shown_path(entry.path)):
            skipped.append(excluded(entry.path))
        else:
            wanted.append(entry)
            size += entry.size
            if size > expected + _EXPECTED_BYTES:
                expected = size
                kernels.expect(size)
    return wanted


def _batches(entries: Iterable[FileEntry]) -> list[list[FileEntry]]:
    batches: list[list[FileEntry]] = []
    room = 0
    for entry in entries:
        if room < entry.size or not batches or len(batches[-1]) >= _BATCH_FILES:
            batches.append([])
            room = _BATCH_BYTES
        batches[-1].append(entry)
        room -= entry.size
    return batches
