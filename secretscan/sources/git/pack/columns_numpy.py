"""Whole columns of a large pack's index at once, by numpy; `store` and `forest` do the same row by row."""

from __future__ import annotations

from array import array
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from secretscan.sources.git.pack.entries import BROKEN, OFS_DELTA, REF_DELTA, Entries

NO_ROW: Final = -1
LOST: Final = -2
NAMED: Final = -3
"""In place of the row of a base: there is none, it cannot be found, it is given by its id."""


def sorted_rows(offsets: array[int]) -> tuple[array[int], array[int]]:
    """Return the row numbers of `offsets` in the order of the offsets, negative ones left out, and these offsets."""
    column = np.frombuffer(offsets, dtype=np.int64)
    rows = np.argsort(column, kind="stable")
    ordered = column[rows]
    skip = int(np.searchsorted(ordered, 0))
    return _column(rows[skip:]), _column(ordered[skip:])


def rows_of(table: memoryview, width: int, oids: bytes) -> array[int]:
    """Return the row of each of `oids` in `table`, sorted ids of `width` bytes each; `NO_ROW` where it is not."""
    # NULs at the end do not count in numpy's strings, but ids are of one length: no two differ in them alone
    ids: Any = np.frombuffer(table, dtype=f"S{width}")
    wanted: Any = np.frombuffer(oids, dtype=f"S{width}")
    if not len(ids):
        return _column(np.full(len(wanted), NO_ROW))
    rows = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return _column(np.where(ids[rows] == wanted, rows, NO_ROW))


def rows_at(offsets: array[int], wanted: array[int]) -> array[int]:
    """Return the row of each of the offsets `wanted` in `offsets`, which are ascending and hold all of them."""
    return _column(np.searchsorted(np.frombuffer(offsets, np.int64), np.frombuffer(wanted, np.int64)))


def base_rows(entries: Entries, offsets: array[int]) -> array[int]:
    """Return the row of the base of each entry; the entries start at `offsets`, ascending."""
    starts = np.frombuffer(offsets, dtype=np.int64)
    kind = np.frombuffer(entries.kind, dtype=np.uint8)
    base = np.frombuffer(entries.base, dtype=np.int64)
    rows = np.minimum(np.searchsorted(starts, base), max(len(starts) - 1, 0))
    sound = (starts[rows] == base) & (rows < np.arange(len(starts)))
    found = np.where(sound, rows, LOST)
    found[kind == REF_DELTA] = NAMED
    found[(kind != OFS_DELTA) & (kind != REF_DELTA)] = NO_ROW
    found[kind == BROKEN] = LOST
    return _column(found)


def first_places(ordered: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where each value stands first in `ordered`, which ascends."""
    # what `np.unique` is for, but it takes seven times as long for a thousand values, and imports `numpy.ma`
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])


def _column(values: npt.NDArray[Any]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())
