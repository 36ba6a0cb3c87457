"""Fixtures for all tests: real git repositories in temporary folders, the same on every machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from secretscan.sources.git.repository import Repository, open_repository

FIRST_COMMIT = 1_700_000_000
DAY = 86_400


class Repo:
    """A real repository with a fixed author and a clock that goes one day further with every commit."""

    def __init__(self, path: Path, home: Path, *init: str) -> None:
        self.path = path
        self.days = 0
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": "core.hooksPath",
            "GIT_CONFIG_VALUE_0": os.devnull,
            "GIT_CONFIG_KEY_1": "protocol.file.allow",
            "GIT_CONFIG_VALUE_1": "always",
            "GIT_CONFIG_KEY_2": "core.autocrlf",
            "GIT_CONFIG_VALUE_2": "false",
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_AUTHOR_NAME": "Ada Author",
            "GIT_AUTHOR_EMAIL": "ada@example.invalid",
            "GIT_COMMITTER_NAME": "Carl Committer",
            "GIT_COMMITTER_EMAIL": "carl@example.invalid",
        }
        path.mkdir(parents=True, exist_ok=True)
        if init != ("--adopt",):
            self.git("init", "-q", "-b", "main", *init)

    def git(self, *args: str | bytes, stdin: bytes | None = None, check: bool = True, **env: str) -> str:
        """Output of `git ARGS` in the repository, without the last newline."""
        stamp = f"{FIRST_COMMIT + self.days * DAY} +0000"
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            env={**self.env, **dates, **env},
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {args}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def write(self, name: str | bytes, content: bytes | str) -> None:
        """Write a file of the work tree; text as UTF-8."""
        path = os.path.join(os.fsencode(self.path), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def add(self, name: str | bytes, content: bytes | str) -> None:
        """Write a file and stage it."""
        self.write(name, content)
        self.git("add", "--", name)

    def commit(self, message: str = "change", **files: bytes | str) -> str:
        """Commit what is staged, and `files` (name=content), and return the commit's id."""
        for name, content in files.items():
            self.add(name, content)
        self.days += 1
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.head

    def commit_file(self, name: str | bytes, content: bytes | str, message: str = "change") -> str:
        """Commit one file and return the commit's id."""
        self.add(name, content)
        return self.commit(message)

    def merge(self, *branches: str, edit: dict[str, bytes | str] | None = None) -> str:
        """Merge branches, with `edit` written into the merge commit itself, and return its id."""
        self.days += 1
        self.git("merge", "-q", "--no-ff", "--no-commit", *branches, check=False)
        for name, content in (edit or {}).items():
            self.add(name, content)
        self.git("commit", "-q", "-m", "merge")
        return self.head

    @property
    def head(self) -> str:
        """Id of the checked-out commit."""
        return self.git("rev-parse", "HEAD")

    def oid(self, spec: str) -> str:
        """Id of any object."""
        return self.git("rev-parse", spec)

    def blob(self, content: bytes) -> str:
        """Id of a blob, written to the database."""
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def opened(self, **env: str) -> Repository:
        """The repository as secretscan opens it, as a hook if `env` says anything."""
        return open_repository(str(self.path), {**self.env, **env}, as_hook=bool(env))

    def loose_file(self, oid: str) -> Path:
        """Where a loose object lies."""
        return Path(self.git("rev-parse", "--absolute-git-dir"), "objects", oid[:2], oid[2:])


MakeRepo = Callable[..., Repo]


@pytest.fixture
def make_repo(tmp_path: Path) -> MakeRepo:
    """Makes repositories: `make_repo("name", "--object-format=sha256")`."""
    home = tmp_path / "home"
    home.mkdir()

    def make(name: str = "repo", *init: str) -> Repo:
        return Repo(tmp_path / name, home, *init)

    return make


@pytest.fixture
def repo(make_repo: MakeRepo) -> Repo:
    """An empty repository with a work tree."""
    return make_repo()
