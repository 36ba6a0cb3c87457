"""CSV, JUnit, HTML, workflow commands, GitLab, markdown and filter-repo."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import AWS, SAMPLES, history, hostile, location, record, report, staged, token

from secretscan.model.report import Report
from secretscan.report import OutputFormat, RenderOptions, render
from secretscan.report.redact import reveal_secret

ALL = RenderOptions(show_suppressed=True)
NAMES = st.text(st.characters(), max_size=30)


def named(name: str) -> Report:
    """A report in which `name` is the path, the author, the title and an attribute."""
    secret = token(1)
    spot = location(name, 1, 1, secret, before=name, author=name)
    return report(record(AWS, secret, locations=(spot,), title=name, attributes={"user": name}))


# --- CSV ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d"])
def test_no_csv_cell_is_a_formula(start: str) -> None:
    rows = list(
        csv.reader(io.StringIO(render(named(start + "cmd|' /C calc'!A0"), OutputFormat.CSV, options=ALL)))
    )
    assert len({len(row) for row in rows}) == 1
    for cell in rows[1]:
        assert not cell.strip().startswith(("=", "+", "-", "@", "\uff1d"))


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_every_finding_is_one_csv_row(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(render(named(name), OutputFormat.CSV, options=ALL))))
    assert len(rows) == 1
    assert rows[0]["rule"] == "aws-access-key"
    assert rows[0]["secret"].endswith("…(40)")


# --- JUnit ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_junit_counts_its_cases(sample: str) -> None:
    suite = ElementTree.fromstring(render(SAMPLES[sample](), OutputFormat.JUNIT, options=ALL).encode())[0]
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) > 0
    for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[kind]) == sum(case.find(tag) is not None for case in cases)


def test_junit_fails_a_case_for_what_was_not_read() -> None:
    suite = ElementTree.fromstring(render(history(), OutputFormat.JUNIT, options=ALL).encode())[0]
    assert len(suite.findall("testcase/failure")) == 4
    assert len(suite.findall("testcase/error")) == 7


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_junit_is_well_formed_whatever_names_hold(name: str) -> None:
    root = ElementTree.fromstring(render(named(name), OutputFormat.JUNIT, options=ALL).encode())
    assert [child.tag for child in root[0]] == ["testcase", "system-out"]


# --- HTML -----------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags, attributes and scripts of a page, as a browser's parser meets them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.raw: dict[str, str] = {}
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] in ("script", "style") and data.strip():
            self.raw.setdefault(self.tags[-1], data)


@given(NAMES | st.sampled_from(["</details><img src=x onerror=a>", '"><script>x</script>', "javascript:x"]))
@settings(max_examples=50, deadline=None)
def test_nothing_of_a_report_becomes_markup(name: str) -> None:
    page, plain = (Page(render(named(n), OutputFormat.HTML, options=ALL)) for n in (name, "plain"))
    # A path without printable characters leaves out nothing but text, so the elements are always the same.
    if name.strip() and "".join(name.split()).isprintable():
        assert page.tags == plain.tags
    assert not [value for attribute, value in page.attributes if attribute.startswith("on")]
    assert {tag for tag in page.tags if tag in ("img", "iframe", "object", "link", "form")} == set()


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    source = render(hostile(), OutputFormat.HTML, options=ALL)
    page = Page(source)
    (policy_text,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', source)
    policy = dict(part.split(" ", 1) for part in policy_text.split("; "))
    assert policy["default-src"] == "'none'"
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        digest = base64.b64encode(hashlib.sha256(page.raw[tag].encode()).digest()).decode()
        assert policy[directive] == f"'sha256-{digest}'"
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert [value for name, value in page.attributes if name == "src"] == []
    assert all(value.startswith("https://") for name, value in page.attributes if name == "href")


def test_only_web_addresses_become_links() -> None:
    made = report(record(AWS, references=("javascript:alert(1)", "https://example.org/?a=1&b=2", "http://x")))
    page = Page(render(made, OutputFormat.HTML, options=ALL))
    assert [value for name, value in page.attributes if name == "href"] == ["https://example.org/?a=1&b=2"]


def test_the_page_shows_every_finding_without_its_script() -> None:
    page = Page(render(staged(), OutputFormat.HTML, options=ALL))
    assert page.tags.count("details") == 3
    assert ("hidden", "") in page.attributes  # only the filter, which needs the script
    assert page.attributes.count(("hidden", "")) == 1


# --- Workflow commands ----------------------------------------------------------------------------------------


def commands(written: str) -> list[tuple[str, dict[str, str], str]]:
    """What the runner makes of the lines: command, properties, message (actions/toolkit, command.ts)."""
    found = []
    for line in written.splitlines():
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match, line
        name, listed, message = match.groups()
        pairs = (pair.split("=", 1) for pair in listed.split(","))
        found.append((name, {key: unescaped(value) for key, value in pairs}, unescaped(message)))
    return found


def unescaped(text: str) -> str:
    back = {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}
    return re.sub("|".join(back), lambda found: back[found.group()], text)


def test_each_finding_is_an_annotation_on_its_line() -> None:
    first, second, summary = commands(render(staged(), OutputFormat.GITHUB, options=ALL))
    assert first[0] == "error"
    assert first[1] == {
        "file": "src/settings.py",
        "line": "14",
        "endLine": "14",
        "col": "25",
        "endColumn": "65",
        "title": "critical: AWS access key",
    }
    assert second[0] == "warning"
    assert summary[0] == "notice" and summary[2].startswith("2 secrets found")


def test_no_columns_for_a_secret_over_several_lines() -> None:
    spot = replace(location("a.pem", 3, 1), end_line=20)
    ((_, properties, _), *_) = commands(
        render(report(record(AWS, locations=(spot,))), OutputFormat.GITHUB, options=ALL)
    )
    assert properties["endLine"] == "20"
    assert "col" not in properties and "endColumn" not in properties


@given(NAMES.map(lambda name: name + "::error file=x,line=1::y,%0A%3A:\n::stop-commands::z"))
@settings(max_examples=50, deadline=None)
def test_names_cannot_forge_a_command(name: str) -> None:
    found = commands(render(named(name), OutputFormat.GITHUB, options=ALL))
    assert [command for command, _, _ in found] == ["error", "notice"]
    assert set(found[0][1]) == {"file", "line", "endLine", "col", "endColumn", "title"}


# --- GitLab ---------------------------------------------------------------------------------------------------


def gitlab(made: Report, **options: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(made, OutputFormat.GITLAB, options=RenderOptions(**options)))
    return loaded


@pytest.mark.parametrize("sample", SAMPLES)
def test_gitlab_gets_every_field_its_schema_requires(sample: str) -> None:
    made = gitlab(SAMPLES[sample]())
    assert made["version"].startswith("15.")
    assert made["version"] in made["schema"]
    scan = made["scan"]
    assert {"analyzer", "scanner", "type", "start_time", "end_time", "status"} <= set(scan)
    assert scan["type"] == "secret_detection"
    for time in (scan["start_time"], scan["end_time"]):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", time)
    for tool in (scan["analyzer"], scan["scanner"]):
        assert {"id", "name", "version", "vendor"} <= set(tool)
    for message in scan["messages"]:
        assert message["level"] in {"info", "warn", "fatal"} and message["value"]
    for found in made["vulnerabilities"]:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["id"])
        assert found["severity"] in {"Info", "Unknown", "Low", "Medium", "High", "Critical"}
        assert found["identifiers"][0]["value"]
        assert all(identifier["type"] and identifier["name"] for identifier in found["identifiers"])
        assert found["location"]["commit"]["sha"]
        assert found["location"]["start_line"] <= found["location"]["end_line"]
        assert "raw_source_code_extract" not in found


def test_gitlab_scan_times_end_where_told_and_an_incomplete_scan_failed() -> None:
    scan = gitlab(history(), finished_at="2026-01-02T03:04:05Z")["scan"]
    assert (scan["start_time"], scan["end_time"]) == ("2026-01-02T03:00:53", "2026-01-02T03:04:05")
    assert scan["status"] == "failure"
    assert gitlab(staged())["scan"]["status"] == "success"


# --- Markdown -------------------------------------------------------------------------------------------------


@given(
    NAMES
    | st.sampled_from(
        ["|", "`|`", "[x](javascript:y)", "<b>", "@me", "www.example.org", "~~x~~", "$x$", "\n# h"]
    )
)
@settings(max_examples=80, deadline=None)
def test_no_markdown_cell_breaks_out(name: str) -> None:
    written = render(named(name), OutputFormat.MARKDOWN, options=ALL)
    (row,) = [line for line in written.splitlines() if line.startswith("| critical")]
    assert row.count("|") == 5
    inside = re.sub(r"</?code>|<br>|&#\d+;", "", row)
    assert not set(inside.replace("|", "")) & set("<>`[]@*_~$#\\:")
    assert "www." not in inside


def test_markdown_shows_two_hundred_rows_and_counts_the_rest() -> None:
    made = report(*(record(AWS, token(n)) for n in range(205)))
    written = render(made, OutputFormat.MARKDOWN, options=ALL)
    assert written.count("| critical |") == 200
    assert "… and 5 more findings." in written


# --- filter-repo ----------------------------------------------------------------------------------------------


def revealed(*secrets: bytes) -> Report:
    return report(*(replace(record(AWS, token(n)), secret=reveal_secret(s)) for n, s in enumerate(secrets)))


def rules(made: Report) -> list[str]:
    return render(made, OutputFormat.FILTER_REPO, options=ALL).splitlines()


def replaced(lines: list[str], text: bytes) -> bytes:
    """Apply the file as git filter-repo documents it: the last `==>` splits, `literal:` and `regex:` name the kind."""
    for line in lines:
        pattern, replacement = line.encode().rsplit(b"==>", 1)
        kind, value = pattern.split(b":", 1)
        text = re.sub(value, replacement, text) if kind == b"regex" else text.replace(value, replacement)
    return text


def test_longer_secrets_are_replaced_before_those_they_contain() -> None:
    short, long = token(1).encode(), token(1).encode() + b"-suffix"
    assert (
        replaced(rules(revealed(short, long)), b"a=" + long + b" b=" + short)
        == b"a=***REMOVED*** b=***REMOVED***"
    )


@given(st.lists(st.binary(min_size=6, max_size=40), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_every_secret_of_any_bytes_is_replaced(secrets: list[bytes]) -> None:
    lines = rules(revealed(*secrets))
    assert all(line.isascii() for line in lines)
    for secret in secrets:
        assert secret not in replaced(lines, b"<<" + secret + b">>")


def test_a_key_over_several_lines_is_one_rule_that_fits_both_line_ends() -> None:
    key = b"-----BEGIN X-----\nab+/==>c\n-----END X-----"
    (line,) = rules(revealed(key))
    assert replaced([line], key.replace(b"\n", b"\r\n")) == replaced([line], key) == b"***REMOVED***"


def test_without_findings_there_is_nothing_to_replace() -> None:
    assert rules(report()) == []


@pytest.mark.skipif(shutil.which("git-filter-repo") is None, reason="git-filter-repo is not installed")
def test_git_filter_repo_removes_the_secrets_from_a_real_history(tmp_path: Path) -> None:
    secrets = [token(1).encode(), b"two\nlines-" + token(2).encode(), b"caf\xe9==>" + token(3).encode()]
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "f").write_bytes(b"\n".join(secrets))
    subprocess.run([*git, "add", "f"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    (tmp_path / "rules").write_text("\n".join(rules(revealed(*secrets))) + "\n", "utf-8")
    subprocess.run(
        ["git-filter-repo", "--force", "--replace-text", "rules"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    shown = subprocess.run([*git, "cat-file", "-p", "HEAD:f"], check=True, capture_output=True).stdout
    assert shown == b"***REMOVED***\n***REMOVED***\n***REMOVED***"
