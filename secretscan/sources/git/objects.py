"""`ObjectReader`: how a scan gets at the bytes of objects. The reference implementation asks `git cat-file`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from secretscan.model.blob import Skipped
from secretscan.model.paths import printable_path
from secretscan.model.provenance import Where
from secretscan.sources.git.fetch import DAMAGED, MISSING, read_answer
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import HistoryRow

MAX_OBJECT_BYTES: Final = 1 << 31
"""Larger objects are not read whatever the table says; the walk leaves them out by its own limit before."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """The text of one object: a blob's content, or the message of a commit or tag."""

    oid: str
    """Hexadecimal object id."""
    where: Where
    path: bytes
    data: bytes
    base: str | None = None
    """Id of the object it is stored as a delta of, where the reader knows and yields that object before."""
    copies: tuple[tuple[int, int, int], ...] | None = None
    """(offset in the base, offset here, length) of the ranges copied from `base`; None where it is unknown."""


class ObjectReader(Protocol):
    """Reads objects. Made per process; may keep a process or a mapped file of its own."""

    def read(self, objects: Sequence[HistoryRow]) -> Iterator[ObjectVersion | Skipped]:
        """Yield one item per row, in any order that puts a `base` before what is built on it."""
        ...


class CatFileReader:
    """The reference reader: `git cat-file --batch --buffer`, in the order of the rows."""

    def __init__(self, repo: Repository) -> None:
        """Take the repository to read from."""
        self._repo = repo

    def read(self, objects: Sequence[HistoryRow]) -> Iterator[ObjectVersion | Skipped]:
        """Yield one item per row, in order, holding one object at a time.

        The ids go to git in a file without a name, so neither side ever waits for the other. A damaged
        object ends git: it is reported, and a new process goes on behind it.
        """
        done = 0
        while done < len(objects):
            for item in self._run(objects, done):
                done += 1
                yield item

    def _run(self, objects: Sequence[HistoryRow], start: int) -> Iterator[ObjectVersion | Skipped]:
        with tempfile.TemporaryFile() as ids:
            ids.writelines(row.oid.encode() + b"\n" for row in islice(objects, start, None))
            ids.flush()
            ids.seek(0)
            process = self._repo.git.start("cat-file", "--batch", "--buffer", stdin=ids)
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process, process.stdout as answers:
            for row in islice(objects, start, None):
                answer = read_answer(answers, row.oid, MAX_OBJECT_BYTES)
                if answer.data is None:
                    yield unread(row, answer.why)
                    if answer.why != MISSING:
                        return
                    continue
                yield ObjectVersion(row.oid, row.where, row.path, text_of(row.where, answer.data))


def text_of(where: Where, content: bytes) -> bytes:
    """Return what is scanned of an object's content: all of a blob, the message of a commit or tag.

    The message comes first, so that lines count from its start. Behind it stand the headers in which people
    can write: a merged tag's message travels in one (`mergetag`), names, addresses and an encoding in others.
    """
    if where is Where.FILE or where is Where.NOTE:
        return content
    headers, _, message = content.partition(b"\n\n")
    kept = [line for line in headers.split(b"\n") if not _BY_GIT.fullmatch(line)]
    return message + (b"" if message.endswith(b"\n") else b"\n") + b"\n".join(kept) + b"\n"


ID_HEADERS: Final = (b"tree ", b"parent ", b"object ")
"""Headers of commits and tags whose value is an object's id (gitformat-commit, git-mktag(1))."""
TYPE_HEADERS: Final = (b"type commit\n", b"type tree\n", b"type blob\n", b"type tag\n")
"""All that git writes of the header that says what a tag names."""
_BY_GIT: Final = re.compile(
    b"(?:%s)[0-9a-f]{40}(?:[0-9a-f]{24})?|%s"
    % (b"|".join(ID_HEADERS), b"|".join(header.rstrip() for header in TYPE_HEADERS))
)
"""A header that holds nothing but what git made of it. With any other value somebody has written it."""


def unread(row: HistoryRow, why: str) -> Skipped:
    """Return the note that an object could not be read."""
    name = f"{printable_path(row.path)} ({row.oid[:12]})" if row.path else f"{row.where} {row.oid[:12]}"
    return Skipped(name, why)


__all__ = ["DAMAGED", "MISSING", "CatFileReader", "ObjectReader", "ObjectVersion", "text_of", "unread"]
