"""What the program says to words that it does not know, and what its help says of those it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo


def help_of(cli: Cli, *command: str) -> str:
    """The help of a command, on one line."""
    done = cli(*command, "--help")
    assert done.returncode == 0
    return " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("histroy", "history"),
        ("scan", "history"),
        ("detect", "history"),
        ("git", "history"),
        ("protect", "staged"),
        ("dir", "files"),
        ("filesystem", "files"),
        ("basline", "baseline"),
    ],
)
def test_a_command_that_there_is_not_brings_to_mind_the_one_that_is_meant(
    word: str, meant: str, cli: Cli
) -> None:
    done = cli(word, ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: there is no command {word}\n  help: did you mean `secretscan {meant}`?\n"


def test_a_command_like_no_other_gets_no_suggestion(cli: Cli) -> None:
    done = cli("xyzzy")
    assert done.returncode == 2
    assert "secretscan --help" in done.stderr


@pytest.mark.parametrize("line", [0, 3, 99])
def test_a_line_that_a_file_does_not_have_is_not_explained(line: int, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "two.txt").write_text("one\ntwo\n")
    (tmp_path / "ends.txt").write_text("one\ntwo")
    for name in ("two.txt", "ends.txt"):
        done = cli("explain", f"{name}:{line}")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"error: {name} has no line {line}\n  help: it has 2 lines\n"
        assert "no rule matches on this line" in cli("explain", f"{name}:2").stdout


def test_the_help_of_uninstall_says_that_it_removes_every_hook(repo: Repo, cli: Cli) -> None:
    assert "Default: all that `install` wrote." in help_of(cli, "hooks", "uninstall")
    assert "Default: pre-" in help_of(cli, "hooks", "install")
    cli("hooks", "install", "--stage", "pre-push", "--stage", "commit-msg", cwd=repo.path)
    assert cli("hooks", "uninstall", cwd=repo.path).stdout.count("removed") == 2


def test_the_help_of_range_says_what_one_revision_and_three_dots_are(cli: Cli) -> None:
    told = help_of(cli, "range")
    assert "A...B: those that only one of the two has" in told
    assert "A revision alone: that one commit" in told


def test_the_help_says_how_large_a_file_may_be(cli: Cli) -> None:
    assert "Skip (and state) larger files. [default: 64 MiB]" in help_of(cli, "files")


@pytest.mark.parametrize("args", [("range", "HEAD~1..HEAD"), ("range", "main"), ("history", "--rev", "HEAD")])
def test_a_repository_without_commits_is_not_told_to_fetch(
    args: tuple[str, ...], repo: Repo, cli: Cli
) -> None:
    done = cli(*args, cwd=repo.path)
    assert done.returncode == 2
    assert "there are no commits yet" in done.stderr
    assert "fetch" not in done.stderr
    repo.commit("first")
    assert "fetch" in cli("range", "nowhere", cwd=repo.path).stderr
