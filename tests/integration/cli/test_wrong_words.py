"""What the program says to words that it does not know, and what its help says of those it does."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from conftest import Cli, Repo


def help_of(cli: Cli, *command: str) -> str:
    """The help of a command, on one line."""
    done = cli(*command, "--help")
    assert done.returncode == 0
    return " ".join(done.stdout.split())


def test_the_help_of_uninstall_says_that_it_removes_every_hook(repo: Repo, cli: Cli) -> None:
    assert "Default: all that `install` wrote." in help_of(cli, "hooks", "uninstall")
    assert "Default: pre-" in help_of(cli, "hooks", "install")
    cli("hooks", "install", "--stage", "pre-push", "--stage", "commit-msg", cwd=repo.path)
    assert cli("hooks", "uninstall", cwd=repo.path).stdout.count("removed") == 2
