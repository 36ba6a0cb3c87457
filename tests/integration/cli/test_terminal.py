"""What a repository says reaches the terminal without a character that could steer it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Cli, Repo

EVIL = "\x1b]0;title\x07\u202e\x9b31m"


def assert_plain(done: object) -> None:
    text = str(getattr(done, "stdout", "")) + str(getattr(done, "stderr", ""))
    assert text
    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_configuration_that_is_shown(repo: Repo, cli: Cli) -> None:
    (repo.path / ".secretscan.toml").write_text(
        f"exclude = [{json.dumps(EVIL)}]\n[[allow]]\nreason = {json.dumps(EVIL)}\npaths = [{json.dumps(EVIL)}]\n"
    )
    for command in (("config", "show"), ("doctor",)):
        assert_plain(cli(*command, cwd=repo.path))


def test_a_baseline_that_is_shown(repo: Repo, cli: Cli) -> None:
    entry = {"fingerprint": "0" * 32, "rule": EVIL, "reason": EVIL}
    (repo.path / ".secretscan-baseline.json").write_text(json.dumps({"version": 1, "entries": [entry]}))
    assert_plain(cli("baseline", "show", cwd=repo.path))


def test_an_ignore_file_that_is_imported(repo: Repo, cli: Cli) -> None:
    (repo.path / ".gitleaks.toml").write_text("[allowlist]\npaths = ['(?P<x>a']\n")
    (repo.path / ".gitleaksignore").write_text(f"{EVIL}:rule:7\n{EVIL}\n")
    assert_plain(cli("config", "import", ".", "--output", "out.toml", cwd=repo.path))


def test_a_report_that_is_written_as_text(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    (repo.path / "leak.txt").write_text("password = hunter2\n")
    made = cli("files", ".", "-f", "json", "--min-confidence", "low", cwd=repo.path)
    report = json.loads(made.stdout)
    assert report["findings"]
    for finding in report["findings"]:
        finding["rule"] = finding["title"] = finding["fingerprint"] = EVIL
    (tmp_path / "evil.json").write_text(json.dumps(report))
    assert_plain(cli("report", str(tmp_path / "evil.json"), "-f", "text", cwd=repo.path))
