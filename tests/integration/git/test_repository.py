"""Opening repositories, and the environment in which git runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from secretscan.errors import RepositoryError
from secretscan.sources.git.command import Git, GitFailed, closed_environment, first_error
from secretscan.sources.git.repository import EMPTY_TREE, open_repository

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo


def test_a_work_tree_is_found_from_any_folder_in_it(repo: Repo) -> None:
    repo.commit_file("deep/er/a", "one\n")
    for folder in ("", "deep", "deep/er"):
        opened = open_repository(str(repo.path / folder), repo.env)
        assert opened.work_tree == str(repo.path)
        assert (opened.git_dir, opened.common_dir) == (str(repo.path / ".git"), str(repo.path / ".git"))
        assert (opened.is_bare, opened.is_shallow, opened.object_format) == (False, False, "sha1")


def test_a_relative_path_is_taken_from_the_current_folder(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.path.parent)
    opened = open_repository("repo", repo.env)
    assert (opened.work_tree, opened.display) == (str(repo.path), "repo")


def test_a_link_to_a_repository_is_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo.path)
    assert open_repository(str(tmp_path / "link"), repo.env).work_tree == str(repo.path)


def test_a_bare_repository_has_no_work_tree(make_repo: MakeRepo) -> None:
    bare = make_repo("bare.git", "--bare")
    opened = bare.opened()
    assert (opened.work_tree, opened.is_bare, opened.git_dir) == (None, True, str(bare.path))


def test_a_linked_work_tree_shares_its_objects(repo: Repo, make_repo: MakeRepo) -> None:
    repo.commit(a="one\n")
    repo.git("worktree", "add", "-q", "../linked")
    opened = make_repo("linked", "--adopt").opened()
    assert opened.common_dir == str(repo.path / ".git")
    assert opened.git_dir == str(repo.path / ".git" / "worktrees" / "linked")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_the_empty_tree_is_gits_own(make_repo: MakeRepo, object_format: str) -> None:
    repo = make_repo("repo", f"--object-format={object_format}")
    assert repo.opened().empty_tree == EMPTY_TREE[object_format]
    assert repo.git("hash-object", "-t", "tree", "--stdin", stdin=b"") == EMPTY_TREE[object_format]
    assert repo.opened().id_bytes * 2 == len(EMPTY_TREE[object_format])


def test_what_is_no_repository_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, problem in [
        (tmp_path, "is not in a git repository"),
        (tmp_path / "nowhere", "does not exist"),
        (tmp_path / "file", "is not a folder"),
    ]:
        with pytest.raises(RepositoryError, match=problem) as raised:
            open_repository(str(path), {"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
        assert "secretscan files" in raised.value.help


def test_an_unknown_repository_format_is_an_error(repo: Repo) -> None:
    repo.git("config", "core.repositoryFormatVersion", "99")
    with pytest.raises(RepositoryError, match="git cannot read"):
        repo.opened()


def test_a_system_without_git_is_an_error_with_a_next_step(repo: Repo) -> None:
    with pytest.raises(RepositoryError, match="git was not found") as raised:
        open_repository(str(repo.path), {"PATH": "/nonexistent"})
    assert "install git" in raised.value.help


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("bare", [False, True], ids=["work tree", "bare"])
def test_a_repository_of_somebody_else_is_read(make_repo: MakeRepo, *, bare: bool) -> None:
    repo = make_repo("repo", *(["--bare"] if bare else []))
    for folder, _, files in os.walk(repo.path):
        os.chown(folder, 12345, 12345)
        for file in files:
            os.chown(os.path.join(folder, file), 12345, 12345)
    with pytest.raises(AssertionError, match="dubious ownership"):
        repo.git("status" if not bare else "log")
    assert repo.opened().is_bare is bare


def test_a_hook_says_where_its_repository_is(repo: Repo, make_repo: MakeRepo) -> None:
    other = make_repo("other")
    told = {**repo.env, "GIT_DIR": str(other.path / ".git")}
    assert open_repository(str(repo.path), told).git_dir == str(repo.path / ".git")
    assert open_repository(str(repo.path), told, as_hook=True).git_dir == str(other.path / ".git")


def test_quarantined_objects_of_a_push_are_seen_by_a_hook(make_repo: MakeRepo) -> None:
    bare = make_repo("bare.git", "--bare")
    (bare.path / "objects" / "incoming").mkdir()
    quarantine = {
        "GIT_OBJECT_DIRECTORY": str(bare.path / "objects" / "incoming"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(bare.path / "objects"),
    }
    oid = bare.git("hash-object", "-w", "--stdin", stdin=b"pushed", **quarantine)
    assert bare.opened(**quarantine).git.run("cat-file", "blob", oid) == b"pushed"
    with pytest.raises(GitFailed):
        bare.opened().git.run("cat-file", "blob", oid)


def test_the_environment_is_closed() -> None:
    base = {
        "HOME": "/home/x",
        "GIT_DIR": "/elsewhere",
        "GIT_EXTERNAL_DIFF": "evil",
        "GIT_CONFIG_PARAMETERS": "'core.pager'='evil'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.sshCommand",
        "GIT_CONFIG_VALUE_0": "evil",
        "GIT_TRACE": "/tmp/trace",
    }
    closed = closed_environment(base, ("/repo",))
    assert closed["HOME"] == "/home/x"
    assert "evil" not in " ".join(closed.values())
    assert not {"GIT_DIR", "GIT_TRACE", "GIT_EXTERNAL_DIFF"} & closed.keys()
    pairs = {
        closed[f"GIT_CONFIG_KEY_{n}"]: closed[f"GIT_CONFIG_VALUE_{n}"]
        for n in range(int(closed["GIT_CONFIG_COUNT"]))
    }
    assert pairs["safe.directory"] == "/repo"
    assert pairs["core.hooksPath"] == os.devnull


def test_nothing_is_fetched_over_any_transport(repo: Repo) -> None:
    repo.commit(a="one\n")
    with pytest.raises(GitFailed, match="not allowed"):
        repo.opened().git.run("ls-remote", f"file://{repo.path}")


def test_the_environment_of_the_tests_is_not_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert repo.opened().work_tree == str(repo.path)


def test_the_first_error_line_is_kept_and_printable() -> None:
    assert first_error(b"warning: x\nfatal: bad \x1b[31m thing\nhint: y\n") == "bad \\x1b[31m thing"
    assert first_error(b"") == "no message"


def test_a_large_answer_is_read_whole(repo: Repo) -> None:
    oid = repo.blob(b"x" * 5_000_000)
    git = repo.opened().git
    assert isinstance(git, Git)
    assert len(git.run("cat-file", "blob", oid)) == 5_000_000


def test_a_repository_that_is_gone_is_an_error(repo: Repo) -> None:
    opened = repo.opened()
    shutil.rmtree(repo.path)
    with pytest.raises((RepositoryError, GitFailed)):
        opened.git.run("rev-parse", "HEAD")
