"""Files that only this user can have written: checked before use, replaced as a whole, the oldest dropped."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path
from typing import Final

_CHECK_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays of a folder when a file is written; what was not used for longest goes first."""

    names: str = "*"
    """Pattern of the files that this is about."""
    files: int = 4096
    """Four for each of a thousand repositories (`pipeline/lastaudit.py` and its like)."""
    size: int = 1 << 30
    """Bytes in all."""


KEEP: Final = Keep()


def read_private(path: Path, magic: bytes) -> memoryview | None:
    """Return what `write_private` wrote with the same `magic`; None for a file that cannot be trusted, or none."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                return None
            content = file.read()
    except OSError:
        return None
    head = len(magic) + _CHECK_BYTES
    payload = memoryview(content)[head:]
    if not content.startswith(magic) or _check(payload) != content[len(magic) : head]:
        return None
    with suppress(OSError):
        os.utime(path)  # used: not among the first to be dropped
    return payload


def write_private(path: Path, magic: bytes, payload: bytes, keep: Keep = KEEP) -> None:
    """Replace the file at `path`, readable by the user alone, and drop what was not used for longest.

    Raises OSError when that is not possible; the file that was there is then still whole.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(magic + _check(payload) + payload)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _drop_oldest(path, keep)


def _drop_oldest(newest: Path, keep: Keep) -> None:
    with os.scandir(newest.parent) as entries:
        others = [
            (entry.stat(), entry.path)
            for entry in entries
            if entry.name != newest.name and fnmatchcase(entry.name, keep.names) and entry.is_file()
        ]
    room = keep.size - newest.stat().st_size
    for number, (state, path) in enumerate(sorted(others, key=lambda row: -row[0].st_mtime), 2):
        room -= state.st_size
        if number > keep.files or room < 0:
            Path(path).unlink(missing_ok=True)


def _is_private(state: os.stat_result) -> bool:
    """Whether this is a file that only this user can have written: a false one could hide secrets."""
    if not stat.S_ISREG(state.st_mode):
        return False
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)


def _check(payload: bytes | memoryview) -> bytes:
    return blake2b(payload, digest_size=_CHECK_BYTES).digest()
