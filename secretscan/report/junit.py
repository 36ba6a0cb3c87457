"""JUnit XML, which every CI server can show: a failed test per finding, an error per unread input."""

from __future__ import annotations

from html import escape

from secretscan.model.blob import Skipped
from secretscan.model.counts import plural
from secretscan.model.report import FindingRecord, Report
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import SUPPRESSION_NAMES, exposure_sentences, place, verification_phrase
from secretscan.report.printable import escape_controls, strip_controls
from secretscan.report.redact import as_redacted
from secretscan.report.summary import split_skipped, summary_line


def render(report: Report, *, options: RenderOptions) -> str:
    """Return one test suite; a clean scan has one passed test, for some servers refuse an empty one."""
    missed, _ = split_skipped(report.scan.skipped)
    silenced = report.suppressed if options.show_suppressed else ()
    cases = [_failure(finding) for finding in report.findings]
    cases += [_skipped(finding) for finding in silenced]
    cases += [_error(skipped) for skipped in missed]
    if report.scan.interrupted:
        cases.append(_error(Skipped("the rest", "the scan was interrupted")))
    errors = len(missed) + report.scan.interrupted
    if not cases:
        cases.append('    <testcase classname="secretscan" name="no secrets found"/>')
    counts = (
        f'tests="{len(cases)}" failures="{len(report.findings)}" errors="{errors}" '
        f'skipped="{len(silenced)}" time="{report.scan.seconds:.3f}"'
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="secretscan" {counts}>',
        f'  <testsuite name="secretscan {_text(report.scan.kind)}" {counts}>',
        *cases,
        f"    <system-out>{_text(summary_line(report))}</system-out>",
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _failure(finding: FindingRecord) -> str:
    kind = f"{finding.severity.value}: {finding.title}"
    message = f"{finding.title} {as_redacted(finding.secret)} at {place(finding.locations[0])}"
    body = [message]
    if len(finding.locations) > 1:
        body.append(f"and {plural(len(finding.locations) - 1, 'more place')}")
    if finding.exposure is not None:
        body += exposure_sentences(finding.exposure)
    body += [verification_phrase(finding.verification), finding.description, finding.remedy]
    text = "\n".join(_text(line) for line in body if line)
    failure = f'<failure type="{_text(kind)}" message="{_text(message)}">{text}</failure>'
    return f"{_case(finding)}\n      {failure}\n    </testcase>"


def _skipped(finding: FindingRecord) -> str:
    reason = SUPPRESSION_NAMES.get(finding.suppressed, (finding.suppressed, ""))[0]
    return f'{_case(finding)}\n      <skipped message="{_text(reason)}"/>\n    </testcase>'


def _case(finding: FindingRecord) -> str:
    location = finding.locations[0]
    where = f'file="{_text(escape_controls(location.path))}" line="{location.line}"'
    return f'    <testcase classname="{_text(finding.rule)}" name="{_text(place(location))}" {where}>'


def _error(skipped: Skipped) -> str:
    name = _text(f"not read: {escape_controls(skipped.what)}")
    error = f'<error type="not read" message="{_text(skipped.why)}"/>'
    return f'    <testcase classname="secretscan" name="{name}">\n      {error}\n    </testcase>'


def _text(text: str) -> str:
    """Return `text` for an attribute or an element: what is printable is also legal in XML 1.0."""
    return escape(strip_controls(text))
