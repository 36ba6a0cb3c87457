"""Scanning files and folders over all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from secretscan.model.report import Report
from secretscan.pipeline.direct import Gathered, excluded
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import group
from secretscan.pipeline.kernelload import KernelLoading
from secretscan.pipeline.settings import Progress, ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.pipeline.workers import run_batches
from secretscan.sources.files import FileEntry, fetch_ahead, find_files, read_file, shown_path

_BATCH_FILES: Final = 500
_BATCH_BYTES: Final = 8 * 1024 * 1024
"""A batch is handed to a worker at once: large enough to be worth it, small enough to balance and to report."""
_LOOK_BYTES: Final = 2 * 1024 * 1024
"""Bytes looked through at once."""
_ASKED_BYTES: Final = 16 * 1024 * 1024
"""Bytes found after which it is asked again whether kernels will pay."""
_MORE_TO_COME: Final = 2
"""How many times as much as was found so far there will be, on an average, while the walk goes on."""
_ALONE_BYTES: Final = 2 * 1024 * 1024
"""Up to this much in all, starting workers costs more than the scan."""


def scan_files(paths: Sequence[str], settings: ScanSettings, *, respect_gitignore: bool = True) -> Report:
    """Return the report of the files at and below `paths`."""
    began = settings.clock()
    program = make_program(settings)
    total = Gathered()
    interrupted = in_bulk = False
    try:
        kernels = KernelLoading(settings, program)
        found = find_files(paths, settings.env, respect_gitignore=respect_gitignore)
        entries = _Entries(_wanted(found, settings, total.skipped), settings.progress)
        expected = entries.gather(kernels)
        jobs = settings.jobs if expected > _ALONE_BYTES else 1
        if kernels.pays(expected):
            settings.progress.stage(kernels.stage)
        in_bulk = kernels.use(expected)
        settings.progress.stage("scanning")
        work = partial(make_work, settings.for_workers(), program, in_bulk=in_bulk)
        for part in run_batches(work, entries.batches(), jobs):
            settings.progress.advance(part.blobs, part.size)
            total.merge(part)
    except KeyboardInterrupt:
        interrupted = True
    seconds = settings.clock() - began
    stats = total.stats("files", ", ".join(paths), seconds, interrupted=interrupted)
    fingerprints = None
    if in_bulk:
        from secretscan.pipeline.fingerprinting import Fingerprinting

        fingerprints = Fingerprinting(has_kernels=True)
    return finish(group(total.places), stats, settings, program, fingerprints)


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
        fetch_ahead(batch, settings.max_bytes)
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


class _Entries:
    """The files to read, in their order, while the walk may still be finding them."""

    def __init__(self, wanted: Iterator[FileEntry], progress: Progress) -> None:
        """Take the walk, which has not begun."""
        self._wanted = wanted
        self._progress = progress
        self._gathered: list[FileEntry] = []
        self._size = 0
        self._is_all = False

    def gather(self, kernels: KernelLoading) -> int:
        """Walk to the end, or until `kernels` are there, and return how many bytes to expect.

        Workers start with what is loaded by then, so that a large tree is walked on while it is scanned.
        """
        asked = 0
        for entry in self._wanted:
            self._gathered.append(entry)
            self._size += entry.size
            if self._size > asked + _ASKED_BYTES:
                asked = self._size
                kernels.expect(_MORE_TO_COME * self._size)
                if kernels.are_ready:
                    return _MORE_TO_COME * self._size
        self._is_all = True
        self._progress.start(len(self._gathered), self._size)
        return self._size

    def batches(self) -> Iterable[list[FileEntry]]:
        """Return what to hand to workers: a list once the walk is over, so that few batches do with few workers."""
        return list(_batches(self)) if self._is_all else _batches(self)

    def __iter__(self) -> Iterator[FileEntry]:
        yield from self._gathered
        if self._is_all:
            return
        count = len(self._gathered)
        for entry in self._wanted:
            count, self._size = count + 1, self._size + entry.size
            yield entry
        self._progress.start(count, self._size)


def _wanted(
    found: Iterable[FileEntry | Skipped], settings: ScanSettings, skipped: list[Skipped]
) -> Iterator[FileEntry]:
    """Yield the files to read; what is left out is added to `skipped`."""
    globs = compile_globs(settings.config.exclude)
    for entry in found:
        if isinstance(entry, Skipped):
            skipped.append(entry)
        elif settings.config.exclude and globs.match(settings.path_from_root(shown_path(entry.path))):
            skipped.append(excluded(entry.path))
        else:
            yield entry


def _batches(entries: Iterable[FileEntry]) -> Iterator[list[FileEntry]]:
    batch: list[FileEntry] = []
    room = _BATCH_BYTES
    for entry in entries:
        if batch and (room < entry.size or len(batch) >= _BATCH_FILES):
            yield batch
            batch, room = [], _BATCH_BYTES
        batch.append(entry)
        room -= entry.size
    if batch:
        yield batch
