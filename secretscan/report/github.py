"""Workflow commands of GitHub Actions: an annotation per finding on the line of the change.

Syntax: docs.github.com, "Workflow commands for GitHub Actions"; escaping: `command.ts` of actions/toolkit.
GitHub shows ten errors and ten warnings a step; the rest stays in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.finding import Severity
from secretscan.model.report import FindingRecord, Location, Report
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import exposure_sentences, place, verification_phrase
from secretscan.report.printable import escape_controls, strip_controls
from secretscan.report.redact import as_redacted
from secretscan.report.summary import skipped_lines, split_skipped, summary_line

_COMMANDS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def render(report: Report, *, options: RenderOptions) -> str:
    """Return one command a line: findings, what was not read, and the summary as a notice."""
    lines = [_annotation(finding) for finding in report.findings]
    missed, _ = split_skipped(report.scan.skipped)
    if missed:
        text = "\n".join(["Nothing is known about:", *skipped_lines(missed)])
        lines.append(_command("warning", {"title": "secretscan: not read"}, text))
    lines.append(_command("notice", {"title": "secretscan"}, summary_line(report)))
    return "\n".join(lines) + "\n"


def _annotation(finding: FindingRecord) -> str:
    location = finding.locations[0]
    title = f"{finding.severity.value}: {strip_controls(finding.title)}"
    return _command(_COMMANDS[finding.severity], {**_position(location), "title": title}, _message(finding))


def _position(location: Location) -> dict[str, str]:
    if location.where != "file" or not location.path:
        return {}
    position = {"file": location.path, "line": str(location.line), "endLine": str(location.end_line)}
    if location.line == location.end_line:
        # GitHub refuses columns for an annotation over several lines.
        position["col"] = str(location.column)
        position["endColumn"] = str(location.end_column)
    return position


def _message(finding: FindingRecord) -> str:
    lines = [f"{as_redacted(finding.secret)} at {place(finding.locations[0])} [{finding.rule}]"]
    if len(finding.locations) > 1:
        lines[0] += f" and {plural(len(finding.locations) - 1, 'more place')}"
    if finding.exposure is not None:
        lines += exposure_sentences(finding.exposure)
    lines += [verification_phrase(finding.verification), finding.description, finding.remedy]
    lines.append(f"Not a secret? Put secretscan:allow {finding.rule} in a comment on its line.")
    return "\n".join(strip_controls(line) for line in lines if line)


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    """Return the workflow command, properties and message escaped as the runner unescapes them."""
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape_controls(text)).replace(":", "%3A").replace(",", "%2C")
