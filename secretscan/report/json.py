"""The JSON report (docs/report-schema.json): the whole truth, for programs and for `secretscan report`."""

from __future__ import annotations

from secretscan.model.report import Report
from secretscan.report.document import dump, finding_document, head_document, rules_document
from secretscan.report.options import RenderOptions


def render(report: Report, *, options: RenderOptions) -> str:
    """Return one JSON object, indented by two, with a final line break."""
    document = head_document(report)
    document["findings"] = [finding_document(finding) for finding in report.findings]
    if options.show_suppressed:
        document["suppressed"] = [finding_document(finding) for finding in report.suppressed]
    document["rules"] = rules_document(dict(report.rules))
    return dump(document, indent=2) + "\n"
