"""One HTML page that needs nothing else: no network, no fonts, and no script to be read.

Every value is escaped, and a content security policy allows this page's own style and script, nothing more.
"""

from __future__ import annotations

import base64
import hashlib

from secretscan.model.counts import plural
from secretscan.model.report import FindingRecord, Report
from secretscan.report.html.cards import card, text
from secretscan.report.html.page import SCRIPT, STYLE
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import SEVERITIES
from secretscan.report.summary import note_lines, skipped_lines, split_skipped, summary_line

_SKIPPED_LISTED = 100


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the page. Findings are `<details>`, opened when there are few."""
    silenced = report.suppressed if options.show_suppressed else ()
    parts = [_head(), f"<body>\n<header>{_header(report)}</header>\n<main>"]
    if report.findings or silenced:
        parts.append(_tools())
    parts += _section("Findings", report.findings)
    parts += _section("Silenced", silenced)
    missed, passed_over = split_skipped(report.scan.skipped)
    for title, lines in (
        ("Not read", skipped_lines(missed, _SKIPPED_LISTED)),
        ("Left out by design", skipped_lines(passed_over, _SKIPPED_LISTED)),
        ("Configured", note_lines(report.scan)),
    ):
        if lines:
            items = "".join(f"<li><code>{text(line)}</code></li>" for line in lines)
            parts.append(f'<h2>{title}</h2>\n<ul class="plain">{items}</ul>')
    parts.append(f"</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
    return "\n".join(parts) + "\n"


def _head() -> str:
    policy = (
        f"default-src 'none'; style-src '{_digest(STYLE)}'; script-src '{_digest(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>secretscan report</title>\n<style>{STYLE}</style>\n</head>"
    )


def _digest(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode("ascii")


def _header(report: Report) -> str:
    line = summary_line(report)
    subject = f"{report.scan.kind} of {report.scan.target}"
    tone = "lead" if report.scan.complete and not report.findings else "lead alarm"
    return (
        f'<h1>secretscan <span class="faint">{text(subject)}</span></h1>'
        f'<p class="{tone}">{text(line[0].upper() + line[1:])}.</p>'
        f'<p class="lead faint">secretscan {text(report.version)}, rules {text(report.rules_digest)}</p>'
    )


def _tools() -> str:
    boxes = "".join(
        f'<label class="severity {name}"><input type="checkbox" value="{name}" checked> {name}</label>'
        for name in SEVERITIES
    )
    search = '<input type="search" placeholder="Filter by path, rule, commit …" aria-label="Filter">'
    return f'<div class="tools" hidden>{search}{boxes}<output class="faint"></output></div>'


def _section(title: str, findings: tuple[FindingRecord, ...]) -> list[str]:
    if not findings:
        return []
    heading = f'<h2>{title} <span class="faint">{plural(len(findings), "secret")}</span></h2>'
    return [heading, *(card(finding, opened=len(findings) <= 3) for finding in findings)]
