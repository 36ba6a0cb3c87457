"""How the packs of a repository are opened, and how what is made of them becomes the texts of a history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from secretscan.model.provenance import Where
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.objects import ObjectVersion, text_of
from secretscan.sources.git.pack.entries import BLOB, COMMIT, TAG
from secretscan.sources.git.pack.faults import UnreadablePack
from secretscan.sources.git.pack.store import ObjectStore, open_store
from secretscan.sources.git.pack.walk import Made
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import WHERES, HistoryRow

_UNDERSTOOD = frozenset(
    b"extensions." + name
    for name in (
        b"noop",
        b"noop-v1",
        b"objectformat",
        b"preciousobjects",
        b"refstorage",
        b"relativeworktrees",
        b"worktreeconfig",
    )
)
"""Extensions that change nothing in how objects are stored, the object format aside (git-config(1))."""
_ELSEWHERE = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
_KINDS = {Where.FILE: BLOB, Where.NOTE: BLOB, Where.COMMIT_MESSAGE: COMMIT, Where.TAG_MESSAGE: TAG}
_KINDS_BY_CODE = tuple(_KINDS[where] for where in WHERES)


def version_of(made: Made, objects: Sequence[HistoryRow]) -> ObjectVersion | None:
    """Return the text of an object that was made, `None` when it is not of the kind its row says.

    Only files and notes name their base: the text of a commit or tag is not its content as stored.
    """
    row = objects[made.wanted]
    if made.kind != _KINDS[row.where]:
        return None
    if made.kind != BLOB:
        return ObjectVersion(row.oid, row.where, row.path, text_of(row.where, made.data))
    base = objects[made.base].oid if made.base >= 0 else None
    return ObjectVersion(row.oid, row.where, row.path, made.data, base, made.copies)


def kind_of(code: int) -> int:
    """Return the type of pack entry (entries.py) that a kind of row, by its code, is made of."""
    return _KINDS_BY_CODE[code]


def store_of(repo: Repository) -> ObjectStore:
    """Return the object database of `repo`. Raises UnreadablePack when only git can read it."""
    if any(name in repo.git.environment for name in _ELSEWHERE):
        raise UnreadablePack("git was told to look for objects elsewhere")
    unknown = [name for name in _extensions(repo) if name not in _UNDERSTOOD]
    if unknown:
        raise UnreadablePack(f"the repository uses {unknown[0].decode('ascii', 'replace')}")
    return open_store(Path(repo.common_dir) / "objects", repo.id_bytes)


def _extensions(repo: Repository) -> list[bytes]:
    """Return the names of the extensions that the repository's configuration asks for, in lower case."""
    try:
        found = repo.git.run("config", "--local", "--name-only", "--get-regexp", r"^extensions\.")
    except GitFailed:  # exit code 1: there are none
        return []
    return found.lower().split()
