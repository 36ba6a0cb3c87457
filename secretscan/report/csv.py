"""A spreadsheet: one row per finding, its best place in it."""

from __future__ import annotations

import csv
import io
from typing import Final

from secretscan.model.report import Exposure, FindingRecord, Report
from secretscan.report.options import RenderOptions
from secretscan.report.printable import escape_controls

COLUMNS: Final = (
    "severity",
    "confidence",
    "rule",
    "title",
    "secret",
    "path",
    "line",
    "column",
    "where",
    "places",
    "commit",
    "author",
    "date",
    "in_head",
    "introduced",
    "removed",
    "days",
    "verification",
    "fingerprint",
    "suppressed",
)
"""The header. New columns go to the end."""

_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the start of a formula, in both widths (OWASP, "CSV Injection")."""


def render(report: Report, *, options: RenderOptions) -> str:
    """Return the table after RFC 4180, with plain line feeds."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in (*report.findings, *(report.suppressed if options.show_suppressed else ())):
        writer.writerow([_cell(value) for value in _row(finding)])
    return text.getvalue()


def _row(finding: FindingRecord) -> tuple[str, ...]:
    location = finding.locations[0]
    return (
        finding.severity.value,
        finding.confidence.value,
        finding.rule,
        finding.title,
        finding.secret,
        location.path,
        str(location.line),
        str(location.column),
        location.where,
        str(len(finding.locations)),
        location.commit,
        location.author,
        location.date,
        *_exposed(finding.exposure),
        finding.verification.status.value,
        finding.fingerprint,
        finding.suppressed,
    )


def _exposed(exposure: Exposure | None) -> tuple[str, str, str, str]:
    if exposure is None:
        return ("", "", "", "")
    introduced = exposure.introduced.date if exposure.introduced else ""
    removed = exposure.removed.date if exposure.removed else ""
    return ("yes" if exposure.in_head else "no", introduced, removed, str(exposure.days))


def _cell(value: str) -> str:
    text = escape_controls(value)
    # A leading apostrophe makes a spreadsheet take the cell as text.
    return "'" + text if text.lstrip().startswith(_FORMULA) else text
