"""SARIF 2.1.0 as GitHub code scanning takes it.

Limits and required properties: docs.github.com, "SARIF support for code scanning" and "SARIF results exceed
one or more limits"; the format: OASIS SARIF 2.1.0, errata 01. Never written: plaintext (not even in a report
made with `--show-secrets`), `snippet` and `contextRegion`, and times, so that equal reports are equal files.
"""

from __future__ import annotations

import re
from typing import Any, Final

from secretscan.model.report import FindingRecord, Report
from secretscan.report.document import dump
from secretscan.report.options import RenderOptions, SarifScope
from secretscan.report.phrases import SEVERITIES
from secretscan.report.sarif.notifications import notices
from secretscan.report.sarif.results import result
from secretscan.report.sarif.rules import descriptors

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
INFORMATION_URI: Final = "https://pypi.org/project/secretscan/"
RESULTS_LIMIT: Final = 25_000
"""Results per run; a file with more is rejected as a whole."""

_SEMANTIC_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\Z")


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the SARIF log with one run, most severe results first, with a final line break."""
    findings = [finding for finding in report.findings if _in_scope(finding, options.sarif_scope)]
    if options.show_suppressed:
        findings += [finding for finding in report.suppressed if _in_scope(finding, options.sarif_scope)]
    # Stable: within one severity the report's own order stays. What counts precedes what was silenced.
    findings.sort(key=lambda f: (bool(f.suppressed), SEVERITIES.index(f.severity)))
    shown = findings[:RESULTS_LIMIT]
    rules = descriptors(report, shown)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, rules)},
                "automationDetails": {"id": f"secretscan/{options.sarif_category or report.scan.kind}/"},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(report, left_out=len(findings) - len(shown), shown=len(shown))],
                "results": [result(finding, index[finding.rule]) for finding in shown],
            }
        ],
    }
    return dump(log, indent=2) + "\n"


def _in_scope(finding: FindingRecord, scope: SarifScope) -> bool:
    return scope is SarifScope.ALL or finding.exposure is None or finding.exposure.in_head


def _driver(report: Report, rules: list[dict[str, Any]]) -> dict[str, Any]:
    driver = {"name": "secretscan", "informationUri": INFORMATION_URI, "version": report.version}
    if _SEMANTIC_VERSION.match(report.version):
        driver["semanticVersion"] = report.version
    return {**driver, "rules": rules, "properties": {"rulesDigest": report.rules_digest}}


def _invocation(report: Report, *, left_out: int, shown: int) -> dict[str, Any]:
    complete = report.scan.complete and not report.scan.interrupted
    return {
        "executionSuccessful": complete,
        "toolExecutionNotifications": notices(report.scan, left_out=left_out, shown=shown),
    }
