"""Long runs of token bytes in text, found by blocks."""

from __future__ import annotations

from typing import Final

from secretscan.kernels.compiled import Bytes, Numbers, inner
from secretscan.kernels.lanes import TOKEN_BYTES, are_tokens
from secretscan.kernels.words import TOKEN

LONG_RUN: Final = 3 * TOKEN_BYTES - 1
"""Bytes from which a run holds two whole blocks, wherever it begins."""


@inner
def _is_long(data: Bytes, place: int) -> bool:
    """Whether the block at `place`, which is not the first of a text, and one beside it are all token bytes."""
    return are_tokens(data, place) != 0 and (
        are_tokens(data, place - TOKEN_BYTES) != 0
        or (place + 2 * TOKEN_BYTES <= len(data) and are_tokens(data, place + TOKEN_BYTES) != 0)
    )


@inner
def find_runs(
    data: Bytes, at: int, stop: int, length: int, last: int, classes: Bytes, begins: Numbers, ends: Numbers
) -> int:
    """Find the runs of `length` token bytes or more, at least `LONG_RUN`, met in [at, stop), whole blocks, after `last`.

    Puts where they begin and end into `begins` and `ends`; returns how many. Of two whole blocks side by side one is the
    second of a pair, so only those are looked at; `at` is where a pair begins.
    """
    count = 0
    place = at + TOKEN_BYTES
    while place + TOKEN_BYTES <= stop:
        if place >= last and _is_long(data, place):
            begin, end = place, place + TOKEN_BYTES
            while begin > 0 and classes[data[begin - 1]] & TOKEN:
                begin -= 1
            while end < len(data) and classes[data[end]] & TOKEN:
                end += 1
            last = end
            if end - begin >= length:
                begins[count], ends[count] = begin, end
                count += 1
        place += 2 * TOKEN_BYTES
    return count
