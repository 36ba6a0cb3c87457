"""`ShardResult`: what one batch of objects held, as a worker hands it back."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from secretscan.engine.scanner import ScanResult
from secretscan.model.blob import Skipped
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.sightings import Sightings


@dataclass(slots=True)
class ShardResult:
    """What one batch of objects held."""

    sightings: Sightings = field(default_factory=Sightings)
    skipped: list[Skipped] = field(default_factory=list)
    blobs: int = 0
    size: int = 0
    """Bytes read."""
    scanned_bytes: int = 0
    """Bytes searched: fewer than read where deltas were scanned as such."""
    complete: bytearray = field(default_factory=bytearray)
    """Ids, binary, of the objects that were scanned to their end, one behind the other."""
    sizes: array[int] = field(default_factory=lambda: array("q"))
    """Bytes of the text of each of them."""

    def add(self, origin: HistoryObject, size: int, scanned: ScanResult) -> None:
        """Count one object of `size` bytes and note what was found in it."""
        if scanned.problems:
            self.blobs += 1
            self.size += size
            self.skipped += scanned.problems
        else:
            self.add_complete(bytes.fromhex(origin.oid), size)
        if scanned.findings:
            self.sightings.add(origin, scanned.findings)

    def add_complete(self, oid: bytes, size: int) -> None:
        """Count one object, its id binary, that was scanned to its end; what was found is noted elsewhere."""
        self.blobs += 1
        self.size += size
        self.complete += oid
        self.sizes.append(size)

    def add_all(self, oids: bytes, sizes: bytes) -> None:
        """Count objects that were scanned to their end: ids, binary, and sizes of 64 bits, one behind the other."""
        told = array("q", sizes)
        self.blobs += len(told)
        self.size += sum(told)
        self.complete += oids
        self.sizes += told
