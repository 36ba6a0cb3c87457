"""Long runs of token bytes in text, found by blocks."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers, Words, inner
from secretscan.kernels.words import TOKEN

RUN_BLOCK: Final = 16
LONG_RUN: Final = 3 * RUN_BLOCK - 1
"""Bytes from which a run holds two whole blocks, wherever it begins."""

_ALL = 0x0101010101010101


@inner
def _flag(data: Bytes, at: int, stop: int, flags: Bytes) -> None:
    """Put 1 into `flags` for each token byte of `data[at:stop]`, else 0: in a way that goes for many at once."""
    part = data[at:stop]
    for n in range(len(part)):
        byte = part[n]
        letter, digit = np.uint8((byte | np.uint8(0x20)) - np.uint8(0x61)), np.uint8(byte - np.uint8(0x2D))
        other = (byte == np.uint8(0x2B)) | (byte == np.uint8(0x3D)) | (byte == np.uint8(0x5F))
        flags[n] = (letter < np.uint8(26)) | (digit < np.uint8(13)) | other


@inner
def find_runs(
    data: Bytes,
    at: int,
    stop: int,
    length: int,
    last: int,
    classes: Bytes,
    flags: Bytes,
    words: Words,
    begins: Numbers,
    ends: Numbers,
) -> int:
    """Find the runs of `length` token bytes or more, at least `LONG_RUN`, met in [at, stop), whole blocks, after `last`.

    Puts where they begin and end into `begins` and `ends`; returns how many. `words` is `flags`, eight bytes at a time.
    """
    _flag(data, at, stop, flags)
    count = 0
    was_whole = True  # what began in the blocks before is looked at
    for n in range((stop - at) // RUN_BLOCK):
        is_whole = words[2 * n] & words[2 * n + 1] == np.uint64(_ALL)
        place = at + n * RUN_BLOCK
        if is_whole and was_whole and place >= last:
            begin, end = place, place + RUN_BLOCK
            while begin > 0 and classes[data[begin - 1]] & TOKEN:
                begin -= 1
            while end < len(data) and classes[data[end]] & TOKEN:
                end += 1
            last = end
            if end - begin >= length:
                begins[count], ends[count] = begin, end
                count += 1
        was_whole = is_whole
    return count
