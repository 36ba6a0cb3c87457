"""GitLab's secret detection report, schema 15 (gitlab-org/security-products/security-report-schemas).

`raw_source_code_extract` is left out: GitLab stores it, and it is meant to hold the plaintext.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from secretscan.model.report import FindingRecord, Location, Report
from secretscan.report.document import dump
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import exposure_sentences, holder, verification_phrase
from secretscan.report.printable import escape_controls, strip_controls
from secretscan.report.redact import as_redacted
from secretscan.report.summary import note_lines, skipped_lines, split_skipped, summary_line

SCHEMA_VERSION: Final = "15.0.7"
SCHEMA: Final = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{SCHEMA_VERSION}/dist/secret-detection-report-format.json"
)
NO_COMMIT: Final = "0000000"
"""What GitLab's own analyzer writes where there is no commit; the schema demands one."""
_NAME_LIMIT: Final = 255
_EPOCH: Final = "1970-01-01T00:00:00"
_SKIPPED_LISTED: Final = 100


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the report as GitLab reads it from `artifacts:reports:secret_detection`."""
    document = {
        "version": SCHEMA_VERSION,
        "schema": SCHEMA,
        "scan": _scan(report, options.finished_at or _EPOCH),
        "vulnerabilities": [_vulnerability(finding) for finding in report.findings],
    }
    return dump(document, indent=2) + "\n"


def _scan(report: Report, finished_at: str) -> dict[str, Any]:
    end = datetime.fromisoformat(finished_at.removesuffix("Z")).replace(tzinfo=None, microsecond=0)
    # Before the epoch the pattern still fits, but nobody would believe it.
    start = max(end - timedelta(seconds=round(report.scan.seconds)), datetime.fromisoformat(_EPOCH))
    tool = {
        "id": "secretscan",
        "name": "secretscan",
        "url": "https://pypi.org/project/secretscan/",
        "vendor": {"name": "secretscan"},
        "version": report.version,
    }
    missed, passed_over = split_skipped(report.scan.skipped)
    messages = [{"level": "info", "value": summary_line(report)}]
    messages += [{"level": "warn", "value": f"Not read: {s}"} for s in skipped_lines(missed, _SKIPPED_LISTED)]
    messages += [{"level": "info", "value": f"Configured: {line}"} for line in note_lines(report.scan)]
    messages += [
        {"level": "info", "value": f"Left out by design: {s}"}
        for s in skipped_lines(passed_over, _SKIPPED_LISTED)
    ]
    return {
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": start.isoformat(timespec="seconds"),
        "end_time": end.isoformat(timespec="seconds"),
        "status": "success" if report.scan.complete and not report.scan.interrupted else "failure",
        "messages": messages,
    }


def _vulnerability(finding: FindingRecord) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": _uuid(finding.fingerprint),
        "name": strip_controls(finding.title)[:_NAME_LIMIT],
        "description": strip_controls(finding.description) or strip_controls(finding.title),
        "severity": finding.severity.value.capitalize(),
        "solution": strip_controls(finding.remedy),
        "identifiers": [
            {
                "type": "secretscan_rule_id",
                "name": f"secretscan rule {finding.rule}"[:_NAME_LIMIT],
                "value": finding.rule,
            },
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "links": [{"url": url} for url in finding.references if url.startswith("https://")],
        "location": _location(finding.locations[0]),
        "details": _details(finding),
    }
    return {key: value for key, value in document.items() if value not in ("", [])}


def _location(location: Location) -> dict[str, Any]:
    commit = {
        "sha": location.commit or NO_COMMIT,
        "author": strip_controls(location.author),
        "date": strip_controls(location.date),
    }
    return {
        "file": escape_controls(location.path)
        if location.where == "file" and location.path
        else holder(location),
        "start_line": location.line,
        "end_line": location.end_line,
        "commit": {key: value for key, value in commit.items() if value},
    }


def _details(finding: FindingRecord) -> dict[str, Any]:
    texts = {
        "secret": ("Secret", as_redacted(finding.secret)),
        "exposure": ("Exposure", "; ".join(exposure_sentences(finding.exposure)) if finding.exposure else ""),
        "verification": ("Verification", verification_phrase(finding.verification)),
        "places": ("Places", str(len(finding.locations))),
    }
    return {key: {"type": "text", "name": name, "value": text} for key, (name, text) in texts.items() if text}


def _uuid(fingerprint: str) -> str:
    """Return the fingerprint in the shape of a UUID, so that a finding keeps its id from run to run."""
    digits = fingerprint.ljust(32, "0")[:32]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
