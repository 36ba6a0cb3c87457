"""`Looks`: objects of a history looked at once more, one by one, for what the first pass did not keep of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob, Skipped
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.lookmemory import LookMemory
from secretscan.sources.git.objects import ObjectReader, ObjectVersion
from secretscan.sources.git.table import HistoryRow

View = tuple[HistoryObject, bytes]
"""An object as it was scanned, and the path to look at it under: the path decides which rules apply."""


class Looks:
    """Reads and scans each object at most once under each path, whoever asks, and remembers what was found."""

    def __init__(self, reader: ObjectReader, make_scanner: Callable[[], Scanner]) -> None:
        """Take the reader, and what makes the scanner once one is needed."""
        self._reader = reader
        self._make_scanner = make_scanner
        self._scanner: Scanner | None = None
        self._found: dict[tuple[str, bytes], list[Finding]] = {}
        self.memory: LookMemory | None = None
        """What earlier looks showed, where that is kept."""

    def look(self, views: Iterable[View]) -> None:
        """Look at `views`, in the order of their ids. What cannot be read shows nothing."""
        origins: dict[str, HistoryObject] = {}
        paths: dict[str, list[bytes]] = {}
        for origin, path in sorted(views, key=lambda view: (view[0].oid, view[1])):
            if (origin.oid, path) not in self._found:
                origins[origin.oid] = origin
                paths.setdefault(origin.oid, []).append(path)
        rows = [HistoryRow(origin.oid, origin.where, b"", 0) for origin in origins.values()]
        for item in self._reader.read(rows) if rows else ():
            if isinstance(item, Skipped):
                continue  # stated by the first pass
            for path in paths[item.oid]:
                self._found[item.oid, path] = self._look(item, path)

    def _look(self, item: ObjectVersion, path: bytes) -> list[Finding]:
        known = self.memory.recall(item.oid, path, item.data) if self.memory else None
        if known is not None:
            return known
        if self._scanner is None:
            self._scanner = self._make_scanner()
        result = self._scanner.scan(Blob(item.data, HistoryObject(item.oid, item.where, path)))
        if self.memory and not result.problems:
            self.memory.keep(item.oid, path, item.data, result.findings)
        return result.findings

    def findings(self, origin: HistoryObject, path: bytes) -> Sequence[Finding]:
        """Return what was found in an object under a path; nothing where it was not looked at."""
        return self._found.get((origin.oid, path), ())
