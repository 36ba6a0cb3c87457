"""Where a blob came from. A closed union: `match` on it ends in `assert_never`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """What kind of text holds the finding, as the report names it."""

    FILE = "file"
    COMMIT_MESSAGE = "commit-message"
    TAG_MESSAGE = "tag-message"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class WorkTreeFile:
    """A file as it lies on disk, standard input included."""

    path: bytes
    """Path as given or found, relative to the working folder, with `/`."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A blob the index would commit."""

    path: bytes
    """Path from the root of the work tree, as git stores it."""
    oid: str
    """Hexadecimal object id of the blob in the index."""


@dataclass(frozen=True, slots=True)
class HistoryObject:
    """An object of the repository's database: a blob, a commit or a tag."""

    oid: str
    """Hexadecimal object id."""
    where: Where
    path: bytes
    """One path the blob is known by (its first in the walk); empty for messages and dangling blobs."""


Provenance = WorkTreeFile | StagedFile | HistoryObject
