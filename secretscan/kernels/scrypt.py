"""scrypt of several passwords side by side, each in a lane of its own: a processor works on eight numbers as on one.

The twin is `hashlib.scrypt`, of one password. Whoever guesses works side by side too, so this takes nothing from what
a guess costs: it is the same work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from mmap import mmap

import numpy as np

from secretscan.kernels.compiled import (
    NOTHING,
    NUMBER,
    NUMBERS,
    PLACES,
    Numbers,
    Places,
    compiled,
    inner,
    number,
)
from secretscan.kernels.lanes import LANES, SALSA_WORDS, salsa, turn_in, turn_over


def derive_together(pairs: Sequence[tuple[bytes, bytes]], *, n: int, r: int, size: int) -> list[bytes]:
    """Return `size` bytes of scrypt for each (password, salt), with cost `n`, block size `r` and parallelism 1.

    Source: RFC 7914. `LANES` pairs are done at once, in 1024·n·r bytes of memory, and fewer take as long. Raises
    ValueError unless `n` is a power of two from 2 on and `r` positive.
    """
    if n < 2 or n & (n - 1) or r < 1:
        raise ValueError(f"scrypt takes no cost {n} with block size {r}")
    block = np.empty(32 * r * LANES, dtype=np.uint32)
    memory = _memory(n * len(block) if pairs else 1)
    other, state = np.empty_like(block), np.empty(SALSA_WORDS * LANES, dtype=np.uint32)
    asked = np.empty(LANES, dtype=np.int64)
    found: list[bytes] = []
    for at in range(0, len(pairs), LANES):
        some = pairs[at : at + LANES]
        block[:] = _side_by_side([hashlib.pbkdf2_hmac("sha256", *pair, 1, 128 * r) for pair in some])
        _mix(block, other, state, memory, asked, n)
        mixed = block.reshape(-1, LANES).T.astype("<u4")
        found += [
            hashlib.pbkdf2_hmac("sha256", password, mixed[lane].tobytes(), 1, size)
            for lane, (password, _) in enumerate(some)
        ]
    return found


def _memory(words: int) -> Places:
    """Return so much memory, in pages of the usual size.

    It is asked for once: the system takes longer to give new memory than the processor to fill it. numpy asks for huge
    pages, which in virtual machines may take four times as long to be given, and are no faster to mix in.
    """
    return np.frombuffer(mmap(-1, words * np.dtype(np.uint32).itemsize), dtype=np.uint32)


def _side_by_side(blocks: Sequence[bytes]) -> Places:
    """Return the words of blocks, one of each side by side; lanes that are left do the work of the first again."""
    rows = [np.frombuffer(block, dtype="<u4") for block in blocks]
    return np.array(rows + rows[:1] * (LANES - len(rows)), dtype=np.uint32).T.reshape(-1)


@inner
def _mix_block(block: Places, out: Places, state: Places) -> None:
    """Put scryptBlockMix of each lane of `block` into `out` (section 4): the even results, then the odd ones."""
    size = SALSA_WORDS * LANES
    count = len(block) // size
    for k in range(size):
        state[k] = block[len(block) - size + k]
    for n in range(count):
        to = (n // 2 + (n % 2) * (count // 2)) * size
        salsa(state, block, np.uint64(n * size), out, np.uint64(to))


@inner
def _keep(block: Places, memory: Places, n: int, cost: int) -> None:
    """Keep the block of each lane as its entry `n` of `memory`; a lane has `cost` entries, one behind the other."""
    words = len(block) // LANES
    for k in range(0, words, LANES):
        turn_over(block, np.uint64(k * LANES), memory, np.uint64(n * words + k), np.uint64(cost * words))


@inner
def _mix_in(block: Places, memory: Places, cost: int, asked: Numbers) -> None:
    """Add to the block of each lane the entry that its last part asks for (`Integerify`, section 5)."""
    words = len(block) // LANES
    for lane in range(LANES):
        asked[lane] = (
            lane * cost + (number(block[len(block) - SALSA_WORDS * LANES + lane]) & (cost - 1))
        ) * words
    for k in range(0, words, LANES):
        turn_in(memory, asked, np.uint64(k), block, np.uint64(k * LANES))


@compiled(NOTHING, PLACES, PLACES, PLACES, PLACES, NUMBERS, NUMBER)
def _mix(block: Places, other: Places, state: Places, memory: Places, asked: Numbers, cost: int) -> None:
    """Do scryptROMix of each lane of `block` (section 5): words of lanes stand side by side in it, and in `state`.

    `cost` is a power of two, `memory` so many times as large as `block`, and `other` as large.
    """
    for n in range(0, cost, 2):
        _keep(block, memory, n, cost)
        _mix_block(block, other, state)
        _keep(other, memory, n + 1, cost)
        _mix_block(other, block, state)
    for _ in range(0, cost, 2):
        _mix_in(block, memory, cost, asked)
        _mix_block(block, other, state)
        _mix_in(other, memory, cost, asked)
        _mix_block(other, block, state)
