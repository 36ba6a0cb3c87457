"""Hooks that stop a push: real repositories, a real bare server, and `git push` over a path."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from secretscan.cli.execute import cache_dir

if TYPE_CHECKING:
    from conftest import Cli, MakeRepo, Repo

Token = Callable[[str], str]
Push = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def server(make_repo: MakeRepo, cli: Cli) -> Repo:
    """A bare repository that looks at what it is sent."""
    bare = make_repo("server.git", "--bare")
    done = cli("hooks", "install", "--stage", "pre-receive", "--repo", str(bare.path))
    assert done.returncode == 0, done.stderr
    return bare


@pytest.fixture
def push(repo: Repo, make_repo: MakeRepo, tmp_path: Path) -> Push:
    """Push from `repo` to the bare repository beside it; hooks run as they do for people."""
    known = cache_dir()
    environment = {
        **{name: value for name, value in repo.env.items() if not name.startswith("GIT_CONFIG_")},
        "GIT_CONFIG_NOSYSTEM": "1",
        "SECRETSCAN_CACHE_DIR": str(known.parent if known else tmp_path),
    }
    if not (tmp_path / "server.git").exists():
        make_repo("server.git", "--bare")

    def run(*what: str, address: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "push", address or str(tmp_path / "server.git"), *what],
            cwd=repo.path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def refused(done: subprocess.CompletedProcess[str], secret: str) -> str:
    """What a push that was refused for `secret` said, as one line of words without `remote: `."""
    assert done.returncode == 1
    assert secret not in done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).replace("remote: ", "").split())


def test_a_server_takes_what_is_clean_and_refuses_a_leak(
    server: Repo, repo: Repo, push: Push, token: Token
) -> None:
    first = repo.commit_file("a.txt", "one\n")
    done = push("main")
    assert done.returncode == 0, done.stderr
    assert server.oid("main") == first

    repo.commit_file("leak.py", f'TOKEN = "{token("sent")}"\n')
    repo.commit_file("leak.py", "TOKEN = None\n")
    done = push("main")
    assert "leak.py:1:" in refused(done, token("sent"))
    assert server.oid("main") == first

    repo.git("reset", "-q", "--hard", first)
    second = repo.commit_file("a.txt", "two\n")
    repo.git("tag", "-a", "v1", "-m", "first version")
    repo.git("tag", "light")
    done = push("main", "v1", "light", "main:side")
    assert done.returncode == 0, done.stderr
    assert server.oid("main") == server.oid("v1^{commit}") == server.oid("side") == second

    done = push("--delete", "side")
    assert done.returncode == 0, done.stderr
    assert server.git("branch", "--format=%(refname:short)") == "main"


def test_a_server_refuses_a_leak_in_the_message_of_a_tag(
    server: Repo, repo: Repo, push: Push, token: Token
) -> None:
    repo.commit_file("a.txt", "one\n")
    assert push("main").returncode == 0
    repo.git("tag", "-a", "v1", "-m", f"TOKEN={token('tag')}")
    assert "tag message" in refused(push("v1"), token("tag"))
    assert server.git("tag") == ""


def test_a_large_push_is_read_where_git_keeps_it_until_the_hook_is_done(
    server: Repo, repo: Repo, push: Push, token: Token
) -> None:
    for number in range(6):
        repo.add(f"{number}.txt", f"{number} lorem ipsum\n" * 60_000)
    repo.commit_file("leak.py", f'TOKEN = "{token("large")}"\n')
    assert "leak.py:1:" in refused(push("main"), token("large"))


def test_a_refusal_tells_the_pusher_what_to_do_and_nothing_of_the_server(
    server: Repo, repo: Repo, push: Push, token: Token
) -> None:
    repo.commit_file("a.txt", "one\n")
    assert push("main").returncode == 0
    leak = repo.commit_file("leak.py", f'TOKEN = "{token("words")}"\n')
    repo.commit_file("leak.py", "TOKEN = None\n")
    told = refused(push("main"), token("words"))
    assert "take it out of these commits" in told
    assert f"git rebase -i {leak[:12]}^" in told
    assert "--amend" not in told  # the last commit is not the one that has it
    assert "revoke it" in told
    for wrong in ("HEAD", "held by", repo.head, "baseline write", "still in the history", "Rotate first"):
        assert wrong not in told


def test_a_push_that_the_own_hook_stops_says_how_to_go_on(
    repo: Repo, cli: Cli, push: Push, token: Token
) -> None:
    cli("hooks", "install", "--stage", "pre-push", cwd=repo.path)
    repo.commit_file("a.txt", "one\n")
    done = push("main")
    assert done.returncode == 0, done.stderr
    repo.commit_file("leak.py", f'TOKEN = "{token("own")}"\n')
    told = refused(push("main"), token("own"))
    assert "not pushed yet" in told
    assert "git commit --amend" in told
    assert "rebase" not in told  # there is but one commit
    assert "Rotate first" not in told and "clones, forks and caches" not in told
    repo.commit_file("a.txt", "two\n")
    several = refused(push("main"), token("own"))
    assert "git commit --amend # where the last commit has it" in several
    assert f"git rebase -i {repo.oid('HEAD~1')[:12]}^ # where an earlier one has it" in several
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("rm", "-q", "leak.py")
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "without it")
    done = push("main")
    assert done.returncode == 0, done.stderr


def test_a_message_that_is_stopped_says_how_to_edit_it_again(repo: Repo, cli: Cli, token: Token) -> None:
    repo.commit_file("a.txt", "one\n")
    repo.write(".git/COMMIT_EDITMSG", f"try TOKEN={token('message')}\n")
    done = cli("hooks", "run", "commit-msg", "--", ".git/COMMIT_EDITMSG", cwd=repo.path)
    assert done.returncode == 1
    assert "git commit -e -F .git/COMMIT_EDITMSG" in done.stdout
    assert "secret store" not in done.stdout
    assert "baseline write" not in done.stdout  # reads no message that is not committed


def test_a_push_to_a_url_that_is_no_remote_of_the_repository_is_looked_at(
    repo: Repo, cli: Cli, push: Push, tmp_path: Path, token: Token
) -> None:
    cli("hooks", "install", "--stage", "pre-push", cwd=repo.path)
    repo.commit_file("leak.py", f'TOKEN = "{token("url")}"\n')
    address = (tmp_path / "server.git").as_uri()
    assert "leak.py:1:" in refused(push("main", address=address), token("url"))
    repo.git("rm", "-q", "leak.py")
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "without it")
    done = push("main", address=address)
    assert done.returncode == 0, done.stderr
