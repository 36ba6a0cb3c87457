"""Grams, four bytes at a time, looked up in text at every other offset: whether needles may stand there, and which."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Fours, Numbers, Places, States, Words, inner, number

GRAM_BYTES: Final = 4
HASH: Final = 0x9E3779B1
"""A gram, its bytes folded, times this gives its hash, of 32 bits (2 to the 32nd over the golden ratio: Knuth, The Art
of Computer Programming, volume 3, section 6.4)."""
WORD_BITS: Final = 15
"""The highest bits of a hash, which choose a word of 64 bits."""
BIT_BITS: Final = 6
"""The bits of a hash below those choose a bit of the word, and so do the lowest: where one is not set there is no gram
(Putze, Sanders and Singler: Cache-, Hash- and Space-Efficient Bloom Filters)."""
SLOT_BITS: Final = 17
"""The highest bits of a hash, which choose a slot; the others are the tag that is kept in it."""
PLACE_BITS: Final = 17
"""Bits of a slot below the tag: where the needles with such grams are listed."""
ROW_BITS: Final = 16
"""Bits of what is listed that are a row. Above them, in four bits, where another byte of the needle stands, from four
bytes before the gram on, and in the highest eight that byte, folded; 0 where no other byte is certain."""
PROBES: Final = 4096
"""Offsets looked at in one go."""
EDGES: Final = 8
"""Offsets at the edges of a text, at most."""

_FOLD = 0x20202020


@inner
def _hashed(gram: np.uint32) -> np.uint32:
    return np.uint32(np.uint32(gram | np.uint32(_FOLD)) * np.uint32(HASH))


@inner
def candidates(fours: Fours, others: Fours, at: int, limit: int, bits: Words, found: Places) -> int:
    """Put into `found` the places from offset 4 `at` on, up to 4 `limit`, at which a gram may stand; return how many.

    A place counts steps of two bytes. At most `PROBES` of them are looked at. This takes no branch that depends on the
    text: a processor would guess most of them wrong.
    """
    shift, first, second = np.uint32(32 - WORD_BITS), np.uint32(32 - WORD_BITS - BIT_BITS), np.uint64(0)
    low, one, two = np.uint64((1 << BIT_BITS) - 1), np.uint64(1), np.uint64(2)
    count, n = np.uint64(0), np.uint64(at)
    stop = np.uint64(min(at + PROBES // 2, limit))
    while n < stop:  # with numbers that are never negative, which no index has to be asked for
        hashed = _hashed(fours[n])
        word = bits[np.uint64(hashed >> shift)]
        found[count] = np.uint32(two * n)
        count += (
            word >> (np.uint64(hashed >> first) & low) & word >> (np.uint64(hashed) >> second & low) & one
        )
        hashed = _hashed(others[n])
        word = bits[np.uint64(hashed >> shift)]
        found[count] = np.uint32(two * n + one)
        count += (
            word >> (np.uint64(hashed >> first) & low) & word >> (np.uint64(hashed) >> second & low) & one
        )
        n += one
    return np.int64(count)  # type: ignore[return-value]


@inner
def _gram_at(data: Bytes, at: int) -> np.uint32:
    """Return the gram at `at`; beyond `data` it is blank."""
    gram = np.uint32(0)
    for n in range(GRAM_BYTES):
        byte = np.uint32(data[at + n]) if 0 <= at + n < len(data) else np.uint32(0x20)
        gram = np.uint32(gram | np.uint32(byte << np.uint32(8 * n)))
    return gram


@inner
def _link(gram: np.uint32, slots: Places) -> np.uint32:
    """Return where the needles with this gram are listed; 0, where none are, if there are none."""
    hashed = _hashed(gram)
    slot = np.uint64(hashed >> np.uint32(32 - SLOT_BITS))
    place_bits, last = np.uint32(PLACE_BITS), np.uint64(len(slots) - 1)
    tag = np.uint32(hashed << place_bits)
    found = slots[slot]
    while found != 0 and np.uint32(np.uint32(found >> place_bits) << place_bits) != tag:
        slot = (slot + np.uint64(1)) & last
        found = slots[slot]
    return np.uint32(found & np.uint32((1 << PLACE_BITS) - 1))


@inner
def look_up(
    fours: Fours, found: Places, count: int, slots: Places, places: Numbers, links: Places, filled: int
) -> int:
    """Add to `places` the offsets of what was found with a gram indeed, and to `links` where its needles are listed.

    Return how many there are then. All are looked up at once, since most of that has to come from far.
    """
    one, two = np.uint64(1), np.uint64(2)
    total = np.uint64(filled)
    for n in range(count):
        at = np.uint64(found[n])
        both = np.uint64(fours[at >> one]) | np.uint64(fours[(at >> one) + one]) << np.uint64(32)
        link = _link(np.uint32(both >> (at & one) * np.uint64(16)), slots)
        places[total], links[total] = np.int64(two * at), link
        total += np.uint64(link != 0)
    return np.int64(total)  # type: ignore[return-value]


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
    """Whether the needle with these sets stands at `at`."""
    if at < 0 or at + length > len(data):
        return False
    for n in range(length):
        if not members[number(sets[first + n]) << 8 | number(data[at + n])]:
            return False
    return True
