"""Allow comments, as a person writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo


@pytest.mark.parametrize("scan", ["staged", "history", "files"])
def test_a_misspelt_rule_silences_nothing_and_is_said_with_the_right_one(
    scan: str, repo: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    repo.add("a.py", f'\nTOKEN = "{token("comment")}"  # secretscan:allow github-paat\n')
    if scan == "history":
        repo.commit()
    done = cli(scan, *(["."] if scan != "staged" else []), cwd=repo.path)
    assert done.returncode == 1
    told = " ".join(done.stdout.split())
    assert "a.py:2: the comment names no rule (`github-paat`); did you mean `github-pat`?" in told
    again = cli(scan, *(["."] if scan != "staged" else []), cwd=repo.path)
    assert "did you mean `github-pat`" in " ".join(again.stdout.split())


@pytest.mark.parametrize("reason", ["well-known sample", "false-positive", "github-pat", "-- private-key"])
def test_a_reason_with_a_dash_silences(
    reason: str, repo: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    repo.add("a.py", f'TOKEN = "{token("comment")}"  # secretscan:allow {reason}\n')
    assert cli("staged", cwd=repo.path).returncode == 0


def test_the_name_of_a_rule_that_is_turned_off_is_no_reason(
    repo: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    repo.write(".secretscan.toml", 'disable = ["gitlab-pat"]\n')
    repo.add("a.py", f'TOKEN = "{token("comment")}"  # secretscan:allow gitlab-pat\n')
    assert cli("staged", cwd=repo.path).returncode == 1
