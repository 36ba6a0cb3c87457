"""`NeedleHits`: the triggers in texts, by a search for needles, and by Hyperscan only around those found."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import numpy as np

from secretscan.engine.needletables import COLUMNS, NeedleTables
from secretscan.engine.partcolumns import CODES, columns
from secretscan.engine.parts import Part
from secretscan.engine.prefilter.hyperscan import (
    END_BITS,
    HIT_MASK,
    Hit,
    HyperscanPrefilter,
    load_database,
    scan_database,
)
from secretscan.engine.searchtables import SearchTables
from secretscan.engine.traits import ALL_KINDS, BINARY, kind_bits
from secretscan.kernels.around import TOO_MUCH, gather, make_finds
from secretscan.kernels.compiled import Numbers, frozen
from secretscan.kernels.names import Names
from secretscan.kernels.needlerows import Needles
from secretscan.kernels.needles import find_needles, make_ranges, make_room
from secretscan.kernels.words import byte_classes

_BYTES_FOR_A_HIT: Final = 64
_BYTES_FOR_A_WINDOW: Final = 32
"""Bytes of text for each that there is room for, beyond `_AT_LEAST`."""
_BYTES_FOR_ONE_GATHERED: Final = 4
"""The same for each byte of windows; where they cover more, all of a text is searched."""
_AT_LEAST: Final = 4096
"""What there is room for of each in any text."""
_DENSE_BYTES: Final = 1000
"""Bytes for each hit of a family up to which a text is likely to be of that kind, and the next one with it."""
_BIT_OF_KIND: Final = np.array([kind_bits([kind]) for kind in ALL_KINDS], dtype=np.int64)
_FEW: Final = 256
"""Hits up to which Python is quicker with them than numpy."""


class NeedleHits:
    """Finds triggers, those of families among them, in parts of texts."""

    def __init__(self, tables: SearchTables, prefilter: HyperscanPrefilter, first_number: int) -> None:
        """Take the tables, what finds the same, and the number of the first family among all that can be hit."""
        made = tables.automaton
        self._prefilter = prefilter
        self._rest = load_database(tables.rest)
        self._first = first_number
        self._names = Names(
            np.array(bytearray(made.classes), dtype=np.uint8),
            np.array(made.table, dtype=np.uint16),
            np.array(bytearray(made.accepts), dtype=np.uint8),
            np.full(len(made.accepts), 1 << 62, dtype=np.int64),
            np.full(len(made.accepts), -2, dtype=np.int64),
        )
        self._needles, self._heads = _arrays(tables.needles, tables.runs), _arrays(tables.heads, (0, 0))
        self._room, self._ranges = make_room(), make_ranges(1)
        self._base = 0
        self._is_dense = False
        self._finds = make_finds(0, 0, 0)

    def hits(self, text: bytes, parts: Sequence[Part]) -> Numbers:
        """Return what the prefilter does, but for what cannot lead to a match, and some that lead to none.

        A rule finds nothing in parts of a kind that it is not for, nor where the token bytes in a row or the digit are
        not that it needs.
        """
        starts, kinds = columns(parts)
        self._make_room(len(text), len(starts))
        ranges = self._ranges.bounds[: len(starts)]
        ranges[:, 0], ranges[:, 2] = starts, _BIT_OF_KIND[kinds]
        ranges[:-1, 1] = starts[1:]
        ranges[-1:, 1] = len(text)
        find_needles(
            frozen(text),
            self._ranges,
            len(starts),
            self._heads if self._is_dense else self._needles,
            self._names,
            self._room,
            self._base,
            self._first,
            self._finds,
        )
        self._base += len(text) + 2
        windows, families = self._finds.counts.tolist()
        if families == TOO_MUCH:
            is_text = (kinds != CODES[BINARY]).any()  # no family is for anything else
            names = np.array(self._prefilter.family_hits(text) if is_text else (), dtype=np.int64)
        else:
            names = self._finds.hits[:families]
        around = None if self._is_dense or windows == TOO_MUCH else self._around(text)
        self._is_dense = around is None and (not self._is_dense or len(names) * _DENSE_BYTES > len(text))
        rules = self._prefilter.rule_hits(text) if around is None else around
        return _ascending(names, rules)

    def _around(self, text: bytes) -> list[Hit] | None:
        """Return the hits of rules alone, in no order, given the windows; None where these are too much of a text."""
        finds = self._finds
        size = gather(frozen(text), finds, _gathered_bytes(len(text)))
        if size == TOO_MUCH:
            return None
        hits = scan_database(self._rest, text)
        gathered = self._prefilter.rule_hits(finds.gathered[:size].tobytes()) if size else []
        if gathered:
            count = int(finds.counts[0])
            begins, firsts, lasts = (of[:count].tolist() for of in (finds.begins, finds.lows, finds.highs))
            for hit in gathered:
                end = hit >> END_BITS
                window = bisect_left(begins, end) - 1
                moved = end - begins[window] + firsts[window]
                if moved <= lasts[window]:
                    hits.append(moved << END_BITS | hit & HIT_MASK)
        return hits if self._rest is None else list(set(hits))

    def _make_room(self, size: int, ranges: int) -> None:
        """Have room for ranges, and for what is found in so many bytes.

        It is kept, since asking for it anew takes longer than a search.
        """
        if len(self._ranges.bounds) < ranges:
            self._ranges = make_ranges(2 * ranges)
        if len(self._finds.gathered) >= _gathered_bytes(size):
            return
        size *= 2  # so that there is seldom need of more: kernels keep what they were given (`native.Call`)
        self._finds = make_finds(
            _AT_LEAST + size // _BYTES_FOR_A_WINDOW,
            _AT_LEAST + size // _BYTES_FOR_A_HIT,
            _gathered_bytes(size),
        )


def _ascending(names: Numbers, rules: list[Hit]) -> Numbers:
    """Return both together, each once."""
    if len(names) + len(rules) <= _FEW:
        return np.array(sorted({*names.tolist(), *rules}), dtype=np.int64)
    hits = np.concatenate((names, np.array(rules, dtype=np.int64)))
    hits.sort()  # `np.unique` takes seven times as long for as few
    is_new = np.ones(len(hits), dtype=np.bool_)
    np.not_equal(hits[1:], hits[:-1], out=is_new[1:])
    return hits[is_new]


def _gathered_bytes(size: int) -> int:
    """Return how many bytes of windows are worth being searched by themselves, of a text of so many."""
    return _AT_LEAST + size // _BYTES_FOR_ONE_GATHERED


def _arrays(tables: NeedleTables, runs: tuple[int, int]) -> Needles:
    return Needles(
        np.array(tables.bits, dtype=np.uint32),
        np.array(tables.slots, dtype=np.uint32),
        np.array(tables.listed, dtype=np.uint32),
        np.array(tables.rows, dtype=np.int64).reshape(-1, COLUMNS),
        np.array(tables.sets, dtype=np.uint16),
        np.array(bytearray(tables.members), dtype=np.uint8),
        np.array(runs, dtype=np.int64),
        byte_classes(),
    )
