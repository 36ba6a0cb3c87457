"""Gaps of a history: what a walk knows to be missing, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from secretscan.model.blob import Skipped
from secretscan.model.counts import plural
from secretscan.model.paths import printable, printable_path
from secretscan.sources.git.changes import ChangeLog
from secretscan.sources.git.fetch import MISSING
from secretscan.sources.git.graph import CommitGraph
from secretscan.sources.git.refs import Refs
from secretscan.sources.git.repository import Repository


def shallow_gaps(repo: Repository, graph: CommitGraph) -> Iterator[Skipped]:
    """Yield one note if the walk met a commit at which a shallow clone was cut off."""
    if not repo.is_shallow:
        return
    try:
        with open(os.path.join(repo.common_dir, "shallow"), "rb") as file:  # noqa: PTH118, PTH123
            cut = [oid for oid in file.read().split() if oid in graph.numbers]
    except OSError:
        cut = [b""]
    if cut:
        yield Skipped(
            f"history before {plural(len(cut), 'commit')}, like {cut[0][:12].decode()}",
            "this is a shallow clone; `git fetch --unshallow` brings the rest",
        )


def unwalked(repo: Repository, graph: CommitGraph, changes: ChangeLog) -> Iterator[Skipped]:
    """Yield notes for the commits whose files git could not list."""
    if not changes.failures:
        return
    advice = _advice(repo)
    for commit, reason in changes.failures:
        yield Skipped(
            f"files of commit {graph.ids[commit][:12].decode()}", advice or f"git cannot list them: {reason}"
        )
    if changes.unread:
        yield Skipped(
            f"files of {plural(changes.unread, 'more commit')}", advice or "too many damaged commits"
        )


def _advice(repo: Repository) -> str:
    """Return what to do about objects that a partial clone lacks; nothing for a full clone."""
    from secretscan.sources.git.inspect import promisor_remotes

    remotes = promisor_remotes(repo)
    if not remotes:
        return ""
    return (
        f"this is a partial clone; `git fetch --refetch --no-filter {printable(remotes[0])}` brings the rest"
    )


def missing_refs(refs: Refs) -> Iterator[Skipped]:
    """Yield a note for each tag that leads nowhere."""
    for oid in refs.missing:
        yield Skipped(f"tag {oid[:12]}", MISSING)
    for oid in refs.malformed:
        yield Skipped(f"what tag {oid[:12]} names", "it does not say so as git does: `git fsck` tells more")


def missing_objects(repo: Repository, lost: Sequence[tuple[bytes, bytes]]) -> Iterator[Skipped]:
    """Yield the notes for objects that the history names and the database lacks, as (hexadecimal id, path).

    In a partial clone they were promised and never fetched: one note with their number.
    """
    if not lost:
        return
    advice = _advice(repo)
    if advice:
        yield Skipped(
            f"{plural(len(lost), 'object')} that were never fetched, like {lost[0][0][:12].decode()}", advice
        )
        return
    for oid, path in lost:
        name = f"{printable_path(path)} ({oid[:12].decode()})" if path else f"object {oid[:12].decode()}"
        yield Skipped(name, MISSING)
