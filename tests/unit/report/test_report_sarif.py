from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from report_samples import (
    AWS,
    GITHUB,
    PASSWORD,
    SAMPLES,
    history,
    location,
    many,
    record,
    report,
    staged,
    token,
)

from secretscan.model.report import Location, Report
from secretscan.report import OutputFormat, RenderOptions, SarifScope, render
from secretscan.report.sarif.results import uri

# OASIS's own schema, draft 7, as published in oasis-tcs/sarif-spec under Schemata/.
SCHEMA = json.loads(
    (Path(__file__).parents[3] / "fixtures" / "schemas" / "sarif-2.1.0.json").read_text("utf-8")
)
VALIDATOR = Draft7Validator(SCHEMA, format_checker=FormatChecker())
ALL = RenderOptions(show_suppressed=True)


def run(made: Report, options: RenderOptions = RenderOptions()) -> dict[str, Any]:  # noqa: B008 - frozen
    log = json.loads(render(made, OutputFormat.SARIF, options=options))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    loaded: dict[str, Any] = only
    return loaded


def problems(made: Report) -> list[str]:
    log = json.loads(render(made, OutputFormat.SARIF, options=ALL))
    return [f"{list(error.path)}: {error.message}" for error in VALIDATOR.iter_errors(log)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_sarif_satisfies_the_schema_of_oasis(sample: str) -> None:
    assert problems(SAMPLES[sample]()) == []


@given(st.text(st.characters(), max_size=30), st.text(max_size=30))
@settings(max_examples=40, deadline=None)
def test_sarif_satisfies_the_schema_whatever_paths_and_names_hold(path: str, name: str) -> None:
    secret = token(1)
    found = record(
        AWS, secret, locations=(location(path, 1, 1, secret, author=name),), title=name, description=name
    )
    assert problems(report(found)) == []


def test_rules_are_sorted_unique_and_only_those_of_the_results() -> None:
    made = report(record(PASSWORD, token(1)), record(AWS, token(2)), record(AWS, token(3)))
    rules = run(made)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["aws-access-key", "generic-password"]
    for result in run(made)["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_rules_carry_what_code_scanning_asks_for() -> None:
    for rule in run(history())["tool"]["driver"]["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"].strip() and rule["help"]["markdown"].strip()
        assert {"security", "secret"} <= set(rule["properties"]["tags"])
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["precision"] in {"very-high", "high", "medium", "low"}
        assert rule["helpUri"].startswith("https://")


def test_a_rule_without_text_still_has_help_and_a_long_one_is_cut() -> None:
    bare = record(AWS, title="T", description="", remedy="", references=())
    long = record(GITHUB, token(2), description="d" * 5000)
    rules = run(replace(report(bare, long), rules={}))["tool"]["driver"]["rules"]
    assert rules[0]["help"]["text"].strip()
    assert "helpUri" not in rules[0]
    assert len(rules[1]["fullDescription"]["text"]) == 1024


@pytest.mark.parametrize(
    ("severity", "low", "high", "level"),
    [
        ("critical", 9.0, 10.0, "error"),
        ("high", 6.9, 8.9, "error"),
        ("medium", 3.9, 6.9, "warning"),
        ("low", 0.0, 3.9, "note"),
    ],
)
def test_severities_fall_into_the_bands_of_github(severity: str, low: float, high: float, level: str) -> None:
    rule = replace(AWS, severity=type(AWS.severity)(severity))
    made = run(replace(report(record(rule)), rules={rule.id: rule}))
    described = made["tool"]["driver"]["rules"][0]
    assert low < float(described["properties"]["security-severity"]) <= high
    assert described["defaultConfiguration"]["level"] == made["results"][0]["level"] == level


def test_the_fingerprint_is_ours_and_the_line_hash_is_left_to_the_uploader() -> None:
    made = staged()
    prints = [result["partialFingerprints"] for result in run(made)["results"]]
    assert prints == [{"secretscanFingerprint/v1": finding.fingerprint} for finding in made.findings]


def test_columns_count_from_one_and_the_end_is_exclusive() -> None:
    region = run(staged())["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 14, "startColumn": 25, "endLine": 14, "endColumn": 65}


@pytest.mark.parametrize(
    "spot", [Location("a", 0, 0, 0, 0), Location("a", 5, 9, 5, 9), Location("a", 5, 9, 4, 2)]
)
def test_a_region_never_ends_before_it_starts(spot: Location) -> None:
    region = run(report(record(AWS, locations=(spot,))))["results"][0]["locations"][0]["physicalLocation"][
        "region"
    ]
    assert all(value >= 1 for value in region.values())
    assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a b.py", "src/a%20b.py"),
        ("./././a.py", "a.py"),
        ("ü/#?%.py", "%C3%BC/%23%3F%25.py"),
        ("a:b.py", "a%3Ab.py"),
        ("caf\\xe9", "caf%5Cxe9"),
        ("/etc/passwd", "file:///etc/passwd"),
        ("C:\\x y\\a.py", "file:///C:/x%20y/a.py"),
        ("C:/x/a.py", "file:///C:/x/a.py"),
        ("../up.py", "../up.py"),
    ],
)
def test_uris_are_relative_and_percent_encoded(path: str, expected: str) -> None:
    assert uri(Location(path, 1, 1, 1, 2)) == expected


@given(st.text(st.characters()))
def test_the_uploader_can_decode_every_uri(path: str) -> None:
    """A URI that is no UTF-8 once decoded stops upload-sarif with `URI malformed` (github/codeql-action#1542)."""
    unquote(uri(Location(path, 1, 1, 1, 2)), errors="strict")
    assert uri(Location(path, 1, 1, 1, 2)).isascii()


def test_what_has_no_path_gets_a_uri_that_no_tracked_file_can_have() -> None:
    message = Location("", 1, 1, 1, 2, where="commit-message", commit="c" * 40)
    assert uri(message) == ".git/commit-message/" + "c" * 40
    assert uri(Location("", 1, 1, 1, 2)) == ".git/unreachable"


def test_history_has_a_flow_from_introduced_to_removed() -> None:
    in_head, removed, *_, unknown = run(history())["results"]
    steps = removed["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2]
    assert [step["location"]["message"]["text"].split()[0] for step in steps] == ["Introduced", "Removed"]
    assert len(in_head["codeFlows"][0]["threadFlows"][0]["locations"]) == 1
    assert "codeFlows" not in unknown
    assert removed["properties"]["inHead"] is False


def test_head_scope_leaves_out_what_head_no_longer_holds() -> None:
    shown = run(history(), RenderOptions(sarif_scope=SarifScope.HEAD))["results"]
    assert [result["properties"]["inHead"] for result in shown] == [True]
    assert len(run(staged(), RenderOptions(sarif_scope=SarifScope.HEAD))["results"]) == 2


def test_further_places_are_related_up_to_a_hundred_and_linked_from_the_message() -> None:
    secret = token(1)
    places = tuple(location(f"f[{n}].py", n + 1, 1, secret) for n in range(150))
    result = run(report(record(AWS, secret, locations=places)))["results"][0]
    assert len(result["locations"]) == 1
    assert [related["id"] for related in result["relatedLocations"]] == list(range(1, 101))
    assert "[f\\[1\\].py:2:1](1)" in result["message"]["text"]
    assert "and 144 more places." in result["message"]["text"]


def test_most_severe_results_come_first_and_silenced_ones_last() -> None:
    made = report(record(PASSWORD, token(1)), record(AWS, token(2)), silenced=staged().suppressed)
    shown = run(made, ALL)["results"]
    assert [result["ruleId"] for result in shown] == ["aws-access-key", "generic-password", "github-pat"]
    assert shown[-1]["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "allow comment"}
    ]
    assert all("suppressions" not in result for result in run(made)["results"])


def test_more_results_than_github_takes_are_cut_with_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secretscan.report.sarif.RESULTS_LIMIT", 50)
    monkeypatch.setattr("secretscan.report.sarif.notifications.SHOWN_BY_GITHUB", 40)
    made = many(60)
    made = replace(made, findings=made.findings[::-1])
    shown = run(made)
    assert len(shown["results"]) == 50
    # The ten left out are of the least severe rule.
    assert [r["ruleId"] for r in shown["results"]].count("generic-password") == 10
    notices = {
        n["descriptor"]["id"]: n["message"]["text"]
        for n in shown["invocations"][0]["toolExecutionNotifications"]
    }
    assert notices["secretscan/truncated"].startswith("10 results left out")
    assert "40 of the 50" in notices["secretscan/many-results"]


def test_an_incomplete_scan_is_not_successful_and_says_what_was_not_read() -> None:
    (invocation,) = run(history())["invocations"]
    assert invocation["executionSuccessful"] is False
    notices = invocation["toolExecutionNotifications"]
    assert [notice["level"] for notice in notices] == ["error"] * 7 + ["note"]
    (clean,) = run(staged())["invocations"]
    assert clean["executionSuccessful"] is True
    (stopped,) = run(report(interrupted=True))["invocations"]
    assert stopped["executionSuccessful"] is False
    assert stopped["toolExecutionNotifications"][0]["descriptor"]["id"] == "secretscan/interrupted"


@pytest.mark.parametrize(
    "key", ["snippet", "contextRegion", "startTimeUtc", "endTimeUtc", "commandLine", "contents"]
)
def test_neither_code_nor_times_nor_commands_are_written(key: str) -> None:
    for sample in SAMPLES.values():
        assert f'"{key}"' not in render(sample(), OutputFormat.SARIF, options=ALL)


def test_the_category_is_the_kind_of_scan_unless_told_otherwise() -> None:
    assert run(history())["automationDetails"] == {"id": "secretscan/history/"}
    assert run(history(), RenderOptions(sarif_category="api"))["automationDetails"] == {
        "id": "secretscan/api/"
    }
