"""Every format against its expected files in fixtures/reports, byte for byte.

`pytest tests/unit/report --update-reports` writes them anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from report_samples import SAMPLES

from secretscan.report import FORMATS, OutputFormat, RenderOptions, SarifScope, render

EXPECTED = Path(__file__).parents[3] / "fixtures" / "reports"
SUFFIXES = {
    OutputFormat.TEXT: "txt",
    OutputFormat.JSON: "json",
    OutputFormat.JSONL: "jsonl",
    OutputFormat.SARIF: "sarif",
    OutputFormat.CSV: "csv",
    OutputFormat.JUNIT: "xml",
    OutputFormat.GITHUB: "github.txt",
    OutputFormat.GITLAB: "gitlab.json",
    OutputFormat.HTML: "html",
    OutputFormat.MARKDOWN: "md",
}
OPTIONS = RenderOptions(width=100, show_suppressed=True, finished_at="2026-01-02T03:04:05")
CASES = [
    (f"{name}.{suffix}", output, name, OPTIONS)
    for output, suffix in SUFFIXES.items()
    for name in ("clean", "staged", "history", "hostile")
]
CASES += [
    ("many.txt", OutputFormat.TEXT, "many", OPTIONS),
    ("history-narrow.txt", OutputFormat.TEXT, "history", RenderOptions(width=60)),
    ("history-head.sarif", OutputFormat.SARIF, "history", RenderOptions(sarif_scope=SarifScope.HEAD)),
]


@pytest.mark.parametrize(("file", "output", "sample", "options"), CASES, ids=[case[0] for case in CASES])
def test_report_is_what_the_expected_file_holds(
    file: str, output: OutputFormat, sample: str, options: RenderOptions, request: pytest.FixtureRequest
) -> None:
    rendered = render(SAMPLES[sample](), output, options=options).encode("utf-8")
    if request.config.getoption("--update-reports", default=False):
        (EXPECTED / file).write_bytes(rendered)
    assert rendered == (EXPECTED / file).read_bytes()


def test_expected_files_are_the_ones_compared() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == {case[0] for case in CASES}


def test_every_format_but_the_plaintext_one_has_expected_files() -> None:
    assert set(SUFFIXES) == {output for output, form in FORMATS.items() if not form.needs_plaintext}
    assert set(FORMATS) == set(OutputFormat)
