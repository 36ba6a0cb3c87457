"""The work of one process of an audit that has git read the objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from secretscan.engine.batchscan import scan_blobs
from secretscan.engine.program import Program
from secretscan.engine.scanner import Scanner, ScanResult
from secretscan.model.blob import Blob, Skipped
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_scanner
from secretscan.pipeline.shardresult import ShardResult
from secretscan.sources.git.objects import CatFileReader
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import HistoryRow


def make_work(
    repository: Repository, settings: ScanSettings, program: Program
) -> Callable[[Sequence[HistoryRow] | list[Blob]], ShardResult | list[ScanResult]]:
    """Return the function that reads and scans one batch of objects, or scans those it is given.

    Runs in a worker process.
    """
    scanner = make_scanner(settings, program)
    reader = CatFileReader(repository)

    def work(rows: Sequence[HistoryRow] | list[Blob]) -> ShardResult | list[ScanResult]:
        if isinstance(rows, list):
            return scan_blobs(scanner, rows)
        result = ShardResult()
        scan_rows(reader, rows, scanner, result)
        result.sightings.prune()
        return result

    return work


def scan_rows(
    reader: CatFileReader, rows: Sequence[HistoryRow], scanner: Scanner, result: ShardResult
) -> None:
    """Read and scan objects one by one, and add to `result` what they hold."""
    for item in reader.read(rows):
        if isinstance(item, Skipped):
            result.skipped.append(item)
            continue
        origin = HistoryObject(item.oid, item.where, item.path)
        scanned = scanner.scan(Blob(item.data, origin))
        result.add(origin, len(item.data), scanned)
        result.scanned_bytes += len(item.data)
