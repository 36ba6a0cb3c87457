"""`CommitGraph`: the commits of a walk in topological order, newest first, in compact arrays."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from secretscan.sources.git.command import Git
from secretscan.sources.git.fetch import fetch
from secretscan.sources.git.repository import Repository

_MAX_COMMIT_BYTES = 1 << 24
"""A commit object larger than this is no commit that a walk can use."""

_LATEST: Final = 253_402_300_799
"""The last second of the year 9999: no calendar here goes further, nor does an honest commit."""

_LIST: Final = ("rev-list", "--parents", "--timestamp", "--date-order")
"""Children before parents, and independent lines in the order of time, so that of two branches that brought the same
secret in, the earlier is named."""
LIST_ALL: Final = (*_LIST, "--all", "--reflog")
"""What git is asked for every commit that refs and reflogs lead to; `listed` takes its answer."""


class CommitGraph:
    """Commits numbered from 0 so that every commit comes before its parents. Parents outside are left out."""

    __slots__ = ("_first", "_parents", "ids", "numbers", "times")

    def __init__(self) -> None:
        """Start without commits."""
        self.ids: list[bytes] = []
        """Hexadecimal id of each commit."""
        self.numbers: dict[bytes, int] = {}
        """Number of each id."""
        self.times = array("q")
        """Commit time of each, seconds since 1970."""
        self._first = array("I", [0])
        self._parents = array("I")

    def __len__(self) -> int:
        return len(self.ids)

    def parents(self, commit: int) -> Sequence[int]:
        """Return the numbers of the parents of `commit` that were walked, the first parent first."""
        return self._parents[self._first[commit] : self._first[commit + 1]]

    def ancestors(self, starts: Iterable[int]) -> bytearray:
        """Return one byte per commit: 1 for `starts` and everything they descend from."""
        reached = bytearray(len(self.ids))
        for start in starts:
            reached[start] = 1
        first, parents = self._first, self._parents
        for commit in range(len(reached)):
            if reached[commit]:
                for parent in parents[first[commit] : first[commit + 1]]:
                    reached[parent] = 1
        return reached

    def fill(self, rows: Iterable[tuple[int, bytes, Sequence[bytes]]]) -> CommitGraph:
        """Take all commits as (time, id, parents' ids), children before parents, and return the graph."""
        lines = list(rows)
        self.ids = [row[1] for row in lines]
        self.times = array("q", [row[0] for row in lines])
        self.numbers = {oid: n for n, oid in enumerate(self.ids)}
        known = self.numbers
        for _time, _oid, parents in lines:
            self._parents.extend(known[p] for p in parents if p in known)
            self._first.append(len(self._parents))
        return self


def list_commits(git: Git, selection: Sequence[str], starts: Iterable[bytes] = ()) -> CommitGraph:
    """Return the graph of the commits that `git rev-list` selects, plus those reachable from `starts`. Raises GitFailed."""
    asked = b"".join(start + b"\n" for start in starts)
    output = git.ask(asked, *_LIST, "--stdin", *selection) if asked else git.run(*_LIST, *selection)
    return listed(output)


def listed(output: bytes) -> CommitGraph:
    """Return the graph of the commits that git has listed."""
    return CommitGraph().fill(_rows(output))


def _rows(output: bytes) -> Iterator[tuple[int, bytes, Sequence[bytes]]]:
    for line in output.splitlines():
        time, oid, *parents = line.split(b" ")
        yield _seconds(time), oid, parents


def read_commits(repo: Repository, oids: Sequence[str]) -> CommitGraph:
    """Return the graph of exactly these commits, read one by one: for a history that git cannot walk.

    Commits that cannot be read are left out; so are links to commits that are not in `oids`.
    """
    found: dict[bytes, tuple[int, list[bytes]]] = {}
    for answer in fetch(repo, oids, max_bytes=_MAX_COMMIT_BYTES):
        if answer.data is not None and answer.kind == "commit":
            found[answer.oid.encode()] = _links(answer.data)
    return CommitGraph().fill(_sorted(found))


def _links(commit: bytes) -> tuple[int, list[bytes]]:
    """Return commit time and parents of a commit object; time 0 where its header makes no sense."""
    parents: list[bytes] = []
    time = 0
    for line in commit.partition(b"\n\n")[0].split(b"\n"):
        word, _, rest = line.partition(b" ")
        if word == b"parent":
            parents.append(rest)
        elif word == b"committer":
            stamp = rest.rsplit(b" ", 2)[-2:-1]
            time = _seconds(stamp[0]) if stamp else 0
    return time, parents


def _seconds(digits: bytes) -> int:
    """Return seconds since 1970 as a commit has them; 0 for what is no time: anybody can write a commit by hand."""
    seconds = int(digits) if digits.isdigit() and len(digits) <= len(str(_LATEST)) else 0
    return seconds if seconds <= _LATEST else 0


def _sorted(found: Mapping[bytes, tuple[int, list[bytes]]]) -> Iterator[tuple[int, bytes, Sequence[bytes]]]:
    """Yield children before parents, the latest first among those that could come next."""
    children = dict.fromkeys(found, 0)
    for _time, parents in found.values():
        for parent in parents:
            if parent in children:
                children[parent] += 1
    ready = [(-found[oid][0], oid) for oid, count in children.items() if not count]
    heapq.heapify(ready)
    while ready:
        _, oid = heapq.heappop(ready)
        time, parents = found[oid]
        yield time, oid, parents
        for parent in parents:
            if parent in children:
                children[parent] -= 1
                if not children[parent]:
                    heapq.heappush(ready, (-found[parent][0], parent))
