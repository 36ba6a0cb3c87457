"""What git is asked ahead of a walk is what the walk would ask, and ends with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.sources.git.ahead import WalkAhead
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.walk import walk_history

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repo

LIMIT = 1 << 20


def test_a_walk_with_lists_made_ahead_is_the_walk_without(repo: Repo) -> None:
    for n in range(5):
        repo.commit(a=f"version {n}\n")
    repo.git("tag", "-a", "-m", "a tag", "v1")
    opened = repo.opened()
    with WalkAhead(opened.git) as ahead:
        walked = walk_history(opened, max_bytes=LIMIT, ahead=ahead)
    plain = walk_history(opened, max_bytes=LIMIT)
    assert list(walked.objects) == list(plain.objects)
    assert walked.graph.ids == plain.graph.ids
    assert len(walked.objects) == 11


def test_what_is_not_walked_after_all_ends_at_once(repo: Repo) -> None:
    repo.commit(a="one\n")
    with WalkAhead(repo.opened().git) as ahead:
        pass
    for process in (ahead._listing, ahead.inventory._process):
        assert process.poll() is not None
    assert ahead._listed.closed
    assert ahead._errors.closed


def test_a_history_that_git_cannot_walk_says_why(repo: Repo) -> None:
    repo.commit(a="one\n")
    gone = repo.commit(a="two\n")
    repo.commit(a="three\n")
    (repo.path / ".git" / "objects" / gone[:2] / gone[2:]).unlink()
    with WalkAhead(repo.opened().git) as ahead, pytest.raises(GitFailed) as failed:
        ahead.commits()
    assert gone in failed.value.message


@pytest.mark.parametrize(
    ("options", "is_ahead"),
    [({}, True), ({"rev": "HEAD"}, False), ({"since": "2001-01-01"}, False), ({"unreachable": True}, True)],
)
def test_only_a_walk_of_everything_is_begun_ahead(
    options: dict[str, object],
    is_ahead: bool,
    repo: Repo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SECRETSCAN_CACHE_DIR", str(tmp_path / "cache"))
    begun = watched(monkeypatch)
    repo.commit(a="one\n")
    given = {"unreachable": False, "rev": "", "since": "", **options}
    assert scans.history(str(repo.path), ScanArguments(), **given) == 0  # type: ignore[arg-type]
    assert len(begun) == is_ahead
    assert "No secrets found" in capsys.readouterr().out


def test_nothing_is_begun_where_the_last_audit_may_tell(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRETSCAN_CACHE_DIR", str(tmp_path / "cache"))
    begun = watched(monkeypatch)
    repo.commit(a="one\n" * 3_000_000)  # a smaller one is not remembered
    counts = []
    for arguments in (ScanArguments(), ScanArguments(), ScanArguments(no_cache=True)):
        assert scans.history(str(repo.path), arguments, unreachable=False, rev="", since="") == 0
        counts.append(len(begun))
    assert counts == [1, 1, 2]
    assert capsys.readouterr().out.count("No secrets found") == 3


def watched(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is begun ahead from now on."""
    begun: list[object] = []
    begin = scans._walk_ahead

    def spied(*given: object) -> WalkAhead:
        begun.append(given)
        return begin(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(scans, "_walk_ahead", spied)
    return begun
