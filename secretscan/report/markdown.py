"""A table for the job summary of GitHub Actions, or for a comment."""

from __future__ import annotations

import re
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.report import FindingRecord, Report
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import (
    SUPPRESSION_NAMES,
    attributes_phrase,
    exposure_sentences,
    place,
    verification_phrase,
)
from secretscan.report.printable import strip_controls
from secretscan.report.redact import as_redacted
from secretscan.report.summary import note_lines, skipped_lines, split_skipped, summary_line

ROWS_SHOWN: Final = 200
"""Rows of the table. A job summary may hold 1 MiB, and nobody reads that far."""

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>#|~&@:$]|(?<=www)\.", re.IGNORECASE)
"""What markdown, HTML and GitHub (links, mentions, emoji, formulas) give a meaning to inside a line."""


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the summary as GitHub-flavoured markdown; nothing of the repository keeps a markup character."""
    line = summary_line(report)
    blocks = ["### secretscan", f"{_text(line[0].upper() + line[1:])}."]
    if report.findings:
        blocks += _findings(report)
    if options.show_suppressed and report.suppressed:
        blocks += ["#### Silenced", _table(report.suppressed, "Reason")]
    missed, _ = split_skipped(report.scan.skipped)
    if missed:
        items = [f"- {_text(entry)}" for entry in skipped_lines(missed)]
        blocks += ["#### Not read", "\n".join(items)]
    if report.scan.notes:
        blocks += ["#### Configured", "\n".join(f"- {_text(line)}" for line in note_lines(report.scan))]
    return "\n\n".join(blocks) + "\n"


def _findings(report: Report) -> list[str]:
    blocks = [_table(report.findings[:ROWS_SHOWN], "Details")]
    if len(report.findings) > ROWS_SHOWN:
        blocks.append(f"… and {plural(len(report.findings) - ROWS_SHOWN, 'more finding')}.")
    advice = dict.fromkeys((f.title, f.remedy) for f in report.findings if f.remedy)
    steps = ["- Revoke each credential first: rewriting history does not undo the leak."]
    steps += [f"- {_text(title)}: {_text(remedy)}" for title, remedy in advice]
    steps.append("- Not a secret? Put `secretscan:allow RULE` in a comment on its line.")
    return [*blocks, "#### What to do", "\n".join(steps)]


def _table(findings: tuple[FindingRecord, ...], last: str) -> str:
    rows = [f"| Severity | Secret | Where | {last} |", "| --- | --- | --- | --- |"]
    for finding in findings:
        where = _code(place(finding.locations[0]))
        if len(finding.locations) > 1:
            where += f" and {plural(len(finding.locations) - 1, 'more place')}"
        what = f"{_text(finding.title)} {_code(as_redacted(finding.secret))}<br>{_text(finding.rule)}"
        rows.append(f"| {finding.severity.value} | {what} | {where} | {_text(_details(finding))} |")
    return "\n".join(rows)


def _details(finding: FindingRecord) -> str:
    parts = [SUPPRESSION_NAMES.get(finding.suppressed, (finding.suppressed, ""))[0]]
    parts.append(verification_phrase(finding.verification))
    parts.append(attributes_phrase(finding))
    if finding.exposure is not None:
        parts += exposure_sentences(finding.exposure)
    return "; ".join(part for part in parts if part)


def _text(text: str) -> str:
    """Return `text` with every markup character as a numeric entity, which no markdown parser interprets."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", strip_controls(text))


def _code(text: str) -> str:
    # Not backticks: a backtick in a path would end them, and entities mean nothing between them.
    return f"<code>{_text(text)}</code>"
