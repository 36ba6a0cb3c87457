"""`--stats` and `scan.scanned_bytes`: where the time of an audit goes, and how much it searches."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]

STAGES = [
    "loading the rules",
    "walking the history",
    "planning how to read the packs",
    "scanning",
    "finding when each secret came and went",
    "fingerprinting what was found",
    "preparing the report",
    "writing the report",
    "in all",
]
FIGURES = ["objects read", "bytes unpacked", "bytes scanned", "bytes unpacked a second"]


@pytest.fixture
def edited(repo: Repo, token: Token) -> Repo:
    """A packed repository of a long file that was changed a little, many times, with a leak."""
    words = random.Random(1)
    lines = [" ".join(words.choices(("alpha", "beta", "gamma", "delta"), k=12)) for _ in range(2000)]
    for n in range(12):
        lines[n * 100] = f"changed {n}"
        repo.commit_file("long.txt", "\n".join(lines))
    repo.commit_file("leak.py", f'TOKEN = "{token("stats")}"\n')
    repo.git("gc", "-q", "--aggressive")
    return repo


def scan_of(report: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report)["scan"]
    return found


def rows_of(text: str) -> dict[str, str]:
    """The figures of the lines of a table by their names, notes left out."""
    split = (line.split("  ", 1) for line in text.splitlines())
    return {name: rest.strip().split("   ")[0] for name, rest in split}


def test_stats_time_each_stage_after_the_summary(edited: Repo, cli: Cli) -> None:
    options = ("-f", "json", "--stats", "--no-progress", "--no-cache", "--reader", "pack")
    done = cli("history", *options, cwd=edited.path)
    summary, _, table = done.stderr.partition("\n")
    assert (done.returncode, "1 secret" in summary) == (1, True)
    rows = rows_of(table)
    assert list(rows) == STAGES + FIGURES
    seconds = [float(rows[name].removesuffix(" s")) for name in STAGES]
    assert seconds[-1] == pytest.approx(sum(seconds[:-1]), abs=0.01)

    scan = scan_of(done.stdout)
    assert rows["objects read"] == f"{scan['blobs']:,}"
    assert rows["bytes unpacked"] == f"{scan['bytes']:,}"
    assert rows["bytes scanned"] == f"{scan['scanned_bytes']:,}"
    assert f"{scan['scanned_bytes'] / scan['bytes']:.1%} of them" in table
    assert 0 < scan["scanned_bytes"] < scan["bytes"] / 2


def test_quiet_leaves_only_the_stats(edited: Repo, cli: Cli) -> None:
    options = ("--quiet", "--stats", "--repo", ".", "-f", "json")
    quiet = cli("range", "HEAD~2..HEAD", *options, cwd=edited.path)
    assert quiet.stderr.startswith("loading the rules ")
    assert list(rows_of(quiet.stderr))[-4:] == FIGURES
    assert scan_of(quiet.stdout)["kind"] == "range"


def test_nothing_is_said_without_the_option(edited: Repo, cli: Cli) -> None:
    assert cli("history", "--quiet", cwd=edited.path).stderr == ""


def test_whole_texts_from_git_are_searched_whole(edited: Repo, cli: Cli) -> None:
    options = ("-f", "json", "--no-cache", "--reader", "cat-file")
    scan = scan_of(cli("history", *options, cwd=edited.path).stdout)
    assert scan["scanned_bytes"] == scan["bytes"] > 0


def test_scans_of_files_do_not_count_what_was_searched(edited: Repo, cli: Cli) -> None:
    assert "scanned_bytes" not in scan_of(cli("files", ".", "-f", "json", cwd=edited.path).stdout)
