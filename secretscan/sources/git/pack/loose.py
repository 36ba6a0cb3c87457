"""Loose objects: one zlib file each, named after its id. Source: gitrepository-layout(5)."""

from __future__ import annotations

from pathlib import Path

from secretscan.sources.git.pack.entries import BLOB, COMMIT, TAG, TREE
from secretscan.sources.git.pack.faults import DamagedObject, TooLarge, UnreadablePack
from secretscan.sources.git.pack.inflate import inflate, inflate_head
from secretscan.sources.git.pack.mapped import map_file

_TYPES = {b"commit": COMMIT, b"tree": TREE, b"blob": BLOB, b"tag": TAG}
_MAX_HEADER = 32
"""`commit` and a 64-bit size in decimal, with the space and the NUL, take 27 bytes."""


def find_loose(folders: tuple[Path, ...], oid: str) -> Path | None:
    """Return the file that holds the object `oid` in one of the `objects` folders, or `None`."""
    for folder in folders:
        path = folder / oid[:2] / oid[2:]
        if path.is_file():
            return path
    return None


def read_loose(path: Path, limit: int) -> tuple[int, bytes]:
    """Return (type, content) of the loose object at `path`.

    Raises `TooLarge`, before its content is inflated, when that has more than `limit` bytes;
    otherwise `DamagedObject`.
    """
    try:
        view = map_file(path)
    except UnreadablePack as cause:
        raise DamagedObject("its file cannot be read") from cause
    header, found, _ = inflate_head(view, _MAX_HEADER).partition(b"\0")
    kind, _, digits = header.partition(b" ")
    if not found or kind not in _TYPES or not digits.isdigit():
        raise DamagedObject("its header makes no sense")
    size = int(digits)
    if size > limit:
        raise TooLarge(f"it is larger than {limit} bytes")
    return _TYPES[kind], inflate(view, len(header) + 1 + size)[len(header) + 1 :]
