"""Security Hub: findings imported in batches, and archived when a later report no longer has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from secretscan.errors import VerificationError
from secretscan.model.report import Report
from secretscan.verify.aws.connection import Connection, Json
from secretscan.verify.aws.errors import AwsError
from secretscan.verify.aws.publish.asff import SOURCE_FIELD, Sender, asff
from secretscan.verify.pace import Pace

_BATCH: Final = 100
_BATCH_BYTES: Final = 6_000_000
_CALLS_PER_SECOND: Final = 10.0
_BURST: Final = 30.0
"""Findings and bytes of one BatchImportFindings, and how often it may be called. Source: Security Hub API."""
_WHOLE_KINDS: Final = frozenset({"history", "files"})
"""Scans that see all of their target: only what they miss is gone."""
_IMPORTABLE: Final = (
    "SchemaVersion",
    "Id",
    "ProductArn",
    "GeneratorId",
    "AwsAccountId",
    "CreatedAt",
    "Title",
    "Description",
    "Severity",
    "Types",
    "FindingProviderFields",
    "Resources",
    "ProductFields",
    "Remediation",
)
"""Members of a finding read back that may be sent again; the others are Security Hub's own."""


@dataclass(frozen=True, slots=True)
class Published:
    """What Security Hub took."""

    imported: int
    archived: int
    failed: tuple[str, ...]
    """Finding id and error of each that was refused."""
    not_archived: str = ""
    """Why nothing was archived; empty when archiving was possible."""


def publish(
    connection: Connection, report: Report, sender: Sender, now: str, *, archive: bool = True
) -> Published:
    """Return what became of the report's findings. Sending a report twice changes nothing but the time."""
    findings = [asff(finding, sender, now) for finding in report.findings]
    obstacle = _obstacle(report) if archive else "archiving was not asked for"
    gone = (
        [] if obstacle else list(_gone(connection, sender, {str(finding["Id"]) for finding in findings}, now))
    )
    imported, failed = _send(connection, findings, "sent to Security Hub")
    archived, failed_too = _send(connection, gone, "archived there", f"{imported} sent to Security Hub, ")
    return Published(imported, archived, (*failed, *failed_too), obstacle)


def half_sent(cause: AwsError, done: str, left: str) -> VerificationError:
    """Return the error that says what was sent before `cause`, what was not, and that repeating is safe."""
    return VerificationError(
        f"{cause.problem}; done: {done}; NOT done: {left}",
        help=f"{cause.help}; then repeat the command: what was sent is updated, not doubled",
    )


def _obstacle(report: Report) -> str:
    if report.scan.kind not in _WHOLE_KINDS:
        return f"a {report.scan.kind} scan does not see the whole repository"
    if not report.scan.complete:
        return "the scan was incomplete"
    return ""


def _gone(connection: Connection, sender: Sender, current: set[str], now: str) -> Iterator[Json]:
    """Yield the findings of this source that are still active there and not in the report, archived."""
    filters = {
        "ProductFields": [{"Key": SOURCE_FIELD, "Value": sender.source, "Comparison": "EQUALS"}],
        "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
    }
    for finding in connection.pages(
        "securityhub:GetFindings", "Findings", region=sender.region, Filters=filters, MaxResults=100
    ):
        ours = (finding.get("ProductFields") or {}).get(SOURCE_FIELD) == sender.source
        if ours and finding.get("RecordState", "ACTIVE") == "ACTIVE" and finding["Id"] not in current:
            kept: Json = {name: finding[name] for name in _IMPORTABLE if name in finding}
            yield {**kept, "UpdatedAt": now, "RecordState": "ARCHIVED"}


def _send(
    connection: Connection, findings: Sequence[Json], doing: str, before: str = ""
) -> tuple[int, list[str]]:
    """Return how many were taken, and which were refused. Raises with what was done `before` the failure."""
    pace = Pace(_CALLS_PER_SECOND, burst=_BURST)
    imported = 0
    failed: list[str] = []
    for batch in batches(findings):
        pace.wait()
        try:
            answer = connection.call("securityhub:BatchImportFindings", Findings=batch)
        except AwsError as error:
            if not before and not imported:
                raise
            raise half_sent(
                error, f"{before}{imported} {doing}", f"{len(findings) - imported} more"
            ) from error
        imported += int(answer.get("SuccessCount", 0))
        failed.extend(
            f"{one.get('Id')}: {one.get('ErrorCode')}" for one in answer.get("FailedFindings") or ()
        )
    return imported, failed


def batches(findings: Sequence[Json]) -> Iterator[list[Json]]:
    """Yield the findings in lists that keep to Security Hub's limits of number and size."""
    batch: list[Json] = []
    size = 0
    for finding in findings:
        weight = len(json.dumps(finding))
        if batch and (len(batch) == _BATCH or size + weight > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(finding)
        size += weight
    if batch:
        yield batch
