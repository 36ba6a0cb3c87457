"""Encoded runs of a large text. The twin is `decode.encoded_runs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from secretscan.engine.decode.runs import Found, decode_run, encoded_runs
from secretscan.kernels.encoded import VALUES, promising_runs

_LARGE: Final = 4096
"""Bytes from which calling a kernel pays."""
_AT_ONCE: Final = 512
_VALUES: Final = np.frombuffer(VALUES, dtype=np.uint8)


def bulk_runs(text: bytes) -> Iterator[Found]:
    """Yield the runs of `text` that decode to text, in order."""
    if len(text) < _LARGE:
        yield from encoded_runs(text)
        return
    data = np.frombuffer(text, dtype=np.uint8)
    head = np.empty(32, dtype=np.uint8)
    state, places = np.zeros(1, dtype=np.int64), np.empty(2 * _AT_ONCE, dtype=np.int64)
    passed = 0
    while state[0] < len(data):
        count = promising_runs(data, _VALUES, head, state, places)
        for at, end in places[: 2 * count].reshape(-1, 2).tolist():
            found = decode_run(text, at, end) if at >= passed else None
            if found:
                yield found
                passed = found[1][-1].end
