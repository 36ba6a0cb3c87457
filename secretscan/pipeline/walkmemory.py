"""What the commits of a repository changed, kept from audit to audit: most of the time of a walk is git telling it.

Holds ids and paths. A file that cannot be trusted is as good as none (`privatefile`).
"""

from __future__ import annotations

import os
import struct
from array import array
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan.pipeline.auditkey import code_digest
from secretscan.privatefile import read_private, write_private
from secretscan.sources.git.pastchanges import PastChanges
from secretscan.sources.git.repository import Repository

_MAGIC: Final = b"secretscan-walk-1\n"
_KEY_BYTES: Final = 16
_HEAD: Final = struct.Struct(f"<{_KEY_BYTES}s6Q")


class WalkMemory:
    """The changes of one repository, in a file of `folder`."""

    def __init__(self, repository: Repository, folder: Path) -> None:
        """Read nothing yet."""
        self._repository, self._folder = repository, folder
        self._width = repository.id_bytes

    def is_there(self) -> bool:
        """Whether there is a file, trusted or not."""
        return self._path.exists()

    def recall(self) -> PastChanges:
        """Return what the file holds; nothing where there is none that can be trusted."""
        payload = read_private(self._path, _MAGIC)
        with suppress(ValueError, struct.error):  # written by another program
            return PastChanges() if payload is None else self._unpack(payload)
        return PastChanges()

    def keep(self, known: PastChanges) -> None:
        """Write `known` instead. That it cannot be written is no error."""
        names = b"\0".join(known.path_names)
        columns = (known.counts, known.paths, known.news, known.submodules)
        sizes = (len(known.commits), len(known.blob_ids), len(names), len(known.news), len(known.submodules))
        payload = b"".join(
            (
                _HEAD.pack(self._key, *sizes, len(known.path_names)),
                bytes.fromhex(b"".join(known.commits).decode()),
                bytes.fromhex(b"".join(known.blob_ids).decode()),
                names,
                *(column.tobytes() for column in columns),
            )
        )
        with suppress(OSError):
            write_private(self._path, _MAGIC, payload)

    @cached_property
    def _key(self) -> bytes:
        return _key(self._repository)

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._key.hex()}.walk"

    def _unpack(self, payload: memoryview) -> PastChanges:
        key, commits, blobs, text, changes, links, paths = _HEAD.unpack_from(payload)
        lengths = [commits * self._width, blobs * self._width, text]
        lengths += [4 * commits, 4 * changes, 4 * changes, 4 * links]
        if key != self._key or _HEAD.size + sum(lengths) != len(payload):
            raise ValueError("another repository, or another length")
        parts, at = [], _HEAD.size
        for length in lengths:
            parts.append(bytes(payload[at : at + length]))
            at += length
        counts, *columns = (array("I", part) for part in parts[3:])
        names = parts[2].split(b"\0") if paths else []
        if len(names) != paths or sum(counts) != changes:
            raise ValueError("columns of different lengths")
        ids = [self._ids(part) for part in parts[:2]]
        return PastChanges(ids[0], counts, columns[0], columns[1], columns[2], ids[1], names)

    def _ids(self, packed: bytes) -> list[bytes]:
        text, width = packed.hex().encode(), 2 * self._width
        return [text[at : at + width] for at in range(0, len(text), width)]


def _key(repository: Repository) -> bytes:
    """Return what the changes of a commit depend on besides its id: at the edge of a shallow clone it has no parents."""
    try:
        edge = (Path(repository.common_dir) / "shallow").read_bytes()
    except OSError:
        edge = b""
    parts = (os.path.realpath(repository.common_dir), repository.object_format, edge, code_digest())
    return blake2b(repr(parts).encode(), digest_size=_KEY_BYTES).digest()
