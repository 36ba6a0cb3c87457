"""`--verbose`: stderr says what a scan does and how, stdout stays the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]


@pytest.fixture
def leaky(repo: Repo, token: Token) -> Repo:
    """A packed repository with a leak."""
    repo.commit_file("leak.py", f'TOKEN = "{token("verbose")}"\n')
    repo.git("gc", "-q")
    return repo


def said(cli: Cli, repo: Repo, *args: str) -> str:
    """What stderr says; the report must be what it is without."""
    silent = cli(args[0], *args[1:], "--no-cache", "-f", "csv", "-q", cwd=repo.path)
    done = cli(args[0], *args[1:], "--no-cache", "-f", "csv", "-v", cwd=repo.path)
    assert (done.returncode, done.stdout) == (silent.returncode, silent.stdout)
    assert not silent.stderr
    return done.stderr


def test_a_history_says_its_stages_and_who_reads(leaky: Repo, cli: Cli) -> None:
    told = said(cli, leaky, "history")
    order = ["configuration: none", "rules, digest", "walking the history", "commits: 1;", "scanning"]
    places = [told.index(text) for text in (*order, "read by git cat-file", "fingerprinting")]
    assert places == sorted(places)


def test_packs_that_are_read_are_said(leaky: Repo, cli: Cli) -> None:
    told = said(cli, leaky, "history", "--reader", "pack", "-j", "1")
    assert "read from the packs, one after the other; processes: 1\n" in told
    assert "cat-file" not in told


def test_packs_that_only_git_can_read_are_said_with_the_cause(leaky: Repo, cli: Cli) -> None:
    (pack,) = (leaky.path / ".git/objects/pack").glob("*.pack")
    pack.with_suffix(".promisor").touch()
    told = said(cli, leaky, "history", "--reader", "pack")
    assert "scanning with git cat-file, since " in told
    assert "partial clone" in told


def test_configuration_and_baseline_are_named(leaky: Repo, cli: Cli) -> None:
    (leaky.path / ".secretscan.toml").write_text('min_confidence = "high"\n')
    assert cli("baseline", "write", cwd=leaky.path).returncode == 0
    told = said(cli, leaky, "files", ".")
    assert "configuration: " in told
    assert ".secretscan.toml\n" in told
    assert "baseline: 1 known finding in " in told


def test_the_hook_says_it_too(leaky: Repo, cli: Cli) -> None:
    leaky.add("more.py", "import os\n")
    assert "rules, digest" in said(cli, leaky, "staged")


def test_quiet_is_stronger(leaky: Repo, cli: Cli) -> None:
    assert cli("history", "-v", "-q", cwd=leaky.path).stderr == ""


def test_nothing_that_a_repository_says_reaches_the_terminal_raw(leaky: Repo, cli: Cli) -> None:
    name = "\x1b[31mconf.toml"
    (leaky.path / name).write_text("")
    told = said(cli, leaky, "history", "--config", name)
    assert "\x1b" not in told
    assert "conf.toml" in told
