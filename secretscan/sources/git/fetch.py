"""A few objects at once: their bytes in the order asked for, from one `git cat-file`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO, NamedTuple

from secretscan.sources.git.repository import Repository


class Fetched(NamedTuple):
    """One answer. `data` is None where the object could not be had, and `why` says so."""

    oid: str
    kind: str
    data: bytes | None
    why: str


def fetch(repo: Repository, oids: Iterable[str], *, max_bytes: int) -> Iterator[Fetched]:
    """Yield one answer per id, in the given order. For some thousands of objects, not for histories.

    Each id is written when its answer is due, so neither pipe can fill up. A size over `max_bytes` is read
    past, in pieces. After a damaged object, which ends git, the rest is asked of a new process.
    """
    pending = list(oids)
    at = 0
    while at < len(pending):
        process = repo.git.start("cat-file", "--batch", stdin=-1)
        assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
        try:
            while at < len(pending):
                answer = _ask(process.stdin, process.stdout, pending[at], max_bytes)
                at += 1
                yield answer
                if answer.why == DAMAGED:
                    break
        finally:
            with suppress(BrokenPipeError):  # a question that a dying git did not take
                process.stdin.close()
            process.stdout.close()
            process.wait()


DAMAGED = "damaged in the object database: `git fsck` tells more"
"""Why an object that git has but cannot read is skipped."""

MISSING = "missing from the object database"
"""Why an object that git does not have is skipped."""


def over_limit(size: int, max_bytes: int) -> str:
    """Return the words for an object that is larger than the scan reads."""
    return f"{size:,} bytes, over the limit of {max_bytes:,}"


def _ask(requests: IO[bytes], answers: IO[bytes], oid: str, max_bytes: int) -> Fetched:
    try:
        requests.write(oid.encode() + b"\n")
        requests.flush()
    except BrokenPipeError:
        return Fetched(oid, "", None, DAMAGED)
    return read_answer(answers, oid, max_bytes)


def read_answer(answers: IO[bytes], oid: str, max_bytes: int) -> Fetched:
    """Return the next answer of `git cat-file --batch`, which is that for `oid`."""
    head = answers.readline().split()
    if len(head) == 2:
        return Fetched(oid, "", None, MISSING)
    if len(head) != 3:
        return Fetched(oid, "", None, DAMAGED)
    kind, size = head[1].decode(), int(head[2])
    if size > max_bytes:
        left = size + 1
        while left > 0 and (piece := answers.read(min(left, 1 << 20))):
            left -= len(piece)
        return Fetched(oid, kind, None, over_limit(size, max_bytes))
    data = answers.read(size)
    if len(data) != size or answers.read(1) != b"\n":
        return Fetched(oid, kind, None, DAMAGED)
    return Fetched(oid, kind, data, "")
