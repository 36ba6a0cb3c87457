"""Hints of encoded text in a large buffer. The twin is `decode.hints`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from secretscan.engine.decode import escape_hints
from secretscan.engine.decode.runs import decode_run
from secretscan.kernels.encoded import VALUES, promising_runs

_AT_ONCE: Final = 512
_VALUES: Final = np.frombuffer(VALUES, dtype=np.uint8)


def bulk_hints(text: bytes) -> Iterator[int]:
    """Yield where something may be encoded in `text`: all that the twin does, each run of its own."""
    data = np.frombuffer(text, dtype=np.uint8)
    head = np.empty(32, dtype=np.uint8)
    state, places = np.zeros(1, dtype=np.int64), np.empty(2 * _AT_ONCE, dtype=np.int64)
    while state[0] < len(data):
        count = promising_runs(data, _VALUES, head, state, places)
        for at, end in places[: 2 * count].reshape(-1, 2).tolist():
            if decode_run(text, at, end):
                yield at
    yield from escape_hints(text)
