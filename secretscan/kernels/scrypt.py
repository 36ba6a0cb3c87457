"""scrypt of several passwords side by side, each in a lane of its own: a processor works on eight numbers as on one.

The twin is `hashlib.scrypt`, of one password. Whoever guesses works side by side too, so this takes nothing from what
a guess costs: it is the same work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

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

LANES: Final = 8
"""Passwords side by side: 32 bits of each fill the 256 bits that processors have had since AVX2."""

_SALSA: Final = 16
"""Words of 32 bits that Salsa20 works on (RFC 7914, section 3)."""
_AT_ONCE: Final = 16
"""Words copied of one lane before those of the next."""

_Word = np.uint32
_Row = tuple[_Word, _Word, _Word, _Word]


def derive_together(pairs: Sequence[tuple[bytes, bytes]], *, n: int, r: int, size: int) -> list[bytes]:
    """Return `size` bytes of scrypt for each (password, salt), with cost `n`, block size `r` and parallelism 1.

    Source: RFC 7914. `LANES` pairs are done at once, in 1024·n·r bytes of memory, and fewer take as long. Raises
    ValueError unless `n` is a power of two from 2 on and `r` positive.
    """
    if n < 2 or n & (n - 1) or r < 1:
        raise ValueError(f"scrypt takes no cost {n} with block size {r}")
    block = np.empty(32 * r * LANES, dtype=np.uint32)
    # asked for once: the system takes longer to give new memory than the processor to fill it
    memory = np.empty(n * len(block) if pairs else 0, dtype=np.uint32)
    other, state = np.empty_like(block), np.empty(_SALSA * LANES, dtype=np.uint32)
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


def _side_by_side(blocks: Sequence[bytes]) -> Places:
    """Return the words of blocks, one of each side by side; lanes that are left do the work of the first again."""
    rows = [np.frombuffer(block, dtype="<u4") for block in blocks]
    return np.array(rows + rows[:1] * (LANES - len(rows)), dtype=np.uint32).T.reshape(-1)


@inner
def _turn(into: _Word, one: _Word, other: _Word, by: int) -> _Word:
    added = np.uint32(one + other)
    return np.uint32(
        into ^ np.uint32(np.uint32(added << np.uint32(by)) | np.uint32(added >> np.uint32(32 - by)))
    )


@inner
def _quarter(a: _Word, b: _Word, c: _Word, d: _Word) -> _Row:
    b = _turn(b, a, d, 7)
    c = _turn(c, b, a, 9)
    d = _turn(d, c, b, 13)
    return _turn(a, d, c, 18), b, c, d


@inner
def _double_round(rows: tuple[_Row, _Row, _Row, _Row]) -> tuple[_Row, _Row, _Row, _Row]:
    """Return the words after a round of columns and one of rows."""
    (x0, x1, x2, x3), (x4, x5, x6, x7), (x8, x9, x10, x11), (x12, x13, x14, x15) = rows
    x0, x4, x8, x12 = _quarter(x0, x4, x8, x12)
    x5, x9, x13, x1 = _quarter(x5, x9, x13, x1)
    x10, x14, x2, x6 = _quarter(x10, x14, x2, x6)
    x15, x3, x7, x11 = _quarter(x15, x3, x7, x11)
    x0, x1, x2, x3 = _quarter(x0, x1, x2, x3)
    x5, x6, x7, x4 = _quarter(x5, x6, x7, x4)
    x10, x11, x8, x9 = _quarter(x10, x11, x8, x9)
    x15, x12, x13, x14 = _quarter(x15, x12, x13, x14)
    return (x0, x1, x2, x3), (x4, x5, x6, x7), (x8, x9, x10, x11), (x12, x13, x14, x15)


@inner
def _row(state: Places, at: np.uint64) -> _Row:
    step = np.uint64(LANES)
    return state[at], state[at + step], state[at + step + step], state[at + step + step + step]


@inner
def _add_row(state: Places, at: np.uint64, row: _Row) -> None:
    for word in row:
        state[at] = np.uint32(state[at] + word)
        at += np.uint64(LANES)


@inner
def _salsa(state: Places) -> None:
    """Put Salsa20/8 of each lane of `state` in its place (RFC 7914, section 3)."""
    for lane in range(LANES):  # nothing in here depends on another lane, so that all go through it at once
        first = np.uint64(lane)
        second, third, fourth = (
            first + np.uint64(4 * LANES),
            first + np.uint64(8 * LANES),
            first + np.uint64(12 * LANES),
        )
        rows = _row(state, first), _row(state, second), _row(state, third), _row(state, fourth)
        rows = _double_round(_double_round(_double_round(_double_round(rows))))
        _add_row(state, first, rows[0])
        _add_row(state, second, rows[1])
        _add_row(state, third, rows[2])
        _add_row(state, fourth, rows[3])


@inner
def _mix_block(block: Places, out: Places, state: Places) -> None:
    """Put scryptBlockMix of each lane of `block` into `out` (section 4): the even results, then the odd ones."""
    size = _SALSA * LANES
    count = len(block) // size
    for k in range(size):
        state[k] = block[len(block) - size + k]
    for n in range(count):
        at = np.uint64(n * size)
        to = np.uint64((n // 2 + (n % 2) * (count // 2)) * size)
        for k in range(size):
            state[np.uint64(k)] ^= block[at + np.uint64(k)]
        _salsa(state)
        for k in range(size):
            out[to + np.uint64(k)] = state[np.uint64(k)]


@inner
def _keep(block: Places, memory: Places, n: int, cost: int) -> None:
    """Keep the block of each lane as its entry `n` of `memory`; a lane has `cost` entries, one behind the other."""
    words = len(block) // LANES
    for k in range(0, words, _AT_ONCE):
        for lane in range(LANES):
            entry = np.uint64((lane * cost + n) * words + k)
            for word in range(_AT_ONCE):
                memory[entry + np.uint64(word)] = block[np.uint64((k + word) * LANES + lane)]


@inner
def _mix_in(block: Places, memory: Places, cost: int, asked: Numbers) -> None:
    """Add to the block of each lane the entry that its last part asks for (`Integerify`, section 5)."""
    words = len(block) // LANES
    for lane in range(LANES):
        asked[lane] = (lane * cost + (number(block[len(block) - _SALSA * LANES + lane]) & (cost - 1))) * words
    for k in range(0, words, _AT_ONCE):
        for lane in range(LANES):
            entry = np.uint64(asked[lane] + k)
            for word in range(_AT_ONCE):
                block[np.uint64((k + word) * LANES + lane)] ^= memory[entry + np.uint64(word)]


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
