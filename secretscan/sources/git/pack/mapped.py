"""Read-only maps of files: the only way this package opens an index or a pack."""

from __future__ import annotations

import mmap
from pathlib import Path

from secretscan.sources.git.pack.faults import UnreadablePack


def map_file(path: Path) -> memoryview:
    """Return the content of `path` without reading it in; the map lives as long as the view.

    Raises `UnreadablePack` when there is no such file or it is empty.
    """
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as cause:
        raise UnreadablePack(f"{path.name} cannot be read") from cause


def big_endian(view: memoryview, at: int, size: int = 4) -> int:
    """Return the unsigned number of `size` bytes at offset `at`, most significant byte first."""
    return int.from_bytes(view[at : at + size], "big")
