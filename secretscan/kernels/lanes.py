"""Parts of kernels that processors have instructions for and numba has no words for: `emit` writes their code.

What a function says here in Python is what that code does; tests hold one to the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers, Places, emitted

HASH: Final = 0x9E3779B1
"""A gram, its bytes folded, times this gives its hash, of 32 bits (2 to the 32nd over the golden ratio: Knuth, The Art
of Computer Programming, volume 3, section 6.4)."""
FOLD: Final = 0x20202020
WORD_BITS: Final = 16
"""The highest bits of a hash, which choose a word of 32 bits."""
BIT_BITS: Final = 5
"""The bits of a hash below those choose a bit of the word, and so do the lowest: where one is not set there is no gram
(Putze, Sanders and Singler: Cache-, Hash- and Space-Efficient Bloom Filters)."""
LANES: Final = 8
"""Grams looked at side by side, and rows and columns of the squares that are turned over."""
REACH: Final = 2 * LANES + 2
"""Bytes that they take, one gram beginning two bytes behind another."""
LINE_BYTES: Final = 32
"""Bytes looked at side by side for a newline, what begins an escape, or characters of base64."""
TOKEN_BYTES: Final = 16
"""Bytes of which it is told at once whether all may stand in a token."""
SPECIALS: Final = b"%&\\"
"""What begins an escape."""

SALSA_WORDS: Final = 16
SALSA_ROUNDS: Final = 8
SALSA_STEPS: Final = tuple(
    (turn[(n + 1) % 4], turn[n % 4], turn[(n - 1) % 4], by)
    for turns in (
        ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)),
        ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)),
    )
    for turn in turns
    for n, by in enumerate((7, 9, 13, 18))
)
"""Of a round of columns and one of rows (RFC 7914, section 3): to which word the sum of two others is added, and by how
many bits it is turned."""

_NEWLINE: Final = 10
_WORD: Final = 0xFFFFFFFF


@emitted(np.uint32)
def four_at(data: Bytes, at: int | np.uint64) -> np.uint32:
    """Return the four bytes of `data` from `at` on, the first of them lowest."""
    return np.uint32(int.from_bytes(data[int(at) :][:4].tobytes(), "little"))


@emitted(np.uint64)
def fetch(table: Places, at: int | np.uint64) -> np.uint64:
    """Have the processor bring a number of a table nearer that will soon be asked for; return 0."""
    del table, at
    return np.uint64(0)


@emitted(np.uint64)
def lowest(word: np.uint64) -> np.uint64:
    """Return which bit of a word other than 0 is the lowest that is set."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


@emitted(np.uint64)
def highest(word: np.uint64) -> np.uint64:
    """Return which bit of a word other than 0 is the highest that is set."""
    return np.uint64(int(word).bit_length() - 1)


@emitted(np.uint64)
def newlines(data: Bytes, at: int | np.uint64) -> np.uint64:
    """Return a bit for each of the `LINE_BYTES` bytes from `at` on: whether it is a newline."""
    return np.uint64(sum(int(data[int(at) + n] == _NEWLINE) << n for n in range(LINE_BYTES)))


@emitted(np.uint64)
def specials(data: Bytes, at: int | np.uint64) -> np.uint64:
    """Return a bit for each of the `LINE_BYTES` bytes from `at` on: whether it is `%`, `&` or a backslash."""
    return np.uint64(sum(int(data[int(at) + n] in SPECIALS) << n for n in range(LINE_BYTES)))


@emitted(np.uint64)
def characters(data: Bytes, at: int | np.uint64) -> np.uint64:
    """Return a bit for each of the `LINE_BYTES` bytes from `at` on: whether it is a character of base64 (RFC 4648)."""
    some = data[int(at) :][:LINE_BYTES].tolist()
    return np.uint64(
        sum(((chr(b).isascii() and chr(b).isalnum()) or b in b"+/") << n for n, b in enumerate(some))
    )


@emitted(np.uint64)
def are_tokens(data: Bytes, at: int | np.uint64) -> np.uint64:
    """Return 1 if the `TOKEN_BYTES` bytes from `at` on are all token bytes (`words.TOKEN`), else 0."""
    some = data[int(at) :][:TOKEN_BYTES].tolist()
    return np.uint64(all(chr(byte).isascii() and (chr(byte).isalnum() or byte in b"+/=_.-") for byte in some))


@emitted(np.uint64)
def probe(data: Bytes, at: int | np.uint64, bits: Places) -> np.uint64:
    """Return a bit for each of the `LANES` grams from `at` on: whether all its own are set in `bits`."""
    told = 0
    for lane in range(LANES):
        hashed = (int(four_at(data, int(at) + 2 * lane)) | FOLD) * HASH & _WORD
        word = int(bits[hashed >> 32 - WORD_BITS])
        both = word >> (hashed >> 32 - WORD_BITS - BIT_BITS) % 32 & word >> hashed % 32
        told |= (both & 1) << lane
    return np.uint64(told)


@emitted(np.uint64)
def turn_over(source: Places, at: np.uint64, target: Places, to: np.uint64, step: np.uint64) -> np.uint64:
    """Put the columns of a square of numbers, its rows one behind the other, each `step` behind the one before; return 0."""
    square = source[int(at) :][: LANES * LANES].reshape(LANES, LANES)
    for column in range(LANES):
        target[int(to + np.uint64(column) * step) :][:LANES] = square[:, column]
    return np.uint64(0)


@emitted(np.uint64)
def turn_in(source: Places, places: Numbers, more: np.uint64, target: Places, to: np.uint64) -> np.uint64:
    """Add numbers, which stand `more` behind each of the `places`, to the columns of a square (xor); return 0."""
    square = target[int(to) :][: LANES * LANES].reshape(LANES, LANES)
    for column in range(LANES):
        square[:, column] ^= source[int(places[column]) + int(more) :][:LANES]
    return np.uint64(0)


@emitted(np.uint64)
def salsa(state: Places, block: Places, at: np.uint64, out: Places, to: np.uint64) -> np.uint64:
    """Add words to the state of each lane (xor), put Salsa20/8 of that in its place and into `out`; return 0.

    The words of lanes stand side by side: word `k` of lane `n` of what is added is `block[at + k * LANES + n]`.
    Source: RFC 7914, section 3.
    """
    for lane in range(LANES):
        mixed = [int(a ^ b) for a, b in zip(state[lane::LANES], block[int(at) + lane :: LANES], strict=False)]
        words = list(mixed)
        for _ in range(SALSA_ROUNDS // 2):
            for into, one, other, by in SALSA_STEPS:
                added = (words[one] + words[other]) & _WORD
                words[into] ^= (added << by | added >> 32 - by) & _WORD
        for k, (word, before) in enumerate(zip(words, mixed, strict=True)):
            state[k * LANES + lane] = out[int(to) + k * LANES + lane] = word + before & _WORD
    return np.uint64(0)
