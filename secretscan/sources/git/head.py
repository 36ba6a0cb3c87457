"""What attribution asks of the repository beside the walk: the tree of HEAD, and the changes that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from secretscan.model.paths import printable_path
from secretscan.sources.git.changes import ChangeLog
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.presence import Change
from secretscan.sources.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that is checked out, and its files."""

    commit: bytes = b""
    """Hexadecimal id; empty before the first commit."""
    paths: Mapping[bytes, Sequence[bytes]] = field(default_factory=dict)
    """Paths by hexadecimal blob id."""


def read_head(repo: Repository) -> Head:
    """Return HEAD's commit and files; an empty Head where there is none or its trees cannot be read."""
    try:
        commit = repo.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
        entries = repo.git.run("ls-tree", "-r", "-z", "--full-tree", commit.decode()).split(b"\0")
    except GitFailed:
        return Head()
    paths: dict[bytes, list[bytes]] = {}
    for entry in entries:
        head, _, path = entry.partition(b"\t")
        if head:
            paths.setdefault(head.rsplit(b" ", 1)[1], []).append(path)
    return Head(commit, paths)


def relevant_changes(
    changes: ChangeLog, holders: Mapping[int, Sequence[int]]
) -> tuple[list[Change], list[Change]]:
    """Return the changes of every path that ever held a blob of `holders`, and what they replaced, if known."""
    holds = bytearray(len(changes.blob_numbers))
    for blob in holders:
        holds[blob] = 1
    hot = {path for path, new in zip(changes.paths, changes.news, strict=True) if holds[new]}
    priors = list(_priors(changes, holds))
    hot |= {path for _, path, _ in priors}
    every = zip(changes.commits, changes.paths, changes.news, strict=True)
    return [change for change in every if change[1] in hot], priors


def _priors(changes: ChangeLog, holds: bytearray) -> Iterator[Change]:
    if changes.olds is None:
        return
    for n, olds in enumerate(changes.olds):
        for old in olds:
            number = changes.blob_numbers.get(old, 0)
            if holds[number]:
                yield changes.commits[n], changes.paths[n], number


def short_name(ref: bytes) -> str:
    """Return a ref as people write it: without the part that only says that it is a branch or a tag."""
    for prefix in _PREFIXES:
        if ref.startswith(prefix):
            return printable_path(ref.removeprefix(prefix))
    return printable_path(ref)


_PREFIXES: Final = (b"refs/heads/", b"refs/tags/", b"refs/remotes/", b"refs/")
