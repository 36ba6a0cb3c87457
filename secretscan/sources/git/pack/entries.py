"""Entry headers of a pack: type, size, base and where the compressed data start, of all entries in one pass.

Two readers of the same format, equal by test: plain Python, and numpy where a pack is large enough to repay
its import. Source: gitformat-pack(5), "Object types", "Size encoding", "Deltified representation".
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from importlib.util import find_spec

COMMIT, TREE, BLOB, TAG, OFS_DELTA, REF_DELTA = 1, 2, 3, 4, 6, 7
"""Types of a pack entry."""
BROKEN = 0
"""Stands for an entry whose header makes no sense; no entry of a sound pack has type 0."""

NUMPY_FROM = 50_000
"""Entries from which numpy is imported for whole columns: its import takes 0.1 s."""

_MAX_SHIFT = 53
"""Sizes and distances of 2^60 bytes and more are taken for damage; this keeps int64 from overflowing."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The headers of entries that start at given offsets, as parallel arrays in the order of the offsets."""

    kind: bytearray
    size: array[int]
    """Declared size of the inflated data: the object's, or the delta's."""
    data_at: array[int]
    """Where the zlib stream starts."""
    base: array[int]
    """OFS_DELTA: where the base's entry starts. REF_DELTA: where the id of the base stands. Otherwise -1."""


def pays_numpy(count: int) -> bool:
    """Return whether to work on columns of so many entries with numpy."""
    return count >= NUMPY_FROM and find_spec("numpy") is not None


def read_entries(pack: memoryview, offsets: array[int], oid_bytes: int) -> Entries:
    """Return the headers of the entries of `pack` at `offsets`. A senseless header is `BROKEN`, no error."""
    if pays_numpy(len(offsets)):
        from secretscan.sources.git.pack.entries_numpy import read_entries_numpy

        return read_entries_numpy(pack, offsets, oid_bytes)
    return read_entries_python(pack, offsets, oid_bytes)


def read_entries_python(pack: memoryview, offsets: array[int], oid_bytes: int) -> Entries:
    """Return the same as `read_entries`, without numpy."""
    count = len(offsets)
    kinds = bytearray(count)
    zeros = bytes(8 * count)
    sizes, starts, bases = array("q", zeros), array("q", zeros), array("q", zeros)
    for row, offset in enumerate(offsets):
        kinds[row], sizes[row], starts[row], bases[row] = read_header(pack, offset, oid_bytes)
    return Entries(kinds, sizes, starts, bases)


def read_header(pack: memoryview, offset: int, oid_bytes: int) -> tuple[int, int, int, int]:
    """Return (type, size, start of the data, base) of the entry at `offset`, or `BROKEN` and noughts."""
    broken = (BROKEN, 0, 0, -1)
    if not 0 < offset < len(pack):
        return broken
    try:
        at = offset
        byte = pack[at]
        at += 1
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            if shift > _MAX_SHIFT:
                return broken
            byte = pack[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
        base = -1
        if kind == OFS_DELTA:
            at, base = _ofs_base(pack, at, offset)
        elif kind == REF_DELTA:
            base = at
            at += oid_bytes
    except IndexError:
        return broken
    if kind in (0, 5) or at >= len(pack) or (kind == OFS_DELTA and base <= 0):
        return broken
    return kind, size, at, base


def _ofs_base(pack: memoryview, at: int, offset: int) -> tuple[int, int]:
    """Return the offset after the distance at `at`, and the base's offset; -1 when it lies outside."""
    byte = pack[at]
    at += 1
    back = byte & 0x7F
    while byte & 0x80:
        if back >> _MAX_SHIFT:
            return at, -1
        byte = pack[at]
        at += 1
        back = (back + 1) << 7 | (byte & 0x7F)
    return at, offset - back if back else -1
