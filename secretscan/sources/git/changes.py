"""`ChangeLog`: every (commit, path, new content) of a walk, from `git diff-tree` over the listed commits.

A merge shows only the paths whose content differs from that of every parent (`-c`): what the merge itself
brought in. Whatever else it holds, one of its parents held at the same path.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Final, NamedTuple

from secretscan.sources.git.command import Git, GitFailed, first_error, widen
from secretscan.sources.git.graph import CommitGraph
from secretscan.sources.git.repository import EMPTY_TREE

_DIFF: Final = (
    "diff-tree",
    "--stdin",
    "-c",
    "-r",
    "--root",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",  # content is followed by its id; looking for renames would cost more than all the rest
    "--no-relative",
)
_DIFF_WHOLE: Final = ("diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-relative")
_GITLINK: Final = b"160000"
_PIECE: Final = 1 << 18
"""Bytes read from one process before the other's turn: fixed, so that the order of results is too."""
_MAX_FAILURES: Final = 100
"""Commits that may fail before the rest is left unread: each costs some processes, and a clone without trees
fails at every one."""
_PARALLEL_FROM: Final = 400
"""Commits from which two processes pay."""

NOTHING: Final = 0
"""Number of the content of a path that is gone (or is a submodule)."""


class ChangeLog:
    """Changes in compact arrays: twelve bytes a change, and each id and path once."""

    __slots__ = (
        "blob_numbers",
        "commits",
        "failures",
        "is_exact",
        "news",
        "olds",
        "path_numbers",
        "paths",
        "submodules",
        "unread",
    )

    def __init__(self, null_id: bytes, *, with_olds: bool = False) -> None:
        """Start without changes. Number 0 is the absence of content, and the empty path."""
        self.commits = array("I")
        """Commit number of each change."""
        self.paths = array("I")
        """Path number of each change."""
        self.news = array("I")
        """Number of the blob that each change put at its path, or NOTHING."""
        self.olds: list[tuple[bytes, ...]] | None = [] if with_olds else None
        """Ids that each change found at its path, one per parent; None unless asked for."""
        self.blob_numbers: dict[bytes, int] = {null_id: NOTHING}
        """Number of each blob id (hexadecimal), in the order of appearance."""
        self.path_numbers: dict[bytes, int] = {b"": 0}
        """Number of each path."""
        self.submodules: set[int] = set()
        """Numbers of the paths where a submodule was."""
        self.failures: list[tuple[int, str]] = []
        """Commits whose changes git could not tell, with its reason."""
        self.is_exact = True
        """False when at some commit git could not tell what changed, whatever was made of that."""
        self.unread = 0
        """Number of further commits that were not asked about after too many failures."""

    def __len__(self) -> int:
        return len(self.commits)

    def replaced(self) -> dict[bytes, bytes]:
        """Return the ids that changes replaced and no change brought in, each with its path."""
        names = list(self.path_numbers)
        return {
            old: names[path]
            for path, olds in zip(self.paths, self.olds or (), strict=False)
            for old in olds
            if old not in self.blob_numbers
        }


class _Asked(NamedTuple):
    """The commits to ask about, by their place in the question."""

    ids: Sequence[bytes]
    numbers: Mapping[bytes, int]


def read_changes(
    git: Git,
    graph: CommitGraph,
    null_id: bytes,
    *,
    with_olds: bool = False,
    recall: Callable[[ChangeLog, CommitGraph], list[int]] | None = None,
) -> ChangeLog:
    """Return the changes of all commits of `graph`; `with_olds`, what they replaced as well.

    `recall` may put into the log what is known already, and returns the numbers of the commits left to read.
    At a commit where git gives up (a missing parent or tree) all its files are taken for changed; where
    those cannot be listed either, it is noted in `failures`. The walk goes on with the next.
    """
    log = ChangeLog(null_id, with_olds=with_olds)
    if recall is None:
        _read(git, _Asked(graph.ids, graph.numbers), log)
        return log
    left = recall(log, graph)
    done = len(log)
    ids = [graph.ids[number] for number in left]
    _read(git, _Asked(ids, {oid: place for place, oid in enumerate(ids)}), log)
    log.commits[done:] = array("I", map(left.__getitem__, log.commits[done:]))
    log.failures = [(left[place], reason) for place, reason in log.failures]
    return log


def _read(git: Git, asked: _Asked, log: ChangeLog) -> None:
    """Append the changes of the commits asked about, under the numbers of their places."""
    total = len(asked.ids)
    middle = total // 2 if total >= _PARALLEL_FROM else total
    streams = [_Stream(git, asked, log, 0, middle), _Stream(git, asked, log, middle, total)]
    while streams:
        streams = [stream for stream in streams if stream.advance()]


class _Stream:
    """One `git diff-tree` over a slice of the commits, parsed piece by piece."""

    def __init__(self, git: Git, asked: _Asked, log: ChangeLog, start: int, stop: int) -> None:
        self._git, self._asked, self._log = git, asked, log
        self._current, self._stop = start - 1, stop
        self._rest = b""
        self._change: bytes | None = None
        self._pieces = self._run(start)

    def advance(self) -> bool:
        """Parse one piece. False when the slice is done."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        tokens = (self._rest + piece).split(b"\0")
        self._rest = tokens.pop()
        self._take(tokens)
        return True

    def _run(self, start: int) -> Iterator[bytes]:
        """Yield the output for the commits from `start` on; start again behind a commit that git dies of."""
        while start < self._stop:
            if len(self._log.failures) >= _MAX_FAILURES:
                self._log.unread += self._stop - start
                return
            with _ids_file(self._asked.ids[start : self._stop]) as ids, tempfile.TemporaryFile() as errors:
                process = self._git.start(*_DIFF, stdin=ids, stderr=errors)
                assert process.stdout is not None  # noqa: S101 - it is a pipe
                with process, process.stdout as output:
                    widen(output)
                    yield b""  # the other process is started before anything is waited for
                    while piece := output.read(_PIECE):
                        yield piece
                if not process.returncode:
                    return
                errors.seek(0)
                reason = first_error(errors.read())
            start = self._blame(start, reason)

    def _blame(self, start: int, reason: str) -> int:
        """Note the commit that git failed at, and return the number of the one to go on with.

        git writes a commit's id only together with its first change, and its output may end anywhere: so the
        commits behind the last one seen are asked about one by one until one fails.
        """
        self._rest, self._change = b"", None
        self._log.is_exact = False
        suspect = max(start, self._current)
        for commit in range(suspect, self._stop):
            with _ids_file([self._asked.ids[commit]]) as ids:
                process = self._git.start(*_DIFF, stdin=ids)
                output = process.communicate()[0]
            if process.returncode:
                if not self._take_whole(commit):
                    self._log.failures.append((commit, reason))
                return commit + 1
            tokens = output.split(b"\0")
            tokens.pop()
            self._take(tokens)
        return self._stop

    def _take_whole(self, commit: int) -> bool:
        """Store all files of a commit whose parents cannot be read, as if it had brought in every one."""
        oid = self._asked.ids[commit].decode()
        try:
            output = self._git.run(*_DIFF_WHOLE, EMPTY_TREE["sha1" if len(oid) == 40 else "sha256"], oid)
        except GitFailed:
            return False
        self._current = commit
        tokens = output.split(b"\0")
        tokens.pop()
        self._take(tokens)
        return True

    def _take(self, tokens: Sequence[bytes]) -> None:
        """Store the changes. Raw format: git-diff-index(1), with `-c`: `::modes ids status`."""
        log = self._log
        blobs, paths, numbers = log.blob_numbers, log.path_numbers, self._asked.numbers
        add_commit, add_path, add_new = log.commits.append, log.paths.append, log.news.append
        olds = log.olds
        commit, change = self._current, self._change
        for token in tokens:
            if change is not None:
                fields = change.split(b" ")
                path = paths.setdefault(token, len(paths))
                if fields[(len(fields) - 3) // 2] == _GITLINK:
                    log.submodules.add(path)
                    new = NOTHING
                else:
                    new = blobs.setdefault(fields[-2], len(blobs))
                add_commit(commit)
                add_path(path)
                add_new(new)
                if olds is not None:
                    olds.append(tuple(fields[len(fields) // 2 : -2]))
                change = None
            elif token[:1] == b":":
                change = token
            else:
                commit = numbers[token]
        self._current, self._change = commit, change


def _ids_file(ids: Sequence[bytes]) -> IO[bytes]:
    """Return an open file without a name that holds the ids, one a line: git reads it at its own pace."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(b"\n".join(ids) + b"\n")
    file.flush()
    file.seek(0)
    return file
