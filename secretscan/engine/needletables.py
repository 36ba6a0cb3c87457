"""`NeedleTables`: the needles of a program as tables for a kernel, made once and kept beside the program.

Hyperscan follows thousands of patterns through every byte of a text; nearly all of it holds nothing that any of them
needs. The kernel looks four bytes at a time for what they need, and leaves to Hyperscan what stands around it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from secretscan.engine.needles import Sought
from secretscan.engine.rarity import GRAM_BYTES, gram_sets, grams_of, share_of_byte, share_of_gram
from secretscan.rules.needles import Sets

HASH: Final = 0x9E3779B1
WORD_BITS: Final = 16
BIT_BITS: Final = 5
SLOT_BITS: Final = 17
PLACE_BITS: Final = 17
ROW_BITS: Final = 16
"""These are constants of `kernels.grams` and `kernels.lanes`, which say what they are."""
MOST_GRAMS: Final = 3 << SLOT_BITS - 2
"""Grams that fit into the slots: beyond three quarters of them a search for one gets long."""
COLUMNS: Final = 13
ANY_SPAN: Final = -1
"""Stands for newlines anywhere in a match (`kernels.around`)."""
WIDE_SPAN: Final = 4096
"""Bytes of newlines from which a window is not cut at lines."""
ARRAY_TYPES: Final = ("I", "I", "I", "q", "H", "")
"""Type codes of the arrays; empty for bytes."""
_FULL: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class NeedleTables:
    """The arrays of `kernels.needlerows.Needles`."""

    bits: array[int] = field(repr=False)
    slots: array[int] = field(repr=False)
    listed: array[int] = field(repr=False)
    rows: array[int] = field(repr=False)
    sets: array[int] = field(repr=False)
    members: bytes = field(repr=False)

    def arrays(self) -> list[bytes | array[int]]:
        """Return the arrays in order, of `ARRAY_TYPES`."""
        return [self.bits, self.slots, self.listed, self.rows, self.sets, self.members]


def make_needle_tables(sought: Iterable[Sought]) -> NeedleTables | None:
    """Return the tables of what is sought; None where there are too many grams for them."""
    rows = array("q", bytes(8 * COLUMNS))
    by_gram: dict[int, list[int]] = {}
    sets, members = array("H"), dict[Sets, int]()
    for one in dict.fromkeys(sought):
        first_set = len(sets)
        sets.extend(members.setdefault((bytes_in,), len(members)) for bytes_in in one.needle.sets)
        needed = members.setdefault(one.needed, len(members))
        for at, four in grams_of(one.needle.sets) or ():
            row = len(rows) // COLUMNS
            rows.extend(_row(one, at, first_set, needed))
            entry = _entry(row, at, one.needle.sets)
            for gram in product(*four):
                by_gram.setdefault(int.from_bytes(bytes(gram), "little"), []).append(entry)
    if len(by_gram) > MOST_GRAMS or len(rows) // COLUMNS >= 1 << ROW_BITS:
        return None
    bits, slots, listed = _hashed(by_gram)
    if len(listed) >= 1 << PLACE_BITS:
        return None
    inside = b"".join(
        bytes(sum((byte in bytes_in) << n for n, bytes_in in enumerate(some)) for byte in range(256))
        for some in members
    )
    return NeedleTables(bits, slots, listed, rows, sets, inside)


def _row(one: Sought, at: int, first_set: int, needed: int) -> Sequence[int]:
    """Return the columns of `kernels.needlerows`; `at` is where the gram begins in the needle."""
    span = one.newline_span if one.newline_span < WIDE_SPAN else ANY_SPAN
    return (
        -at,
        len(one.needle.sets),
        first_set,
        one.back + at,
        one.ahead - at,
        one.far_ahead - at,
        one.token_run,
        span,
        needed,
        (1 << len(one.needed)) - 1,
        one.kind,
        one.state,
        one.kinds,
    )


def _hashed(by_gram: dict[int, list[int]]) -> tuple[array[int], array[int], array[int]]:
    """Return the bits of all grams; the slots, which say where the needles of each are listed; and these lists."""
    bits, slots = array("I", bytes(4 << WORD_BITS)), array("I", bytes(4 << SLOT_BITS))
    low = (1 << BIT_BITS) - 1
    owners: dict[int, tuple[int, list[int]]] = {}
    for gram, entries in sorted(
        by_gram.items(), key=_rareness
    ):  # the common ones are found in their own slots
        hashed = gram * HASH & _FULL
        bits[hashed >> 32 - WORD_BITS] |= 1 << (hashed >> 32 - WORD_BITS - BIT_BITS & low) | 1 << (
            hashed & low
        )
        slot, tag = hashed >> 32 - SLOT_BITS, hashed << PLACE_BITS & _FULL
        while slot in owners and owners[slot][0] != tag:
            slot = (slot + 1) % len(slots)
        # another gram with the same tag on the way: both have the needles of both, which are looked at all the same
        owners.setdefault(slot, (tag, []))[1].extend(entries)
    listed, places = array("I", (0,)), dict[tuple[int, ...], int]()
    for slot, (tag, entries) in owners.items():
        alike = tuple(entries)
        if alike not in places:
            places[alike] = len(listed)
            listed.extend((*alike, 0))
        slots[slot] = tag | places[alike] & (1 << PLACE_BITS) - 1
    return bits, slots, listed


def _rareness(item: tuple[int, list[int]]) -> float:
    return -share_of_gram(item[0].to_bytes(GRAM_BYTES, "little"))


def _entry(row: int, at: int, needle: Sets) -> int:
    """Return what is listed for a needle whose gram begins at `at`: its row, and another byte of it, the rarest."""
    others = [
        (share_of_byte(min(members)), place - at + GRAM_BYTES, min(members))
        for place, members in enumerate(gram_sets(needle))
        if len(members) == 1 and not 0 <= place - at < GRAM_BYTES and 0 <= place - at + GRAM_BYTES < 16
    ]
    _, place, byte = min(others, default=(0, 0, 0))
    return byte << 24 | place << ROW_BITS | row
