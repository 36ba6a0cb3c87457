"""JSON lines: one finding a line, and a last line with the scan, which proves that nothing was cut off."""

from __future__ import annotations

from secretscan.model.report import Report
from secretscan.report.document import dump, finding_document, head_document
from secretscan.report.options import RenderOptions


def render(report: Report, *, options: RenderOptions) -> str:
    """Return a line per finding, then per silenced finding if asked for, then one with `tool` and `scan`."""
    findings = [*report.findings, *(report.suppressed if options.show_suppressed else ())]
    documents = [*(finding_document(finding) for finding in findings), head_document(report)]
    return "".join(dump(document, indent=None) + "\n" for document in documents)
