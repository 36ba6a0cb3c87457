"""Read-only maps of files: the only way this package opens an index or a pack."""

from __future__ import annotations

import mmap
import os
import stat
from pathlib import Path
from typing import Final

from secretscan.sources.git.pack.faults import UnreadablePack

_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
"""Opening a pipe does not wait for somebody to write into it."""


def map_file(path: Path) -> memoryview:
    """Return the content of `path` without reading it in; the map lives as long as the view.

    Raises `UnreadablePack` when there is no such file, or it is empty or no plain file.
    """
    try:
        file = os.open(path, _FLAGS)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise UnreadablePack(f"{path.name} is no plain file")
            return memoryview(mmap.mmap(file, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(file)
    except (OSError, ValueError) as cause:
        raise UnreadablePack(f"{path.name} cannot be read") from cause


def big_endian(view: memoryview, at: int, size: int = 4) -> int:
    """Return the unsigned number of `size` bytes at offset `at`, most significant byte first."""
    return int.from_bytes(view[at : at + size], "big")
