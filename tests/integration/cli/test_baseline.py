"""`secretscan baseline`: it writes what scans read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

NAME = ".secretscan-baseline.json"


@pytest.fixture
def leaky(repo: Repo, token: Callable[[str], str]) -> Repo:
    """A repository that holds one secret."""
    repo.commit_file("src/a.py", f'TOKEN = "{token("baseline")}"\n')
    return repo


def marks(file: Path) -> list[str]:
    """Fingerprints in a baseline file."""
    return [entry["fingerprint"] for entry in json.loads(file.read_text())["entries"]]


def test_a_baseline_written_in_a_folder_lies_at_the_root_where_scans_read_it(leaky: Repo, cli: Cli) -> None:
    folder = leaky.path / "src"
    assert cli("baseline", "write", cwd=folder).returncode == 0
    assert not (folder / NAME).exists()
    (mark,) = marks(leaky.path / NAME)
    assert cli("history", cwd=folder).returncode == 0
    assert mark in cli("baseline", "show", cwd=folder).stdout
    assert cli("baseline", "prune", cwd=folder).returncode == 0
    assert marks(leaky.path / NAME) == [mark]


def test_the_baseline_that_the_configuration_names_is_the_one_that_is_written(leaky: Repo, cli: Cli) -> None:
    leaky.commit_file(".secretscan.toml", 'baseline = ".ss.json"\n')
    missing = cli("history", cwd=leaky.path)
    assert missing.returncode == 2
    assert "take `baseline` out of .secretscan.toml" in missing.stderr
    assert "--baseline" not in missing.stderr
    assert cli("baseline", "write", cwd=leaky.path / "src").returncode == 0
    (mark,) = marks(leaky.path / ".ss.json")
    assert not (leaky.path / NAME).exists()
    assert mark in cli("baseline", "show", cwd=leaky.path).stdout
    assert cli("history", cwd=leaky.path).returncode == 0
    leaky.git("checkout", "-q", "--orphan", "clean")
    leaky.git("rm", "-q", "--cached", "src/a.py")
    leaky.commit()
    for line in ("branch -D main", "reflog expire --expire=now --all"):
        leaky.git(*line.split())
    assert cli("baseline", "prune", cwd=leaky.path).returncode == 0
    assert marks(leaky.path / ".ss.json") == []


def test_a_bare_repository_takes_no_baseline_from_the_working_directory(
    leaky: Repo, cli: Cli, tmp_path: Path
) -> None:
    assert cli("baseline", "write", cwd=leaky.path).returncode == 0
    leaky.git("clone", "-q", "--bare", str(leaky.path), str(tmp_path / "bare.git"))
    named = str(leaky.path / NAME)
    assert cli("history", str(tmp_path / "bare.git"), cwd=leaky.path).returncode == 1
    assert cli("history", str(tmp_path / "bare.git"), "--baseline", named).returncode == 0
    refused = cli("baseline", "write", str(tmp_path / "bare.git"), cwd=leaky.path)
    assert refused.returncode == 2
    assert "--baseline" in refused.stderr


def test_a_baseline_named_on_the_command_line_lies_where_that_says(leaky: Repo, cli: Cli) -> None:
    folder = leaky.path / "src"
    assert cli("baseline", "write", "--baseline", NAME, cwd=folder).returncode == 0
    assert len(marks(folder / NAME)) == 1


def saved(leaky: Repo, cli: Cli, *scan: str) -> str:
    """A saved report of a scan."""
    cli(*scan, "-f", "json", "-o", "report.json", cwd=leaky.path)
    return "report.json"


def test_pruning_by_a_report_that_leaves_out_what_the_baseline_silenced_is_refused(
    leaky: Repo, cli: Cli
) -> None:
    cli("baseline", "write", cwd=leaky.path)
    before = (leaky.path / NAME).read_bytes()
    refused = cli("baseline", "prune", "--report", saved(leaky, cli, "history"), cwd=leaky.path)
    assert refused.returncode == 2
    assert "secretscan history --show-suppressed" in refused.stderr
    assert (leaky.path / NAME).read_bytes() == before
    whole = saved(leaky, cli, "history", "--show-suppressed")
    assert cli("baseline", "prune", "--report", whole, cwd=leaky.path).returncode == 0
    assert (leaky.path / NAME).read_bytes() == before


def test_pruning_by_a_report_of_another_scan_is_refused(leaky: Repo, cli: Cli) -> None:
    cli("baseline", "write", cwd=leaky.path)
    before = (leaky.path / NAME).read_bytes()
    leaky.write("clean.txt", "nothing\n")
    report = saved(leaky, cli, "files", "clean.txt")
    refused = cli("baseline", "prune", "--report", report, cwd=leaky.path)
    assert refused.returncode == 2
    assert "a report of `files`" in refused.stderr
    assert (leaky.path / NAME).read_bytes() == before


def test_the_way_that_a_blocked_commit_names_lets_it_pass(
    leaky: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    assert cli("baseline", "write", "--reason", "old", cwd=leaky.path).returncode == 0
    leaky.add("b.py", f'TOKEN = "{token("staged")}"\n')
    blocked = cli("staged", cwd=leaky.path)
    assert blocked.returncode == 1
    assert "`secretscan baseline write --staged`" in blocked.stdout
    useless = cli("baseline", "write", cwd=leaky.path)
    assert "1 entry, 0 new" in useless.stdout
    assert "nothing was added" in useless.stdout
    written = cli("baseline", "write", "--staged", cwd=leaky.path)
    assert (written.returncode, written.stdout) == (0, f"{NAME}: 2 entries, 1 new\n")
    assert len(marks(leaky.path / NAME)) == 2
    assert cli("staged", cwd=leaky.path).returncode == 0
    assert "nothing was added" in cli("baseline", "write", "--staged", cwd=leaky.path).stdout


def test_writing_says_where_to_look_when_the_history_is_clean(repo: Repo, cli: Cli) -> None:
    repo.commit_file("a.txt", "nothing\n")
    done = cli("baseline", "write", cwd=repo.path)
    assert "0 entries, 0 new" in done.stdout
    assert "--staged" in done.stdout


@pytest.mark.parametrize("scan", [("files", "new.py"), ("stdin",)], ids=" ".join)
def test_the_way_that_a_scan_of_files_names_lets_it_pass(
    scan: tuple[str, ...], repo: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    repo.commit()
    repo.write("new.py", text := f'TOKEN = "{token("new")}"\n')
    told = cli(*scan, cwd=repo.path, stdin=text.encode()).stdout
    assert "`-f json -o report.json`, then" in told
    assert "`secretscan baseline write --report report.json`" in told
    cli(*scan, "-f", "json", "-o", "report.json", cwd=repo.path, stdin=text.encode())
    assert cli("baseline", "write", "--report", "report.json", cwd=repo.path).returncode == 0
    assert cli(*scan, cwd=repo.path, stdin=text.encode()).returncode == 0


def test_an_expired_entry_is_told_with_the_file_as_the_root_names_it(leaky: Repo, cli: Cli) -> None:
    cli("baseline", "write", cwd=leaky.path)
    text = (leaky.path / NAME).read_text()
    (leaky.path / NAME).write_text(text.replace('"}', '", "expires": "2020-01-31"}'))
    cli("history", "-f", "json", "-o", "report.json", cwd=leaky.path / "src")
    notes = json.loads((leaky.path / "src" / "report.json").read_text())["scan"]["notes"]
    assert notes == [f"{NAME} has 1 expired baseline entry, which silences nothing"]
