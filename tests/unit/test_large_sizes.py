"""Objects of more than 4 GB, which `--max-bytes` may admit: counted and remembered as any other."""

from __future__ import annotations

from array import array
from pathlib import Path

from secretscan.engine.scanner import ScanResult
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.auditfile import AuditFile, read_audit, write_audit
from secretscan.pipeline.shardresult import ShardResult

HUGE = 5 << 30


def test_a_shard_counts_a_huge_object() -> None:
    result = ShardResult()
    result.add(HistoryObject("ab" * 20, "blob", b"dump.sql"), HUGE, ScanResult())
    result.add_all(b"\1" * 20, array("q", [HUGE]).tobytes())
    assert (result.blobs, result.size, list(result.sizes)) == (2, 2 * HUGE, [HUGE, HUGE])


def test_an_audit_remembers_a_huge_object(tmp_path: Path) -> None:
    kept = AuditFile(b"salt", {b"one": HUGE, b"two": 7})
    write_audit(tmp_path / "one.audit", kept, "key")
    again = read_audit(tmp_path / "one.audit", "key")
    assert again is not None
    assert again.entries == kept.entries
