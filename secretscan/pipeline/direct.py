"""Scans of what lies at hand: staged changes, files and standard input. Each blob is scanned as it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from secretscan.config.globs import compile_globs
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.model.blob import Blob, Skipped
from secretscan.model.provenance import Provenance
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import Place, group
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner
from secretscan.sources.git.repository import Repository


def scan_staged(repository: Repository, settings: ScanSettings, *, whole_files: bool = False) -> Report:
    """Return the report of what the index would commit; added lines only unless `whole_files`."""
    from secretscan.sources.git.staged import staged_blobs

    blobs = staged_blobs(repository, whole_files=whole_files, max_bytes=settings.max_bytes)
    return _scan("staged", repository.display, blobs, settings)


def scan_stdin(stream: BinaryIO, name: bytes, settings: ScanSettings) -> Report:
    """Return the report of a stream, which is called `name` in the report."""
    from secretscan.sources.stdin import stdin_blobs

    blobs = stdin_blobs(stream, name, max_bytes=settings.max_bytes)
    return _scan("stdin", name.decode("utf-8", "backslashreplace"), blobs, settings)


def _scan(kind: str, target: str, blobs: Iterable[Blob | Skipped], settings: ScanSettings) -> Report:
    began = settings.clock()
    found = Gathered()
    program = make_program(settings)
    interrupted = False
    try:
        found.take(blobs, make_scanner(settings, program), settings)
    except KeyboardInterrupt:
        interrupted = True
    stats = found.stats(kind, target, settings.clock() - began, interrupted=interrupted)
    return finish(group(found.places), stats, settings, program)


class Gathered:
    """Places, sizes and gaps of the blobs scanned so far."""

    def __init__(self) -> None:
        """Start empty."""
        self.places: list[Place] = []
        self.skipped: list[Skipped] = []
        self.blobs = 0
        self.size = 0

    def stats(self, kind: str, target: str, seconds: float, *, interrupted: bool = False) -> ScanStats:
        """Return what was read and what was not, of a scan that took so many seconds."""
        return ScanStats(
            kind=kind,
            target=target,
            interrupted=interrupted,
            seconds=round(seconds, 3),
            blobs=self.blobs,
            bytes=self.size,
            skipped=tuple(self.skipped),
        )

    def merge(self, other: Gathered) -> None:
        """Add what another part of the scan gathered."""
        self.places += other.places
        self.skipped += other.skipped
        self.blobs += other.blobs
        self.size += other.size

    def take(self, blobs: Iterable[Blob | Skipped], scanner: Scanner, settings: ScanSettings) -> None:
        """Scan `blobs` and keep what they hold."""
        exclude = compile_globs(settings.config.exclude) if settings.config.exclude else None
        for blob in blobs:
            if isinstance(blob, Skipped):
                self.skipped.append(blob)
                continue
            if exclude is not None and exclude.match(settings.path_from_root(blob.provenance.path)):
                self.skipped.append(excluded(blob.provenance.path))
                continue
            self.add(blob.provenance, len(blob.data), scanner.scan(blob))

    def add(self, origin: Provenance, size: int, result: ScanResult) -> None:
        """Keep what was found in a blob of `size` bytes."""
        self.blobs += 1
        self.size += size
        self.skipped += result.problems
        self.places += [Place(f, origin, is_current=True) for f in result.findings]


def excluded(path: bytes) -> Skipped:
    """Return the note that the configuration keeps `path` from being scanned."""
    from secretscan.model.paths import printable_path

    return Skipped(printable_path(path), "excluded by the configuration", by_design=True)
