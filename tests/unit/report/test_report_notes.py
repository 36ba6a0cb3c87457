from __future__ import annotations

import json
from dataclasses import replace
from html import unescape

import pytest
from report_samples import clean

from secretscan.report import OutputFormat, render
from secretscan.report.options import RenderOptions
from secretscan.report.parse import parse_report

NOTE = "c.toml turns off rules: aws-access-key"
STATING = ["text", "json", "jsonl", "sarif", "gitlab", "html", "markdown"]


@pytest.mark.parametrize("name", STATING)
def test_what_the_configuration_took_away_is_stated(name: str) -> None:
    report = replace(clean(), scan=replace(clean().scan, notes=(NOTE,)))
    assert NOTE in unescape(render(report, OutputFormat(name), options=RenderOptions()))
    assert "turns off" not in render(clean(), OutputFormat(name), options=RenderOptions())


def test_notes_survive_a_saved_report() -> None:
    report = replace(clean(), scan=replace(clean().scan, notes=(NOTE,)))
    text = render(report, OutputFormat.JSON, options=RenderOptions())
    assert json.loads(text)["scan"]["notes"] == [NOTE]
    assert parse_report(text.encode(), "r.json").scan.notes == (NOTE,)


@pytest.mark.parametrize("name", STATING)
def test_a_note_cannot_break_out_of_its_format(name: str) -> None:
    hostile = "c allows paths *: \x1b[2J\n::error::x <script>alert(1)</script>"
    report = replace(clean(), scan=replace(clean().scan, notes=(hostile,)))
    text = render(report, OutputFormat(name), options=RenderOptions())
    assert "\x1b" not in text
    assert "\n::error" not in text
    if name in {"html", "markdown"}:
        assert "<script>alert" not in text
