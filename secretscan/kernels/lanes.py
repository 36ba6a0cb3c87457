"""Parts of kernels that processors have instructions for and numba has no words for: `emit` writes their code.

What a function says here in Python is what that code does; tests hold one to the other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Places, emitted

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
"""Grams looked at side by side."""
REACH: Final = 2 * LANES + 2
"""Bytes that they take, one gram beginning two bytes behind another."""
LINE_BYTES: Final = 32
"""Bytes looked at side by side for a newline, what begins an escape, or characters of base64."""
TOKEN_BYTES: Final = 16
"""Bytes of which it is told at once whether all may stand in a token."""
SPECIALS: Final = b"%&\\"
"""What begins an escape."""

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
