"""Grams, four bytes at a time, looked up in text at every other offset: whether needles may stand there, and which."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers, Places, States, Words, inner, number
from secretscan.kernels.lanes import FOLD, HASH, LANES, REACH, fetch, four_at, lowest, probe

GRAM_BYTES: Final = 4
SLOT_BITS: Final = 17
"""The highest bits of a gram's hash, which choose a slot; the others are the tag that is kept in it."""
PLACE_BITS: Final = 17
"""Bits of a slot below the tag: where the needles with such grams are listed."""
ROW_BITS: Final = 16
"""Bits of what is listed that are a row. Above them, in four bits, where another byte of the needle stands, from four
bytes before the gram on, and in the highest eight that byte, folded; 0 where no other byte is certain."""
BLOCK_BYTES: Final = 8192
"""Bytes looked at in one go."""
PROBES: Final = BLOCK_BYTES // 2
EDGES: Final = 16
"""Offsets at the edges of a text, at most."""

_STEP: Final = 2 * LANES
_MASK_BITS: Final = 64


@inner
def probed_bytes(size: int) -> int:
    """Return up to where a text of `size` bytes is probed; what is behind that are its edges."""
    return max(0, (size - REACH + _STEP) // _STEP * _STEP)


@inner
def candidates(data: Bytes, at: int, limit: int, bits: Places, flags: Bytes) -> int:
    """Put into `flags` a bit for each gram of a block that begins at `at`, up to `limit`: whether one may stand there.

    Return how many bytes these are, whole words of them. This takes no branch that depends on the text: a processor
    would guess most of them wrong.
    """
    count = (min(at + BLOCK_BYTES, limit) - at) // _STEP
    first = np.uint64(at)
    for n in range(count):
        flags[np.uint64(n)] = np.uint8(probe(data, first + np.uint64(_STEP) * np.uint64(n), bits))
    while count % (_MASK_BITS // LANES):
        flags[count] = 0
        count += 1
    return count


@inner
def _hashed(gram: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(gram | np.uint32(FOLD)) * np.uint32(HASH))


@inner
def _gram_at(data: Bytes, at: int) -> np.uint32:
    """Return the gram at `at`; beyond `data` it is blank."""
    gram = np.uint32(0)
    for n in range(GRAM_BYTES):
        byte = np.uint32(data[at + n]) if 0 <= at + n < len(data) else np.uint32(0x20)
        gram = np.uint32(gram | np.uint32(byte << np.uint32(8 * n)))
    return gram


@inner
def _is_other(found: np.uint32, tag: np.uint32) -> bool:
    """Whether a slot is that of another gram."""
    place_bits = np.uint32(PLACE_BITS)
    kept = np.uint32(np.uint32(found >> place_bits) << place_bits)
    return (found != 0) & (kept != tag)  # type: ignore[no-any-return]


@inner
def _link(gram: np.uint32, slots: Places) -> np.uint32:
    """Return where the needles with this gram are listed; 0, where none are, if there are none."""
    hashed = _hashed(gram)
    last, one = np.uint64(len(slots) - 1), np.uint64(1)
    slot = np.uint64(hashed >> np.uint32(32 - SLOT_BITS))
    tag = np.uint32(hashed << np.uint32(PLACE_BITS))
    slot_behind = (slot + one) & last
    found, behind = slots[slot], slots[slot_behind]
    if _is_other(found, tag):  # both are there already, so that nothing has to be guessed
        found, slot = behind, slot_behind
        while _is_other(found, tag):
            slot = (slot + one) & last
            found = slots[slot]
    return np.uint32(found & np.uint32((1 << PLACE_BITS) - 1))


@inner
def look_up(
    data: Bytes, at: int, masks: Words, count: int, slots: Places, places: Numbers, links: Places, filled: int
) -> int:
    """Add to `places` the offsets of what was found with a gram indeed, and to `links` where its needles are listed.

    Return how many there are then. `masks` are the flags of the block at `at`. All are looked up at once, since most of
    that has to come from far.
    """
    total, one = np.uint64(filled), np.uint64(1)
    for n in range(count):
        mask = masks[n]
        first = np.uint64(at + 2 * _MASK_BITS * n)
        while mask != np.uint64(0):
            place = first + (np.uint64(lowest(mask)) << one)
            mask &= mask - one
            fetch(slots, np.uint64(_hashed(four_at(data, place)) >> np.uint32(32 - SLOT_BITS)))
            places[total] = np.int64(place)
            total += one
    kept = np.uint64(filled)
    for n in range(filled, np.int64(total)):
        place = np.uint64(places[n])
        link = _link(four_at(data, place), slots)
        places[kept], links[kept] = np.int64(place), link
        kept += np.uint64(link != 0)
    return np.int64(kept)  # type: ignore[return-value]


@inner
def look_up_edges(data: Bytes, first: int, slots: Places, places: Numbers, links: Places, filled: int) -> int:
    """Do the same for the offsets from `first` on, where grams may have nothing before them or behind them."""
    for at in range(first, len(data) if first >= 0 else 0, 2):
        places[filled], links[filled] = at, _link(_gram_at(data, at), slots)
        filled += 1
    return filled


@inner
def may_stand(data: Bytes, place: int, entry: np.uint32) -> bool:
    """Whether the byte of an entry of a list stands where it says."""
    byte = entry >> np.uint32(24)
    at = place + number(entry >> np.uint32(ROW_BITS) & np.uint32(15)) - GRAM_BYTES
    return byte == 0 or (0 <= at < len(data) and np.uint32(np.uint32(data[at]) | np.uint32(0x20)) == byte)


@inner
def stands(data: Bytes, at: int, length: int, first: int, sets: States, members: Bytes) -> bool:
    """Whether the needle with these sets stands at `at`. Looks at its end first: it is mostly its gram that begins it."""
    if at < 0 or at + length > len(data):
        return False
    for n in range(length - 1, -1, -1):
        if not members[number(sets[first + n]) << 8 | number(data[at + n])]:
            return False
    return True
