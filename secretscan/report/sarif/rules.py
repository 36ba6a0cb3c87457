"""The rule table of a SARIF run: unique, sorted by id, with help in text and markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from secretscan.model.finding import Confidence, Severity
from secretscan.model.report import FindingRecord, Report, RuleInfo
from secretscan.report.printable import ELLIPSIS, strip_controls

DESCRIPTION_LIMIT: Final = 1024
"""Characters GitHub takes of `shortDescription` and `fullDescription`."""

LEVELS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}
"""SARIF level of a severity."""

SECURITY_SEVERITY: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
"""GitHub's bands: critical above 9.0, high 7.0 to 8.9, medium 4.0 to 6.9, low 0.1 to 3.9."""

_PRECISION: Final = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
"""One step up: by it GitHub decides what to show first, and what passed the threshold is meant to be seen."""

GENERAL_REMEDY: Final = (
    "Revoke the credential where it was issued and create a new one, then move it out of the repository, "
    "into the environment or a secret store. Rewriting history does not undo the leak."
)
"""For rules that give no advice of their own: `help.text` must not be empty."""


def descriptors(report: Report, findings: list[FindingRecord]) -> list[dict[str, Any]]:
    """Return a reporting descriptor for each rule of `findings`, sorted by id."""
    rules = {finding.rule: report.rules.get(finding.rule) or _from(finding) for finding in findings}
    return [_descriptor(rules[rule]) for rule in sorted(rules)]


def _from(finding: FindingRecord) -> RuleInfo:
    """Return what a finding knows of its rule: a saved report may lack the table."""
    return RuleInfo(
        id=finding.rule,
        title=finding.title,
        description=finding.description,
        provider=finding.provider,
        severity=finding.severity,
        confidence=finding.confidence,
        references=finding.references,
        remedy=finding.remedy,
    )


def _descriptor(rule: RuleInfo) -> dict[str, Any]:
    title = _limited(rule.title) or rule.id
    descriptor: dict[str, Any] = {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.replace("_", "-").split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": _limited(rule.description) or title},
        "help": {"text": _help(rule, markdown=False), "markdown": _help(rule, markdown=True)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            # CWE-798: use of hard-coded credentials. The tag is how code scanning shows it.
            "tags": sorted({"security", "secret", "external/cwe/cwe-798", rule.provider or "generic"}),
            "precision": _PRECISION[rule.confidence],
            "security-severity": SECURITY_SEVERITY[rule.severity],
        },
    }
    links = [url for url in rule.references if url.startswith("https://")]
    if links:
        descriptor["helpUri"] = links[0]
    return descriptor


def _help(rule: RuleInfo, *, markdown: bool) -> str:
    description, remedy = strip_controls(rule.description), strip_controls(rule.remedy) or GENERAL_REMEDY
    allow = f"secretscan:allow {rule.id}"
    if not markdown:
        return f"{description}\n\nWhat to do: {remedy}\n\nNot a secret? Put {allow} in a comment on its line."
    parts = [
        description,
        f"**What to do:** {remedy}",
        f"**Not a secret?** Put `{allow}` in a comment on its line, or record it in the baseline.",
    ]
    links = [url for url in rule.references if url.startswith("https://")]
    if links:
        parts.append("**Read more:** " + ", ".join(f"<{url}>" for url in links))
    return "\n\n".join(part for part in parts if part)


def _limited(text: str) -> str:
    text = strip_controls(text)
    return text if len(text) <= DESCRIPTION_LIMIT else text[: DESCRIPTION_LIMIT - 1] + ELLIPSIS
