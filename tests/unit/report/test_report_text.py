from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace

import pytest
from report_samples import (
    AWS,
    GITHUB,
    PASSWORD,
    clean,
    commit,
    history,
    location,
    many,
    record,
    report,
    staged,
    token,
)

from secretscan.model.blob import Skipped
from secretscan.model.report import Exposure, FindingRecord, Moment, Report
from secretscan.report import OutputFormat, RenderOptions, render
from secretscan.report.phrases import duration, size
from secretscan.report.summary import summary_line


def text(made: Report, **options: object) -> str:
    return render(made, OutputFormat.TEXT, options=RenderOptions(**options))


def test_the_mark_stands_under_the_secret() -> None:
    lines = text(staged()).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("14 |"))
    assert lines[at + 1].index("^") == lines[at].index("aB3i…(40)")
    assert lines[at + 1].count("^") == len("aB3i…(40)")


def test_the_mark_allows_for_wide_characters() -> None:
    secret = token(1)
    found = record(AWS, secret, locations=(location("a.py", 1, 1, secret, before="鍵 = '"),))
    lines = text(report(found)).splitlines()
    # Two columns for the ideograph, so the mark stands one further right than the character index says.
    assert lines[3].index("^") == lines[2].index("aB3i…(40)") + 1


def test_the_mark_stands_under_plaintext_that_was_asked_for() -> None:
    secret = token(1)
    spot = replace(location(secret=secret), snippet=f"key = '{secret}'")
    lines = text(report(replace(record(AWS, secret), secret=secret, locations=(spot,)))).splitlines()
    assert lines[3] == "   |        " + "^" * 40


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_a_long_line_is_cut_around_the_secret(width: int) -> None:
    secret = token(1)
    where = location("a.py", 1, 500, secret, before="x = 1; " * 70, after="; y = 2" * 70)
    lines = text(report(record(AWS, secret, locations=(where,))), width=width).splitlines()
    snippet = next(line for line in lines if line.startswith("1 |"))
    assert "aB3i…(40)" in snippet
    assert len(snippet) <= min(width, 120)
    assert snippet.startswith("1 | …") and snippet.endswith("…")


def test_every_line_fits_except_what_is_copied_or_clicked() -> None:
    free = ("http", "git ", "secretscan history", "in 18,348 commits")
    for line in text(history(), width=72).splitlines():
        assert len(line) <= 72 or any(part in line for part in free) or "[" in line


def test_why_and_what_next_stand_once_for_several_findings_of_a_rule() -> None:
    made = report(record(AWS, token(1)), record(GITHUB, token(2)), record(AWS, token(3)))
    written = text(made)
    assert written.count("Deactivate the key") == 1
    assert written.count("[aws-access-key]") == 2
    # Grouped by rule: both AWS findings precede the other one.
    assert written.rindex("[aws-access-key]") < written.index("[github-pat]")


def test_a_staged_scan_says_how_to_unstage_and_how_to_allow() -> None:
    written = text(staged())
    assert "git reset -- src/settings.py 'conf/my app.yaml'" in written
    assert "secretscan:allow RULE" in written
    assert "secretscan:allow aws-access-key" in text(report(record(AWS)))
    assert "secretscan baseline write" in written


@pytest.mark.parametrize("path", ["a\x1b[31mb", "caf\\xe9", "new\nline"])
def test_a_path_that_cannot_be_typed_is_not_put_into_a_command(path: str) -> None:
    secret = token(1)
    written = text(report(record(AWS, secret, locations=(location(path, 1, 1, secret),))))
    assert "git reset -- FILE" in written


def test_a_path_cannot_break_out_of_the_command_to_copy() -> None:
    secret = token(1)
    found = record(AWS, secret, locations=(location("-f; rm -rf 'x' $(y)", 1, 1, secret),))
    assert "git reset -- './-f; rm -rf '\"'\"'x'\"'\"' $(y)'" in text(report(found))


def test_a_history_scan_says_rotate_first_and_that_rewriting_undoes_nothing() -> None:
    written = text(history())
    assert "Rotate first" in written
    assert "Rewriting history does not undo the leak" in " ".join(written.split())
    assert "introduced 2026-01-02 in c386bbc4cd61 by Ada Lovelace" in written
    assert "removed 2026-01-14" in written
    assert "after 12 days" in written


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("cf", "cf"),
        ("/srv/my repo", "'/srv/my repo'"),
        ("-x", "./-x"),
        ("a\x1b[2J", "REPO"),
        ("caf\\xe9", "REPO"),
    ],
)
def test_commands_name_the_repository_that_was_audited(target: str, word: str) -> None:
    made = history()
    written = text(replace(made, scan=replace(made.scan, target=target)))
    assert f"secretscan history {word} --show-secrets --format filter-repo" in written
    assert f'git -C {word} filter-repo --replace-text "$PWD/replacements.txt"' in written
    assert f"`secretscan baseline write {word}`" in written
    assert "secretscan history --show-secrets --format filter-repo" in text(made)
    assert "`secretscan baseline write`" in text(made)


def test_what_head_holds_is_dated_and_not_measured_up_to_the_newest_commit() -> None:
    came = Moment(commit(1), "2023-01-01T03:04:05Z", "Ada Lovelace")
    made = report(record(AWS, exposure=Exposure(came, None, True, 0)), kind="history")
    assert "in HEAD since 2023-01-01\n" in text(made)
    assert "0 days" not in text(made)
    assert (
        json.loads(render(made, OutputFormat.JSON, options=RenderOptions()))["findings"][0]["exposure"][
            "days"
        ]
        == 0
    )


@pytest.mark.parametrize(
    ("in_head", "words"),
    [
        ([True], "Move the value that HEAD still holds out of the files."),
        ([True, True], "Move the 2 values that HEAD still holds out of the files."),
        ([True, False], "Move the value (of 2) that HEAD still holds out of the files."),
        ([True, True, False], "Move the 2 values (of 3) that HEAD still holds out of the files."),
    ],
)
def test_the_values_to_move_are_those_that_head_holds(in_head: list[bool], words: str) -> None:
    found = [record(AWS, token(n), exposure=Exposure(None, None, held, 0)) for n, held in enumerate(in_head)]
    assert words in text(report(*found, kind="history"))


def in_file(path: str, seed: int = 1) -> FindingRecord:
    secret = token(seed)
    return replace(record(AWS, secret, locations=(location(path, 1, 1, secret),)), fingerprint=f"{seed:032x}")


@pytest.mark.parametrize("path", ["a.json", "poetry.lock", "X.IPYNB", "b.csv"])
def test_where_no_comment_can_stand_the_fingerprint_and_its_entry_are_shown(path: str) -> None:
    found = in_file(path, 77)
    written = text(report(found))
    assert "Comment on its line" not in written
    assert f"= fingerprint: {found.fingerprint}\n" in written
    entry = written[written.index("[[allow]]") : written.index("  Or accept it")]
    allowed = tomllib.loads(entry)["allow"]
    assert allowed == [{"reason": "WHY", "fingerprints": [found.fingerprint]}]


def test_findings_that_take_a_comment_show_no_fingerprint() -> None:
    both = replace(in_file("a.json"), locations=(location("a.json", 1, 1), location("a.py", 1, 1)))
    for found in (in_file("a.py"), both):
        written = text(report(found))
        assert "Comment on its line" in written
        assert "fingerprint" not in written and "[[allow]]" not in written
    mixed = text(report(in_file("a.py", 1), in_file("b.json", 2)))
    assert "Comment on its line" in mixed
    assert f'fingerprints = ["{2:032x}"]' in mixed


def test_many_findings_in_json_have_their_fingerprints_in_their_lines() -> None:
    written = text(report(*(in_file("a.json", n) for n in range(1, 40))))
    assert all(f"  {n:032x}\n" in written for n in range(1, 40))
    assert 'fingerprints = ["FINGERPRINT"]' in written


def test_a_server_is_asked_for_what_no_comment_can_allow() -> None:
    written = text(report(in_file("a.json"), kind="range"), hook="pre-receive")
    assert "ask those who run the server" in written
    assert "[[allow]]" not in written


def test_many_findings_take_one_line_each() -> None:
    written = text(many(60))
    assert "^" not in written
    assert written.count("…(40)") == 60
    assert "AWS access key [aws-access-key]: 20 secrets" in written


def test_five_skipped_inputs_are_named_and_the_rest_counted() -> None:
    written = text(history())
    assert "  data/4.bin: over the limit of 50 MB\n  and 2 more\n" in written
    assert "data/5.bin" not in written


def test_silenced_findings_are_listed_only_when_asked_for() -> None:
    assert "Silenced" not in text(staged())
    assert "docs/a.md:2:1  github-pat  aB3u…(40)  allow comment" in text(staged(), show_suppressed=True)


def test_plaintext_asked_for_has_a_line_of_its_own_and_cannot_harm_the_terminal() -> None:
    value = "\x1b[31m" + token(1) + "\n    two  words"
    found = replace(record(PASSWORD, value, password=True), secret=value)
    assert f"= secret: \\x1b[31m{token(1)}\\n    two  words\n" in text(report(found), width=40)


def test_colour_sets_off_place_severity_and_secret() -> None:
    lines = text(staged(), colour=True).splitlines()
    assert lines[0].startswith("\x1b[1msrc/settings.py:14:25\x1b[0m: \x1b[1;31mcritical\x1b[0m: ")
    assert "'\x1b[1;31maB3i…(40)\x1b[0m'" in lines[2]


def test_without_colour_there_is_no_escape_and_with_colour_the_same_words() -> None:
    plain, coloured = text(staged()), text(staged(), colour=True)
    assert "\x1b" not in plain
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (clean(), "no secrets found in 3 staged files (4.1 kB), 0.08 s"),
        (
            staged(),
            "2 secrets found (1 critical, 1 medium) in 3 staged files (4.1 kB), 0.08 s; "
            "silenced: 1 allow comment; left out by design: 1",
        ),
        (
            report(kind="history", complete=False, commits=1, blobs=1, bytes=1, skipped=(Skipped("a", "b"),)),
            "no secrets found in the part that was read, in 1 commit, 1 blob (1 byte), 0.08 s; not read: 1",
        ),
        (
            report(kind="stdin", interrupted=True, complete=False, bytes=2_500_000_000, seconds=75),
            "no secrets found in the part that was read, in standard input (2.5 GB), 1 min 15 s; "
            "interrupted before the end",
        ),
        (
            report(kind="files", complete=False),
            "no secrets found in the part that was read, in 3 files (4.1 kB), 0.08 s; the scan is incomplete",
        ),
    ],
    ids=["clean", "found", "unread", "interrupted", "incomplete"],
)
def test_summary_states_what_was_found_read_silenced_and_missed(made: Report, line: str) -> None:
    assert summary_line(made) == line
    assert text(made).endswith(line[0].upper() + line[1:] + ".\n")


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_960, "1.0 MB"),
        (10**15, "1,000.0 TB"),
    ],
)
def test_sizes_are_in_decimal_units(count: int, shown: str) -> None:
    assert size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.004, "0.00 s"), (1.94, "1.9 s"), (59.99, "60.0 s"), (60, "1 min 0 s")]
)
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_clean_text_report_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from secretscan.model.report import Report, ScanStats\n"
        "from secretscan.report import OutputFormat, RenderOptions, render\n"
        "made = Report('0', '0', ScanStats('staged', '.'), ())\n"
        "render(made, OutputFormat.TEXT, options=RenderOptions(colour=True))\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    heavy = {
        "rich",
        "json",
        "typer",
        "click",
        "html",
        "csv",
        "hashlib",
        "urllib",
        "regex",
        "unicodedata",
        "shutil",
    }
    assert not loaded & heavy
    assert not any(name.startswith("secretscan.report.text.") for name in loaded)


def test_a_place_that_is_still_the_first_one_is_not_named_again() -> None:
    secret = token(3)
    came = Moment(commit(1), "2026-01-02T03:04:05Z", "Ada Lovelace")
    places = (
        location("a.env", 3, 5, secret),
        location("a.env", 3, 5, secret, commit=commit(1)),
        location("a.env", 3, 5, secret, commit=commit(2)),
        location("b.env", 3, 5, secret, commit=commit(1)),
    )
    exposure = Exposure(came, None, True, 4)
    once = text(report(record(AWS, secret, locations=places[:2], exposure=exposure), kind="history"))
    assert "also:" not in once
    all_of_them = text(report(record(AWS, secret, locations=places, exposure=exposure), kind="history"))
    assert f"a.env:3:5 in {commit(1)[:12]}" not in all_of_them
    for kept in (f"a.env:3:5 in {commit(2)[:12]}", f"b.env:3:5 in {commit(1)[:12]}"):
        assert kept in all_of_them
