"""A pushed tag brings its message, which no commit holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

    from tests.conftest import Repo

ZEROS = "0" * 40


@pytest.fixture
def tagged(repo: Repo, token: Callable[[str], str]) -> Repo:
    """Two clean commits, and a tag with a token in its message."""
    repo.commit(a="one\n")
    repo.commit(a="two\n")
    repo.git("tag", "-a", "-m", f"release {token('tag')}", "v1")
    return repo


def test_a_range_up_to_a_tag_reports_its_message(tagged: Repo, cli: Cli) -> None:
    done = cli("range", "HEAD~1..v1", cwd=tagged.path)
    assert (done.returncode, "github-pat" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("stage", "line"),
    [("pre-push", "refs/tags/v1 {tag} refs/tags/v1 {zeros}"), ("pre-receive", "{zeros} {tag} refs/tags/v1")],
)
def test_a_pushed_tag_is_held_back(tagged: Repo, cli: Cli, stage: str, line: str) -> None:
    tagged.git("update-ref", "refs/remotes/origin/main", "main")
    text = line.format(tag=tagged.oid("v1"), zeros=ZEROS) + "\n"
    remote = ("origin", "url") if stage == "pre-push" else ()
    done = cli("hooks", "run", stage, "--", *remote, cwd=tagged.path, stdin=text.encode())
    assert (done.returncode, "github-pat" in done.stdout) == (1, True)
