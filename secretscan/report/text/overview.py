"""Many findings: one line each, under a heading per rule."""

from __future__ import annotations

from secretscan.model.counts import plural
from secretscan.model.finding import Status
from secretscan.model.report import Exposure, FindingRecord
from secretscan.report.ansi import Paint
from secretscan.report.phrases import SUPPRESSION_NAMES, day, label, place, short_commit
from secretscan.report.printable import cell_width, clip, escape_controls, strip_controls, wrap
from secretscan.report.redact import is_redacted
from secretscan.report.text.comments import takes_comment


def group(findings: list[FindingRecord], paint: Paint, width: int, *, is_pushed: bool) -> list[str]:
    """Return the lines of one rule: heading, a line per finding, why it matters and what to do.

    Of what `is_pushed` right now only the commits count, not what holds them here.
    """
    first = findings[0]
    severity = paint.severity(first.severity.value, first.severity)
    lines = [f"{severity}: {paint.bold(label(first))}: {plural(len(findings), 'secret')}"]
    places = [place(finding.locations[0]) for finding in findings]
    # A column as wide as the longest place, unless that would push the rest off the screen.
    column = min(max(cell_width(p) for p in places), max(20, width // 2))
    for finding, where in zip(findings, places, strict=True):
        pad = " " * max(0, column - cell_width(where))
        history = paint.dim(_history(finding, is_pushed=is_pushed))
        line = f"  {paint.bold(where)}{pad}  {_shown(finding)}  {history}".rstrip()
        # what no comment silences goes by its fingerprint
        lines.append(line if takes_comment(finding) else f"{line}  {escape_controls(finding.fingerprint)}")
    for name, text in (("why", first.description), ("next", first.remedy)):
        lines += _note(name, strip_controls(text), paint, width)
    return [*lines, ""]


def silenced(finding: FindingRecord, paint: Paint) -> list[str]:
    """Return the line of a silenced finding: place, rule, secret and the reason."""
    reason = SUPPRESSION_NAMES.get(finding.suppressed, (finding.suppressed, ""))[0]
    tail = f"{escape_controls(finding.rule)}  {_shown(finding)}  {paint.dim(escape_controls(reason))}"
    return [f"  {paint.bold(place(finding.locations[0]))}  {tail}"]


def _shown(finding: FindingRecord) -> str:
    return finding.secret if is_redacted(finding.secret) else escape_controls(finding.secret)


def _history(finding: FindingRecord, *, is_pushed: bool) -> str:
    parts = []
    if finding.verification.status is not Status.NOT_CHECKED:
        parts.append(finding.verification.status.value)
    if finding.exposure is not None:
        parts.append(_commits(finding.exposure) if is_pushed else _span(finding.exposure))
    if len(finding.locations) > 1:
        parts.append(f"{len(finding.locations):,} places")
    return clip(", ".join(part for part in parts if part), 60)


def _commits(exposure: Exposure) -> str:
    came, went = exposure.introduced, exposure.removed
    return " to ".join(short_commit(moment.commit) for moment in (came, went) if moment is not None)


def _span(exposure: Exposure) -> str:
    since = day(exposure.introduced.date) if exposure.introduced else ""
    if exposure.in_head:
        return f"in HEAD since {since}" if since else "in HEAD"
    if exposure.removed is not None:
        return f"{since} to {day(exposure.removed.date)}".strip()
    return f"since {since}, not in HEAD" if since else "not in HEAD"


def _note(name: str, text: str, paint: Paint, width: int) -> list[str]:
    indent = " " * (len(name) + 6)
    marked = f"  {paint.gutter('=')} {paint.label(name + ':')} "
    lines = wrap(text, width - len(indent))
    return [(marked if index == 0 else indent) + line for index, line in enumerate(lines)]
