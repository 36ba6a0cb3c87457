"""The numpy reader of entry headers; `entries.py` says what they are and picks between the two."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from secretscan.sources.git.pack.entries import _MAX_SHIFT, BROKEN, OFS_DELTA, REF_DELTA, Entries

Column = Any
"""A one-dimensional numpy array."""


def read_entries_numpy(pack: memoryview, offsets: array[int], oid_bytes: int) -> Entries:
    """Return the same as `read_entries_python`, byte position by byte position over all entries at once."""
    buffer = np.frombuffer(pack, dtype=np.uint8)
    start = np.array(offsets, dtype=np.int64)
    broken = (start <= 0) | (start >= len(buffer))
    at = np.where(broken, 0, start)
    byte = buffer[at].astype(np.int64)
    at = at + 1
    kind, size = byte >> 4 & 7, byte & 15
    more = np.flatnonzero((byte & 0x80 != 0) & ~broken)
    shift = 4
    while len(more):
        if shift > _MAX_SHIFT:
            broken[more] = True
            break
        more, byte = _next_bytes(buffer, at, more, broken)
        size[more] |= (byte & 0x7F) << shift
        shift += 7
        more = more[byte & 0x80 != 0]
    base = np.full(len(start), -1, dtype=np.int64)
    _ofs_bases(buffer, start, at, base, broken, np.flatnonzero((kind == OFS_DELTA) & ~broken))
    named = (kind == REF_DELTA) & ~broken
    base[named] = at[named]
    at[named] += oid_bytes
    broken |= (kind == 0) | (kind == 5) | (at >= len(buffer)) | ((kind == OFS_DELTA) & (base <= 0))
    kind[broken], size[broken], at[broken], base[broken] = BROKEN, 0, 0, -1
    return Entries(bytearray(kind.astype(np.uint8).tobytes()), _column(size), _column(at), _column(base))


def _ofs_bases(buffer: Column, start: Column, at: Column, base: Column, broken: Column, rows: Column) -> None:
    """Fill in the base offsets of the OFS_DELTA entries in `rows` and move `at` behind them."""
    back = np.zeros(len(start), dtype=np.int64)
    rows, byte = _next_bytes(buffer, at, rows, broken)
    back[rows] = byte & 0x7F
    more = rows[byte & 0x80 != 0]
    while len(more):
        far = back[more] >> _MAX_SHIFT != 0
        broken[more[far]] = True
        more, byte = _next_bytes(buffer, at, more[~far], broken)
        back[more] = (back[more] + 1) << 7 | (byte & 0x7F)
        more = more[byte & 0x80 != 0]
    sound = rows[~broken[rows] & (back[rows] > 0)]
    base[sound] = start[sound] - back[sound]


def _next_bytes(buffer: Column, at: Column, rows: Column, broken: Column) -> tuple[Column, Column]:
    """Return those of `rows` that have a next byte, and that byte; marks the others broken, moves `at` on."""
    inside = at[rows] < len(buffer)
    broken[rows[~inside]] = True
    rows = rows[inside]
    byte = buffer[at[rows]].astype(np.int64)
    at[rows] += 1
    return rows, byte


def _column(values: Column) -> array[int]:
    """Return an int64 column as an `array`, which pickles and indexes faster than numpy does one by one."""
    return array("q", values.astype(np.int64).tobytes())
