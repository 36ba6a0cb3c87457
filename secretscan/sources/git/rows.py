"""From a walk and an inventory to the table of objects to read, and the list of those that cannot be."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from secretscan.model.blob import Skipped
from secretscan.model.paths import printable_path
from secretscan.sources.git import table
from secretscan.sources.git.changes import NOTHING, ChangeLog
from secretscan.sources.git.fetch import over_limit
from secretscan.sources.git.gaps import missing_objects
from secretscan.sources.git.graph import CommitGraph
from secretscan.sources.git.inventory import Known
from secretscan.sources.git.refs import Refs
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import ObjectTable

_ABSENT: Final = 255
"""Mark of a blob that no change of the walk put anywhere."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects that exist, and whether all of them are to be read or those of the walk alone."""

    rows: Iterable[Known]
    everything: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """What the history names: commits, their changes, refs, and blobs that refs reach without a commit."""

    graph: CommitGraph
    changes: ChangeLog
    refs: Refs
    loose_blobs: Mapping[bytes, bytes]
    """By hexadecimal id, with a path."""
    optional: Collection[bytes] = ()
    """Ids (hexadecimal) of blobs that only serve comparison: one that is missing or too large is no gap."""


def list_objects(
    repo: Repository, listing: Listing, walked: Walked, max_bytes: int, skipped: list[Skipped]
) -> ObjectTable:
    """Return the rows to read in the order of `listing`; append to `skipped` what is missing or too large."""
    ids: list[bytes] = []
    codes, sizes, places = bytearray(), array("Q"), array("I")
    path_of, code_of, paths = _first_places(walked)
    tags = {oid.encode() for oid in walked.refs.tag_objects}
    numbers, commits, everything = walked.changes.blob_numbers, walked.graph.numbers, listing.everything
    seen = bytearray(len(path_of))
    seen[NOTHING] = 1
    for oid in walked.optional:
        seen[numbers[oid]] = 1
    missing_commits = {} if everything else dict.fromkeys(commits)
    for oid, kind, size in listing.rows:
        if kind == b"blob":
            number = numbers.get(oid, NOTHING)
            if number == NOTHING and not everything:
                continue
            seen[number] = 1
            code, path = code_of[number], path_of[number]
            if size > max_bytes:
                if oid not in walked.optional:
                    skipped.append(Skipped(_name(oid, paths[path]), over_limit(size, max_bytes)))
                continue
        elif kind == b"commit" and (everything or oid in commits):
            code, path = table.COMMIT, 0
            missing_commits.pop(oid, None)
        elif kind == b"tag" and (everything or oid in tags):
            code, path = table.TAG, 0
        else:
            continue
        ids.append(oid)
        codes.append(code)
        sizes.append(size)
        places.append(path)
    lost = [(oid, paths[path_of[n]]) for oid, n in numbers.items() if not seen[n]]
    skipped += missing_objects(repo, lost + [(oid, b"") for oid in missing_commits])
    return ObjectTable(repo.id_bytes, ids, codes, sizes, (places, paths))


def _name(oid: bytes, path: bytes) -> str:
    return f"{printable_path(path)} ({oid[:12].decode()})" if path else f"blob {oid[:12].decode()}"


def _first_places(walked: Walked) -> tuple[list[int], bytearray, list[bytes]]:
    """Return, per blob number, the number of its earliest path and the code of its kind of row; and the paths.

    Commits are numbered from the newest, so the earliest place is that of the highest commit number; a file
    goes before a note.
    """
    graph, changes = walked.graph, walked.changes
    paths = list(changes.path_numbers)
    for oid, path in walked.loose_blobs.items():
        changes.blob_numbers.setdefault(oid, len(changes.blob_numbers))
        paths.append(path)
    count = len(changes.blob_numbers)
    first = [0] * count
    commits = [-1] * count
    codes = bytearray([_ABSENT]) * count
    is_note = graph.ancestors(_notes(walked))
    for commit, path_number, new in zip(changes.commits, changes.paths, changes.news, strict=True):
        code = table.NOTE if is_note[commit] else table.FILE
        if code < codes[new] or (code == codes[new] and commit > commits[new]):
            first[new], commits[new], codes[new] = path_number, commit, code
    for n, oid in enumerate(walked.loose_blobs, len(changes.path_numbers)):
        number = changes.blob_numbers[oid]
        if codes[number] == _ABSENT:
            first[number], codes[number] = n, table.FILE
    first[NOTHING], codes[NOTHING] = 0, table.FILE
    return first, codes, paths


def _notes(walked: Walked) -> list[int]:
    """Return the numbers of the commits that notes refs point to."""
    numbers = walked.graph.numbers
    tips = (ref.target.encode() for ref in walked.refs.all if ref.name.startswith(b"refs/notes/"))
    return [numbers[tip] for tip in tips if tip in numbers]
