"""The report for a person: what leaked, where, why it matters, what to do next.

Up to `DETAILED_UP_TO` findings each get a block with their line; more become one line each under their rule.
Everything shown passes `printable` first, so no scanned byte reaches the terminal as a control sequence.
"""

from __future__ import annotations

from typing import Final

from secretscan.model.report import FindingRecord, Report
from secretscan.report.ansi import Paint
from secretscan.report.options import RenderOptions
from secretscan.report.summary import note_lines, skipped_lines, split_skipped, summary_line

DETAILED_UP_TO: Final = 20
"""About two screens of blocks; beyond that an overview serves better than scrolling."""
NARROWEST: Final = 40
WIDEST: Final = 120
"""Prose in longer lines is hard to read."""


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the text report, ending in the one-line summary and a line break."""
    paint = Paint(options.colour)
    width = min(max(options.width, NARROWEST), WIDEST)
    lines: list[str] = []
    if report.findings:
        lines += _findings(report, options, paint, width)
    if options.show_suppressed and report.suppressed:
        lines += _silenced(report, paint)
    lines += _skipped(report, paint)
    if report.scan.notes:
        lines += [paint.bold("Configured"), *(f"  {line}" for line in note_lines(report.scan)), ""]
    lines.append(_summary(report, paint))
    return "\n".join(map(_inert, lines)) + "\n"


def _inert(line: str) -> str:
    """Return `line` so that no CI runner obeys it.

    GitHub's runner takes a log line that starts with `::` for a command, and `##[` wherever it stands; a path
    or an author's name may hold either.
    """
    if "##[" in line:
        line = line.replace("##[", "# #[")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line


def _findings(report: Report, options: RenderOptions, paint: Paint, width: int) -> list[str]:
    # Imported here: the hook's usual run finds nothing and needs none of it.
    from secretscan.report.text import advice, blocks, overview

    lines: list[str] = []
    detailed = len(report.findings) <= DETAILED_UP_TO
    for group in _by_rule(report.findings):
        if detailed:
            lines += blocks.group(group, paint, width, is_pushed=options.stops_a_push)
        else:
            lines += overview.group(group, paint, width, is_pushed=options.stops_a_push)
    return lines + advice.next_steps(report, options, paint, width)


def _by_rule(findings: tuple[FindingRecord, ...]) -> list[list[FindingRecord]]:
    """Return the findings grouped by rule, groups in the order of their first (most severe) finding."""
    groups: dict[str, list[FindingRecord]] = {}
    for finding in findings:
        groups.setdefault(finding.rule, []).append(finding)
    return list(groups.values())


def _silenced(report: Report, paint: Paint) -> list[str]:
    from secretscan.report.text import overview

    lines = [paint.bold("Silenced")]
    for finding in report.suppressed:
        lines += overview.silenced(finding, paint)
    return [*lines, ""]


def _skipped(report: Report, paint: Paint) -> list[str]:
    lines: list[str] = []
    for heading, skipped in zip(
        (paint.alarm("Not read"), paint.bold("Left out by design")),
        split_skipped(report.scan.skipped),
        strict=True,
    ):
        if skipped:
            lines += [heading, *(f"  {line}" for line in skipped_lines(skipped)), ""]
    return lines


def _summary(report: Report, paint: Paint) -> str:
    line = summary_line(report)
    line = line[0].upper() + line[1:] + "."
    if report.findings or not report.scan.complete:
        return paint.alarm(line)
    return paint.good(line)
