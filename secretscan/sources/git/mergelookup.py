"""`MergeLookup`: which blob a merge holds at a path, asked of git one question at a time."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from secretscan.sources.git.changes import NOTHING
from secretscan.sources.git.command import Git

MAX_QUESTIONS: Final = 20_000
"""Questions per scan; each costs about 0.1 ms. Beyond it merges are taken to have gone as they usually do (presence.py)."""


class MergeLookup:
    """A `git cat-file --batch-check` that is started with the first question. A context manager."""

    def __init__(self, git: Git, paths: Sequence[bytes], blobs: Mapping[bytes, int]) -> None:
        """Take the paths by number and the numbers of the blobs by hexadecimal id."""
        self._git = git
        self._paths = paths
        self._blobs = blobs
        self._process: subprocess.Popen[bytes] | None = None
        self._left = MAX_QUESTIONS

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.communicate()

    def blob_at(self, commit: bytes, path: int) -> int | None:
        """Return the number of the blob at a path of a commit; NOTHING where it has none that the walk met.

        None when git cannot be asked: the path holds a newline, the budget is spent, or git is gone.
        """
        name = self._paths[path]
        if b"\n" in name or self._left <= 0:
            return None
        self._left -= 1
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch-check", stdin=subprocess.PIPE)
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None and answers is not None  # noqa: S101 - both are pipes
        try:
            asked.write(commit + b":" + name + b"\n")
            asked.flush()
        except BrokenPipeError:
            self._left = 0
            return None
        answer = answers.readline()
        if not answer:
            self._left = 0
            return None
        return (
            NOTHING if answer.endswith(b" missing\n") else self._blobs.get(answer.split(b" ", 1)[0], NOTHING)
        )
