"""`PastChanges`: what the commits of an earlier walk changed. A commit's id stands for its content: it stays true."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from secretscan.sources.git.changes import ChangeLog
from secretscan.sources.git.graph import CommitGraph


def _column() -> array[int]:
    return array("I")


@dataclass(frozen=True, slots=True)
class PastChanges:
    """Changes by commit, in columns. Ids are hexadecimal; blobs and paths are numbered from 1, 0 is NOTHING."""

    commits: Sequence[bytes] = ()
    counts: array[int] = field(default_factory=_column)
    """Number of changes of each commit."""
    paths: array[int] = field(default_factory=_column)
    """Path number of each change, commit by commit."""
    news: array[int] = field(default_factory=_column)
    """Number of the blob that each change put there."""
    submodules: array[int] = field(default_factory=_column)
    """Numbers of the paths where a submodule was."""
    blob_ids: Sequence[bytes] = ()
    path_names: Sequence[bytes] = ()

    def fill(self, log: ChangeLog, graph: CommitGraph) -> list[int]:
        """Put the changes into an empty `log`; return the numbers of the commits that are not among them.

        Nothing is put there unless the walk meets all of these commits: of blobs that only others brought,
        a log must not speak.
        """
        numbers = [graph.numbers.get(oid, -1) for oid in self.commits]
        if -1 in numbers:
            return list(range(len(graph)))
        log.blob_numbers.update(zip(self.blob_ids, count(1), strict=False))
        log.path_numbers.update(zip(self.path_names, count(1), strict=False))
        for number, changes in zip(numbers, self.counts, strict=True):
            log.commits.extend(array("I", [number]) * changes)
        log.paths.extend(self.paths)
        log.news.extend(self.news)
        log.submodules.update(self.submodules)
        is_known = bytearray(len(graph))
        for number in numbers:
            is_known[number] = 1
        return [number for number in range(len(graph)) if not is_known[number]]

    @classmethod
    def of(cls, log: ChangeLog, graph: CommitGraph) -> PastChanges:
        """Return the changes of all commits of `graph`, for the next walk."""
        order = sorted(range(len(log)), key=log.commits.__getitem__)
        counts = array("I", bytes(4 * len(graph)))
        for commit in log.commits:
            counts[commit] += 1
        return cls(
            graph.ids,
            counts,
            array("I", map(log.paths.__getitem__, order)),
            array("I", map(log.news.__getitem__, order)),
            array("I", sorted(log.submodules)),
            list(log.blob_numbers)[1:],
            list(log.path_numbers)[1:],
        )


class ChangeMemory(Protocol):
    """Keeps the changes of one repository from walk to walk."""

    def recall(self) -> PastChanges:
        """Return what is known; nothing when that is nothing."""
        ...

    def keep(self, known: PastChanges) -> None:
        """Remember `known` instead."""
        ...
