"""What is encoded in a large text. The twins are `decode.encoded_runs` and the patterns of `decode.escapes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from secretscan.engine.decode import Finders
from secretscan.engine.decode.marks import Marks
from secretscan.engine.decode.runs import Found, decode_run, encoded_runs
from secretscan.kernels.compiled import frozen
from secretscan.kernels.encoded import VALUES, promising_runs
from secretscan.kernels.marks import BACKSLASH, ENTITY, KIND_BITS, PERCENT, find_marks

_LARGE: Final = 4096
"""Bytes from which calling a kernel pays."""
_AT_ONCE: Final = 512


def bulk_runs(text: bytes) -> Iterator[Found]:
    """Yield the runs of `text` that decode to text, in order."""
    if len(text) < _LARGE:
        yield from encoded_runs(text)
        return
    head = np.empty(32, dtype=np.uint8)
    state, places = np.zeros(1, dtype=np.int64), np.empty(2 * _AT_ONCE, dtype=np.int64)
    passed = 0
    while state[0] < len(text):
        count = promising_runs(frozen(text), frozen(VALUES), head, state, places)
        for at, end in places[: 2 * count].reshape(-1, 2).tolist():
            found = decode_run(text, at, end) if at >= passed else None
            if found:
                yield found
                passed = found[1][-1].end


def bulk_marks(text: bytes) -> Marks:
    """Return where escapes may begin in `text`."""
    if len(text) < _LARGE:
        return Marks()
    state, places = np.zeros(1, dtype=np.int64), np.empty(_AT_ONCE, dtype=np.int64)
    found = []
    while state[0] < len(text):
        count = find_marks(frozen(text), state, places)
        found.append(places[:count].copy())
    marks = np.concatenate(found)
    kinds = marks & (1 << KIND_BITS) - 1
    return Marks(*((marks[kinds == kind] >> KIND_BITS).tolist() for kind in (PERCENT, ENTITY, BACKSLASH)))


IN_BULK: Final = Finders(bulk_runs, bulk_marks)
