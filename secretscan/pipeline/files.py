"""Scanning files and folders over all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final

from secretscan.config.globs import compile_globs
from secretscan.model.blob import Skipped
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.direct import Gathered, excluded
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import group
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.pipeline.workers import run_batches
from secretscan.sources.files import FileEntry, find_files, read_file

_BATCH_FILES: Final = 500
_BATCH_BYTES: Final = 8 * 1024 * 1024
"""A batch is handed to a worker at once: large enough to be worth it, small enough to balance and to report."""
_ALONE_BYTES: Final = 2 * 1024 * 1024
"""Up to this much in all, starting workers costs more than the scan."""


def scan_files(paths: Sequence[str], settings: ScanSettings, *, respect_gitignore: bool = True) -> Report:
    """Return the report of the files at and below `paths`."""
    began = settings.clock()
    program = make_program(settings)
    total = Gathered()
    interrupted = False
    try:
        entries = _wanted(paths, settings, total.skipped, respect_gitignore=respect_gitignore)
        size = sum(e.size for e in entries)
        settings.progress.start(len(entries), size)
        jobs = settings.jobs if size > _ALONE_BYTES else 1
        for part in run_batches(partial(make_work, settings.for_workers()), _batches(entries), jobs):
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


def make_work(settings: ScanSettings) -> Callable[[list[FileEntry]], Gathered]:
    """Return the function that reads and scans one batch; runs in a worker process."""
    scanner = make_scanner(settings)

    def work(batch: list[FileEntry]) -> Gathered:
        found = Gathered()
        blobs = (read_file(entry, settings.max_bytes) for entry in batch)
        found.take(blobs, scanner, settings)
        return found

    return work


def _wanted(
    paths: Sequence[str], settings: ScanSettings, skipped: list[Skipped], *, respect_gitignore: bool
) -> list[FileEntry]:
    """Files to read; what is left out is added to `skipped`."""
    globs = compile_globs(settings.config.exclude)
    wanted = []
    for entry in find_files(paths, settings.env, respect_gitignore=respect_gitignore):
        if isinstance(entry, Skipped):
            skipped.append(entry)
        elif settings.config.exclude and globs.match(entry.path):
            skipped.append(excluded(entry.path))
        else:
            wanted.append(entry)
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
