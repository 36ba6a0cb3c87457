"""A saved JSON report, as far as the AWS commands use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from secretscan.errors import UsageError

if TYPE_CHECKING:
    from secretscan.model.report import FindingRecord, Report

AWS_RULES: Final = ("aws-access-key", "aws-access-key-id")
"""Rules whose findings name an AWS key: in the attribute `key_id`, or as the secret itself."""


def read_report(path: Path) -> Report:
    """Return the report of a scan that was saved with `--format json`; raises `UsageError`."""
    from secretscan.report.parse import parse_report

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror})",
            help="make it with `secretscan history --format json -o FILE`",
        ) from error
    return parse_report(raw, str(path))


def key_of(finding: FindingRecord) -> str:
    """Return the AWS key id a finding is about, or an empty string."""
    return finding.attributes.get("key_id", "") if finding.rule in AWS_RULES else ""


def exposed_since(report: Report, key_id: str) -> str:
    """Return when the history first held the key (RFC 3339): its introduction, or its oldest location."""
    dates = []
    for finding in report.findings:
        if key_of(finding) == key_id:
            introduced = finding.exposure.introduced if finding.exposure else None
            dates.extend([introduced.date] if introduced else [place.date for place in finding.locations])
    return min((date for date in dates if date), default="")
