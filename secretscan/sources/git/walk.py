"""`HistoryWalk`: what a history scan reads, and what the walk learned on the way of commits and paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from secretscan.errors import RepositoryError
from secretscan.model.blob import Skipped
from secretscan.model.counts import plural
from secretscan.sources.git.ahead import WalkAhead
from secretscan.sources.git.changes import ChangeLog, read_changes
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.gaps import missing_refs, shallow_gaps, unwalked
from secretscan.sources.git.graph import CommitGraph, list_commits, listed, read_commits
from secretscan.sources.git.inventory import Inventory
from secretscan.sources.git.pastchanges import ChangeMemory, PastChanges
from secretscan.sources.git.ranges import Selection
from secretscan.sources.git.refs import Refs, list_refs, named_refs
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.rows import Listing, Walked, list_objects
from secretscan.sources.git.table import ObjectTable

REMEMBERED_FROM: Final = 1_000
"""Commits from which remembering what each changed pays."""
_FEW: Final = 50
_SHARE: Final = 50
"""Up to so many new commits, or one in so many, are rather read again than written down."""


@dataclass(frozen=True, slots=True)
class HistoryWalk:
    """The result of a walk. Nothing in it is tied to a running process."""

    objects: ObjectTable
    """Everything to read: blobs, commits and tags, each once, in the order of the packs."""
    graph: CommitGraph
    """The commits of the walk."""
    changes: ChangeLog
    """What each commit put where."""
    refs: Refs
    skipped: tuple[Skipped, ...] = ()
    """What the walk knows cannot be read."""

    @property
    def commits(self) -> int:
        """Number of commits walked."""
        return len(self.graph)


def walk_history(
    repo: Repository,
    *,
    max_bytes: int,
    unreachable: bool = False,
    rev: str | None = None,
    since: str | None = None,
    memory: ChangeMemory | None = None,
    ahead: WalkAhead | None = None,
) -> HistoryWalk:
    """Return everything that refs, HEADs, stash, notes, tags and reflogs of the repository lead to.

    `rev` narrows the walk to the ancestors of one revision, `since` to commits after a date (as git reads
    dates). `unreachable` adds every object of the database. Blobs over `max_bytes` are listed as skipped.
    `memory` spares a walk of everything the commits of the one before, and of what it begins with `ahead` may be under
    way. Raises RepositoryError.
    """
    if rev is None and since is None:
        with ahead or WalkAhead(repo.git) as lists:
            return _walk_all(repo, max_bytes, memory, lists, unreachable=unreachable)
    selection = Selection.of_history(repo, rev, since)
    refs = list_refs(repo) if rev is None else named_refs(repo, selection.ends)
    return _walk_some(repo, selection, refs, max_bytes)


def walk_range(repo: Repository, spec: str, *, max_bytes: int) -> HistoryWalk:
    """Return what the commits of a range add: `A..B`, `A...B`, one commit, or `B --not --remotes=origin`.

    An all-zero A, which a first push has, stands for whatever the remotes already hold (ranges.py). The
    versions that the range replaced are among the objects, so that attribution can tell what was there
    before from what the range adds. Raises RepositoryError when a revision is not there.
    """
    selection = Selection.of_range(repo, spec)
    return _walk_some(repo, selection, named_refs(repo, selection.ends), max_bytes, with_olds=True)


def _walk_all(
    repo: Repository, max_bytes: int, memory: ChangeMemory | None, ahead: WalkAhead, *, unreachable: bool
) -> HistoryWalk:
    refs = list_refs(repo)
    inventory = ahead.inventory
    skipped: list[Skipped] = []
    lost = ""
    graph = CommitGraph()
    try:
        graph = listed(ahead.commits())
    except GitFailed as failed:
        lost = failed.message
    if lost or unreachable:
        known = {oid: (kind, size) for oid, kind, size in inventory.rows()}
        graph, problem = _widen(repo, graph, known, lost)
        skipped += problem
    changes = _changes(repo, graph, memory, is_lasting=not unreachable and not lost)
    skipped += unwalked(repo, graph, changes)
    everything = unreachable or bool(lost or changes.failures)
    rows = inventory.rows()
    walked = Walked(graph, changes, refs, _blobs_of_refs(repo, refs, skipped))
    return _finish(repo, walked, Listing(rows, everything=everything), max_bytes, skipped)


def _changes(
    repo: Repository, graph: CommitGraph, memory: ChangeMemory | None, *, is_lasting: bool
) -> ChangeLog:
    """Return the changes of all commits, with the help of `memory` where that pays.

    Commits that nothing leads to are not remembered (`is_lasting`): the next walk may not meet them.
    """
    null_id = b"0" * (2 * repo.id_bytes)
    if memory is None or len(graph) < REMEMBERED_FROM:
        return read_changes(repo.git, graph, null_id)
    past, left = memory.recall(), list[int]()

    def recall(log: ChangeLog, graph: CommitGraph) -> list[int]:
        left.extend(past.fill(log, graph))
        return left

    changes = read_changes(repo.git, graph, null_id, recall=recall)
    if is_lasting and changes.is_exact and len(left) > max(_FEW, len(graph) // _SHARE):
        memory.keep(PastChanges.of(changes, graph))
    return changes


def _widen(
    repo: Repository, graph: CommitGraph, known: dict[bytes, tuple[bytes, int]], lost: str
) -> tuple[CommitGraph, list[Skipped]]:
    """Return the graph of every commit in the database, for a walk that asks for all or cannot follow refs."""
    commits = [oid for oid, (kind, _) in known.items() if kind == b"commit"]
    if not lost:
        strays = [oid for oid in commits if oid not in graph.numbers]
        if not strays:
            return graph, []
        try:
            return list_commits(repo.git, ("--all", "--reflog"), strays), []
        except GitFailed:
            # commits that nothing points to may have lost their parents to gc: no gap of the history
            return read_commits(repo, [oid.decode() for oid in sorted(commits)]), []
    problem = Skipped("history", f"git cannot walk it ({lost}); every object that is there was read instead")
    return read_commits(repo, [oid.decode() for oid in sorted(commits)]), [problem]


def _walk_some(
    repo: Repository, selection: Selection, refs: Refs, max_bytes: int, *, with_olds: bool = False
) -> HistoryWalk:
    try:
        graph = list_commits(repo.git, selection.arguments)
    except GitFailed as failed:
        raise RepositoryError(
            f"git cannot list the commits of {selection.shown}: {failed.message}",
            help="fetch the missing history (`git fetch --unshallow` in a shallow clone) or check with `git fsck`",
        ) from failed
    changes = read_changes(repo.git, graph, b"0" * (2 * repo.id_bytes), with_olds=with_olds)
    replaced = changes.replaced()
    skipped = list(unwalked(repo, graph, changes))
    loose = _blobs_of_refs(repo, refs, skipped)
    tags = [oid.encode() for oid in refs.tag_objects]
    wanted = [*list(changes.blob_numbers)[1:], *graph.ids, *tags, *loose, *replaced]
    walked = Walked(graph, changes, refs, loose | replaced, replaced)
    inventory = Inventory(repo.git, dict.fromkeys(wanted))
    if not inventory.is_whole():
        inventory = Inventory(repo.git)
    listing = Listing(inventory.rows(), everything=False)
    return _finish(repo, walked, listing, max_bytes, skipped)


def _finish(
    repo: Repository, walked: Walked, listing: Listing, max_bytes: int, skipped: list[Skipped]
) -> HistoryWalk:
    objects = list_objects(repo, listing, walked, max_bytes, skipped)
    skipped += missing_refs(walked.refs)
    skipped += shallow_gaps(repo, walked.graph)
    if walked.changes.submodules:
        count = len(walked.changes.submodules)
        why = "other repositories: scan each on its own"
        skipped.append(Skipped(f"{plural(count, 'submodule path')}", why, by_design=True))
    return HistoryWalk(objects, walked.graph, walked.changes, walked.refs, tuple(skipped))


def _blobs_of_refs(repo: Repository, refs: Refs, skipped: list[Skipped]) -> dict[bytes, bytes]:
    """Return the blobs that refs reach without a commit, each with its path in the tree, if it is in one."""
    found = {ref.target.encode(): b"" for ref in refs.all if ref.kind == "blob"}
    for ref in refs.all:
        if ref.kind != "tree":
            continue
        try:
            found |= _tree(repo, ref.target)
        except GitFailed as failed:
            skipped.append(Skipped(f"tree {ref.target[:12]}", failed.message))
    return found


def _tree(repo: Repository, oid: str) -> dict[bytes, bytes]:
    entries = repo.git.run("ls-tree", "-r", "-z", "--full-tree", oid).split(b"\0")
    split: Iterable[Sequence[bytes]] = (entry.split(b"\t", 1) for entry in entries if entry)
    return {head.split(b" ")[2]: path for head, path in split if head.split(b" ")[1] == b"blob"}
