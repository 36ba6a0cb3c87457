"""`Looks`: objects of a history looked at once more, one by one, for what the first pass did not keep of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from secretscan.engine.batchscan import scan_blobs
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.model.blob import Blob, Skipped
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.lookmemory import LookMemory
from secretscan.pipeline.workers import Workers, run_batches
from secretscan.sources.git.objects import ObjectReader
from secretscan.sources.git.table import HistoryRow

_BATCH_VIEWS: Final = 32
_PARALLEL_FROM: Final = 4 * _BATCH_VIEWS
"""Views from which starting workers pays."""
_HELD_BYTES: Final = 64 << 20
"""Bytes of objects held at a time."""

View = tuple[HistoryObject, bytes]
"""An object as it was scanned, and the path to look at it under: the path decides which rules apply."""


class Looks:
    """Reads and scans each object at most once under each path, whoever asks, and remembers what was found."""

    def __init__(self, reader: ObjectReader, make_scanner: Callable[[], Scanner], jobs: int = 1) -> None:
        """Take the reader, and what makes a scanner once one is needed, here or in `jobs` worker processes."""
        self._reader = reader
        self._jobs = jobs
        self._make_scanner = make_scanner
        self._scanner: Scanner | None = None
        self._found: dict[tuple[str, bytes], Sequence[Finding]] = {}
        self.workers: Workers[Any, Any] | None = None
        """Processes at work anyway, which scan a list of objects too."""
        self.known: Mapping[str, Sequence[Finding]] = {}
        """What is known of objects, by id, under the paths they were scanned under."""
        self.memory: LookMemory | None = None
        """What earlier looks showed, where that is kept."""

    def look(self, views: Iterable[View]) -> None:
        """Look at `views`, in the order of their ids. What cannot be read shows nothing."""
        origins: dict[str, HistoryObject] = {}
        paths: dict[str, list[bytes]] = {}
        for origin, path in sorted(views, key=lambda view: (view[0].oid, view[1])):
            if (origin.oid, path) in self._found:
                continue
            if self.memory is None and path == origin.path and origin.oid in self.known:
                self._found[origin.oid, path] = self.known[origin.oid]
                continue
            origins[origin.oid] = origin
            paths.setdefault(origin.oid, []).append(path)
        rows = [HistoryRow(origin.oid, origin.where, b"", 0) for origin in origins.values()]
        waiting: list[Blob] = []
        held = 0
        for item in self._reader.read(rows) if rows else ():
            if isinstance(item, Skipped):
                continue  # stated by the first pass
            for path in paths[item.oid]:
                known = self._recalled(origins[item.oid], path, item.data)
                if known is not None:
                    self._found[item.oid, path] = known
                    continue
                waiting.append(Blob(item.data, HistoryObject(item.oid, item.where, path)))
                held += len(item.data)
            if held > _HELD_BYTES:
                self._scan(waiting)
                waiting, held = [], 0
        self._scan(waiting)

    def _recalled(self, origin: HistoryObject, path: bytes, data: bytes) -> Sequence[Finding] | None:
        """Return what is known of a view at an object that holds `data`; None when it must be scanned."""
        if self.memory is None:
            return None
        recalled = self.memory.recall(origin.oid, path, data)
        if recalled is not None or path != origin.path or origin.oid not in self.known:
            return recalled
        known = self.known[origin.oid]
        self.memory.keep(origin.oid, path, data, known)
        return known

    def _scan(self, blobs: list[Blob]) -> None:
        """Scan `blobs` and keep what they hold."""
        for blob, result in zip(blobs, self._results(blobs), strict=True):
            origin = blob.provenance
            assert isinstance(origin, HistoryObject)  # noqa: S101 - made by `look`
            if self.memory and not result.problems:
                self.memory.keep(origin.oid, origin.path, blob.data, result.findings)
            self._found[origin.oid, origin.path] = result.findings

    def _results(self, blobs: list[Blob]) -> list[ScanResult]:
        if self._jobs > 1 and blobs and (self.workers is not None or len(blobs) >= _PARALLEL_FROM):
            batches = [blobs[n : n + _BATCH_VIEWS] for n in range(0, len(blobs), _BATCH_VIEWS)]
            if self.workers is None:
                parts = run_batches(partial(_make_work, self._make_scanner), batches, self._jobs)
            else:
                parts = self.workers.run(batches)
            return [result for part in parts for result in part]
        if blobs and self._scanner is None:
            self._scanner = self._make_scanner()
        return scan_blobs(self._scanner, blobs) if self._scanner is not None else []

    def findings(self, origin: HistoryObject, path: bytes) -> Sequence[Finding]:
        """Return what was found in an object under a path; nothing where it was not looked at."""
        return self._found.get((origin.oid, path), ())


def _make_work(make_scanner: Callable[[], Scanner]) -> Callable[[list[Blob]], list[ScanResult]]:
    """Return what scans a batch of objects in a worker process."""
    scanner = make_scanner()
    return lambda blobs: scan_blobs(scanner, blobs)
