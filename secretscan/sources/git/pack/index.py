"""Pack indexes (`.idx`, version 2): which objects a pack holds, and where they start.

Source: gitformat-pack(5), "Version 2 pack-*.idx files".
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from secretscan.sources.git.pack.faults import UnreadablePack
from secretscan.sources.git.pack.mapped import big_endian, map_file

_MAGIC = b"\xfftOc"
_FANOUT = 256 * 4
_LARGE = 1 << 31
"""An offset with this bit set is a row of the table of 8-byte offsets."""


@dataclass(frozen=True, slots=True)
class OidTable:
    """Sorted binary object ids, one after the other, with the fanout table in front of them."""

    oids: memoryview
    fanout: array[int]
    oid_bytes: int

    def __len__(self) -> int:
        return self.fanout[255]

    def __getitem__(self, row: int) -> bytes:
        at = row * self.oid_bytes
        return bytes(self.oids[at : at + self.oid_bytes])

    def find(self, oid: bytes) -> int:
        """Return the row of `oid`, or -1."""
        low = self.fanout[oid[0] - 1] if oid[0] else 0
        row = bisect_left(self, oid, low, self.fanout[oid[0]])
        return row if row < self.fanout[oid[0]] and self[row] == oid else -1


@dataclass(frozen=True, slots=True)
class PackIndex:
    """One `.idx` file, or the part of a multi-pack-index that speaks of one pack."""

    oids: OidTable
    offsets: array[int]
    """Where each row's object starts in the pack; -1 for a row that belongs to another pack."""
    crcs: array[int] | None
    """CRC-32 of each packed entry, where the index records it."""
    trailer: bytes = b""
    """The checksum the pack itself must end with; empty where the index does not record it."""


def read_index(path: Path, oid_bytes: int) -> PackIndex:
    """Return the index at `path`, whose object ids have `oid_bytes` bytes (20 or 32).

    Raises `UnreadablePack` when it is of another version, cut short or inconsistent in itself.
    """
    view = map_file(path)
    if bytes(view[:4]) != _MAGIC or big_endian(view, 4) != 2:
        raise UnreadablePack(f"{path.name} is not an index of version 2")
    table, at = read_oid_table(view, 8, 8 + _FANOUT, oid_bytes, path.name)
    count = len(table)
    crcs = numbers_at(view, at, count, path.name)
    offsets = numbers_at(view, at + 4 * count, count, path.name)
    at += 8 * count
    large = numbers_at(view, at, (len(view) - at - 2 * oid_bytes) // 8, path.name, wide=True)
    trailer = bytes(view[-2 * oid_bytes : -oid_bytes])
    return PackIndex(table, resolve_offsets(offsets, large, path.name), crcs, trailer)


def read_oid_table(
    view: memoryview, fanout_at: int, oids_at: int, oid_bytes: int, name: str
) -> tuple[OidTable, int]:
    """Return the table of object ids, checked against the file's size, and the offset of what follows it."""
    fanout = numbers_at(view, fanout_at, 256, name)
    if any(fanout[i] > fanout[i + 1] for i in range(255)):
        raise UnreadablePack(f"{name} has a fanout table that goes down")
    end = oids_at + fanout[255] * oid_bytes
    if end > len(view):
        raise UnreadablePack(f"{name} is cut short")
    return OidTable(view[oids_at:end], fanout, oid_bytes), end


def resolve_offsets(rows: array[int], large: array[int], name: str) -> array[int]:
    """Return the offsets as signed 64-bit numbers, those of packs over 2 GB looked up in `large`."""
    wide = array("q", rows)
    if rows and max(rows) >= _LARGE:
        for row, offset in enumerate(rows):
            if offset >= _LARGE:
                if offset - _LARGE >= len(large):
                    raise UnreadablePack(f"{name} points outside its table of large offsets")
                wide[row] = min(large[offset - _LARGE], (1 << 63) - 1)
    return wide


def numbers_at(view: memoryview, at: int, count: int, name: str, *, wide: bool = False) -> array[int]:
    """Return `count` big-endian numbers of 4 bytes (8 when `wide`) from offset `at`."""
    numbers = array("Q" if wide else "I")
    end = at + max(count, 0) * numbers.itemsize
    if end > len(view):
        raise UnreadablePack(f"{name} is cut short")
    numbers.frombytes(view[at:end])
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
