"""Files of the repository that are made to break what reads them: an error that names the file, and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

DIGITS = "9" * 5000
"""More than Python makes a number of."""
CONFIG, BASELINE = ".secretscan.toml", ".secretscan-baseline.json"


def assert_error(done: object, name: str) -> None:
    stderr = str(getattr(done, "stderr", ""))
    assert getattr(done, "returncode", 0) == 2, stderr
    assert stderr.startswith("error: ")
    assert name in stderr


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        (CONFIG, f"max_file_bytes = {DIGITS}\n", ("staged",)),
        (BASELINE, f'{{"version": {DIGITS}, "entries": []}}', ("staged",)),
        (".gitleaks.toml", f"x = {DIGITS}\n", ("config", "import", ".")),
        ("rules.toml", f"x = {DIGITS}\n", ("rules", "check", "--rules", "rules.toml")),
    ],
)
def test_a_number_of_thousands_of_digits(
    name: str, text: str, command: tuple[str, ...], repo: Repo, cli: Cli
) -> None:
    (repo.path / name).write_text(text)
    assert_error(cli(*command, cwd=repo.path), name)


def test_links_in_a_circle(repo: Repo, cli: Cli) -> None:
    (repo.path / CONFIG).symlink_to(CONFIG)
    assert_error(cli("staged", cwd=repo.path), CONFIG)
    (repo.path / CONFIG).unlink()
    (repo.path / "loop").symlink_to("loop")
    (repo.path / CONFIG).write_text('baseline = "loop"\n')
    assert_error(cli("staged", cwd=repo.path), CONFIG)


def test_half_a_surrogate_pair_in_a_baseline(repo: Repo, cli: Cli) -> None:
    entry = {"fingerprint": "0" * 32, "rule": "github-pat", "reason": "\ud800"}
    (repo.path / BASELINE).write_text(json.dumps({"version": 1, "entries": [entry]}))
    assert cli("baseline", "show", cwd=repo.path).returncode == 0
    assert cli("baseline", "write", cwd=repo.path).returncode == 0
    assert json.loads((repo.path / BASELINE).read_text())["entries"] == [entry]
    assert [path.name for path in repo.path.iterdir() if path.name.startswith(".baseline-")] == []


def test_half_a_surrogate_pair_in_a_report(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    (repo.path / "leak.txt").write_text("password = hunter2\n")
    made = cli("files", ".", "-f", "json", "--min-confidence", "low", "--show-secrets", cwd=repo.path)
    report = json.loads(made.stdout)
    report["findings"][0]["secret"] = "\ud800"
    (tmp_path / "report.json").write_text(json.dumps(report))
    done = cli("report", str(tmp_path / "report.json"), "-f", "filter-repo", cwd=repo.path)
    assert done.stdout.startswith("regex:")


def test_a_baseline_that_is_a_link_out_of_the_repository(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    (repo.path / BASELINE).symlink_to(target)
    for command in (("baseline", "write"), ("staged",), ("history",)):
        assert_error(cli(*command, cwd=repo.path), BASELINE)
    assert not target.exists()
    (repo.path / BASELINE).unlink()
    (repo.path / BASELINE).symlink_to("kept.json")
    assert cli("baseline", "write", cwd=repo.path).returncode == 0
    assert (repo.path / "kept.json").is_file()
