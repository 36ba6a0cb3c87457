from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from report_samples import SAMPLES, history, staged

from secretscan.errors import UsageError
from secretscan.report import OutputFormat, RenderOptions, render
from secretscan.report.parse import parse_report

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report-schema.json").read_text("utf-8"))
ALL = RenderOptions(show_suppressed=True)


def document(sample: str, options: RenderOptions = ALL) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(SAMPLES[sample](), OutputFormat.JSON, options=options))
    return loaded


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_what_an_earlier_audit_knew_is_written_and_read_back() -> None:
    made = history()
    report = replace(made, scan=replace(made.scan, known_blobs=7))
    text = render(report, OutputFormat.JSON, options=ALL)
    assert json.loads(text)["scan"]["known_blobs"] == 7
    assert parse_report(text.encode(), "r.json").scan.known_blobs == 7
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("searched", [0, 1234, None])
def test_what_was_searched_is_written_where_it_is_known(searched: int | None) -> None:
    made = history()
    report = replace(made, scan=replace(made.scan, scanned_bytes=searched))
    text = render(report, OutputFormat.JSON, options=ALL)
    assert json.loads(text)["scan"].get("scanned_bytes") == searched
    assert ("scanned_bytes" in text) == (searched is not None)
    assert parse_report(text.encode(), "r.json").scan.scanned_bytes == searched
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_reports_satisfy_their_schema(sample: str) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document(sample))] == []


def test_the_schema_knows_every_field_that_is_written() -> None:
    """Otherwise a field could be added to the report and never be documented."""
    for sample in SAMPLES:
        made = document(sample)
        assert set(made) <= set(SCHEMA["properties"])
        definitions = SCHEMA["$defs"]
        optional = {"notes", "known_blobs", "scanned_bytes"}
        assert set(made["scan"]) | optional == set(definitions["scan"]["properties"])
        for finding in (*made["findings"], *made["suppressed"]):
            assert set(finding) <= set(definitions["finding"]["properties"])
            assert all(
                set(spot) == set(definitions["location"]["properties"]) for spot in finding["locations"]
            )
            assert set(finding.get("exposure", {})) <= set(definitions["exposure"]["properties"])
        assert all(set(rule) == set(definitions["rule"]["properties"]) for rule in made["rules"])


def test_keys_come_in_the_order_of_the_contract() -> None:
    finding = document("history")["findings"][0]
    assert list(document("history"))[:4] == ["schema_version", "tool", "scan", "findings"]
    assert list(finding)[:13] == [
        "rule",
        "title",
        "provider",
        "severity",
        "confidence",
        "score",
        "secret",
        "fingerprint",
        "entropy",
        "attributes",
        "verification",
        "locations",
        "exposure",
    ]
    assert list(finding["locations"][0])[:5] == ["path", "line", "column", "end_line", "end_column"]


def test_exposure_is_there_for_history_only_and_removed_is_null_while_head_holds_it() -> None:
    assert "exposure" not in document("staged")["findings"][0]
    first, second, *_ = document("history")["findings"]
    assert first["exposure"]["in_head"] is True
    assert first["exposure"]["removed"] is None
    assert second["exposure"]["removed"]["date"] == "2026-01-14T10:00:00Z"


def test_silenced_findings_are_listed_only_when_asked_for() -> None:
    assert "suppressed" not in document("staged", RenderOptions())
    assert [f["suppressed"] for f in document("staged")["suppressed"]] == ["allow_comment"]
    assert document("staged")["scan"]["suppressed"] == {
        "baseline": 0,
        "allow_comment": 1,
        "allowlist": 0,
        "below_threshold": 0,
    }


def test_json_lines_end_with_the_scan() -> None:
    lines = [json.loads(line) for line in render(history(), OutputFormat.JSONL, options=ALL).splitlines()]
    assert [line["rule"] for line in lines[:-1]] == [f.rule for f in history().findings]
    assert lines[-1] == {key: document("history")[key] for key in ("schema_version", "tool", "scan")}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_saved_report_is_read_back_as_it_was(sample: str, encoding: str) -> None:
    written = render(SAMPLES[sample](), OutputFormat.JSON, options=ALL)
    parsed = parse_report(written.encode(encoding), "report.json")
    assert render(parsed, OutputFormat.JSON, options=ALL) == written
    for output in (OutputFormat.TEXT, OutputFormat.SARIF, OutputFormat.HTML):
        assert render(parsed, output, options=ALL) == render(SAMPLES[sample](), output, options=ALL)


def _changed(path: str, value: object) -> bytes:
    made = document("history")
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    spot: Any = made
    for step in way:
        spot = spot[step]
    if value is None:
        del spot[last]
    else:
        spot[last] = value
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "report.json: not JSON (line 1, column 1)"),
        (b'{"a": 1,}', "report.json: not JSON (line 1, column "),
        (b"\xff\x00\x80", "report.json: not text in UTF-8"),
        (b"[" * 100_000, "report.json: JSON that no report holds"),
        (b'{"schema_version": ' + b"9" * 5000 + b"}", "report.json: JSON that no report holds"),
        (b"[]", "report.json: JSON, but not a report of secretscan"),
        (b'{"runs": []}', "report.json: JSON, but not a report of secretscan"),
        (_changed("schema_version", 2), "report.json: schema version 2, and this secretscan reads version 1"),
        (_changed("scan", None), "report.json: scan is missing"),
        (_changed("scan.complete", 1), "report.json: scan.complete must be true or false"),
        (_changed("scan.seconds", 1e400), "report.json: scan.seconds is out of range"),
        (_changed("findings", {}), "report.json: findings must be a list"),
        (_changed("findings.0", 7), "report.json: findings must be a list of objects"),
        (
            _changed("findings.1.severity", "awful"),
            "report.json: findings[1].severity must be one of critical, high, medium, low",
        ),
        (_changed("findings.2.locations", []), "report.json: findings[2].locations must not be empty"),
        (
            _changed("findings.0.locations.1.line", "3"),
            "report.json: findings[0].locations[1].line must be a whole",
        ),
        (
            _changed("findings.0.locations.1.line", True),
            "report.json: findings[0].locations[1].line must be a whole",
        ),
        (
            _changed("findings.0.exposure.days", -1),
            "report.json: findings[0].exposure.days must not be negative",
        ),
        (
            _changed("findings.0.attributes.user", 3),
            "report.json: findings[0].attributes.user must be a string",
        ),
        (
            _changed("findings.0.references", [3]),
            "report.json: findings[0].references must be a list of strings",
        ),
    ],
)
def test_a_bad_report_is_refused_with_file_and_field(raw: bytes, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_report(raw, "report.json")
    assert caught.value.problem.startswith(problem)
    assert caught.value.help
    assert caught.value.__cause__ is None


def test_an_error_never_repeats_a_secret() -> None:
    secret = staged().findings[0].secret
    with pytest.raises(UsageError) as caught:
        parse_report(_changed("findings.0.secret", [secret]), "report.json")
    assert secret not in str(caught.value)
    assert caught.value.problem == "report.json: findings[0].secret must be a string"
