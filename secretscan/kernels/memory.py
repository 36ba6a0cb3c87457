"""`Memory`: a table of byte strings, each under a tag and with a value, that kernels can look into.

Strings are compared byte for byte, so that no choice of strings can make one pass for another.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

import numpy as np

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NOTHING,
    NUMBERS,
    SEED,
    TABLE,
    Bytes,
    Numbers,
    compiled,
    copy,
    inner,
)

UNKNOWN: Final = -1
"""Value of a string that is not in the table."""

_FREE: Final = -1
_AT, _LENGTH, _TAG, _VALUE = 0, 1, 2, 3
"""Columns of an entry: where its string stands in the arena, and how long it is."""


class Memory:
    """Strings by tag. Forgets all when it is full."""

    def __init__(self, entries: int, arena: int) -> None:
        """Hold up to `entries` strings of `arena` bytes together."""
        self.slots: Numbers = np.full(1 << (2 * entries - 1).bit_length(), _FREE, dtype=np.int64)
        self.entries: Numbers = np.empty((entries, 4), dtype=np.int64)
        self.arena: Bytes = np.empty(arena, dtype=np.uint8)
        self.used: Numbers = np.zeros(2, dtype=np.int64)
        """Entries and bytes in use."""
        self.seed = np.uint64(secrets.randbits(63) | 1)
        """Spreads the strings in a way that whoever wrote them cannot foresee."""

    def add(self, items: Iterable[tuple[int, bytes, int]]) -> bool:
        """Take strings (tag, string, value) that are not in the table. Return whether all others were forgotten."""
        taken = list(items)
        if not taken:
            return False
        sizes = [len(text) for _, text, _ in taken]
        entries, size = len(taken) + int(self.used[0]), sum(sizes) + int(self.used[1])
        is_full = entries > len(self.entries) or size > len(self.arena)
        if is_full:
            self.slots.fill(_FREE)
            self.used[:] = 0
            if len(taken) > len(self.entries) or sum(sizes) > len(self.arena):
                return True
        told = np.array([(tag, value, len(text)) for tag, text, value in taken], dtype=np.int64)
        joined = np.frombuffer(b"".join(text for _, text, _ in taken), dtype=np.uint8)
        _add(self.slots, self.entries, self.arena, self.used, self.seed, joined, told)
        return is_full


@inner
def spread(text: Bytes, low: int, high: int, tag: int, seed: np.uint64, fold: int) -> int:
    """Return a number of 62 bits for `text[low:high]` under a tag; the bits `fold` are set in each byte before."""
    folded = np.uint64(fold)
    mixed = seed ^ (np.uint64(tag) * np.uint64(0x9E3779B97F4A7C15))
    at = low
    while at + 8 <= high:
        word = np.uint64(0)
        for k in range(8):
            word |= (np.uint64(text[at + k]) | folded) << np.uint64(8 * k)
        mixed = (mixed ^ word) * np.uint64(0x9FB21C651E98DF25)
        mixed ^= mixed >> np.uint64(29)
        at += 8
    word = np.uint64(high - low)
    while at < high:
        word = (word << np.uint64(8)) | np.uint64(text[at]) | folded
        at += 1
    mixed = (mixed ^ word) * np.uint64(0x9FB21C651E98DF25)
    mixed ^= mixed >> np.uint64(32)
    return int(mixed >> np.uint64(2))


@inner
def recall(
    slots: Numbers,
    entries: Numbers,
    arena: Bytes,
    seed: np.uint64,
    text: Bytes,
    low: int,
    high: int,
    tag: int,
    fold: int,
) -> int:
    """Return the value of `text[low:high]` under a tag, `UNKNOWN` when the table does not hold it.

    The bits `fold` are set in each byte before: 0x20 asks for letters in lower case.
    """
    slot = spread(text, low, high, tag, seed, fold) & (len(slots) - 1)
    while slots[slot] != _FREE:
        entry = slots[slot]
        if entries[entry, _TAG] == tag and entries[entry, _LENGTH] == high - low:
            at = entries[entry, _AT]
            same = True
            for k in range(high - low):
                if arena[at + k] != text[low + k] | fold:
                    same = False
                    break
            if same:
                return int(entries[entry, _VALUE])
        slot = (slot + 1) & (len(slots) - 1)
    return UNKNOWN


@compiled(NOTHING, NUMBERS, TABLE, BYTES, NUMBERS, SEED, FROZEN, TABLE)
def _add(
    slots: Numbers,
    entries: Numbers,
    arena: Bytes,
    used: Numbers,
    seed: np.uint64,
    joined: Bytes,
    told: Numbers,
) -> None:
    at = 0
    for n in range(len(told)):
        tag, value, length = told[n, 0], told[n, 1], told[n, 2]
        low = used[1]
        copy(joined, at, arena, low, length)
        at += length
        entry = used[0]
        entries[entry, _AT], entries[entry, _LENGTH] = low, length
        entries[entry, _TAG], entries[entry, _VALUE] = tag, value
        used[0] += 1
        used[1] += length
        slot = spread(arena, low, low + length, tag, seed, 0) & (len(slots) - 1)
        while slots[slot] != _FREE:
            slot = (slot + 1) & (len(slots) - 1)
        slots[slot] = entry
