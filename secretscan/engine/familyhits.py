"""`FamilyHits`: the triggers of families, found by a kernel or by Hyperscan, whichever is faster on such text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from secretscan.engine.familytables import FamilyTables
from secretscan.engine.parts import Part
from secretscan.engine.prefilter.hyperscan import Hit, HyperscanPrefilter
from secretscan.engine.traits import BINARY
from secretscan.kernels.names import TOO_MUCH, family_hits

_DENSE_BYTES: Final = 1700
"""Bytes for each hit up to which a kernel is faster than Hyperscan: measured on source code and on configurations."""
_ROOM: Final = 64
"""Bytes for each hit that there is room for, beyond some thousand."""


class FamilyHits:
    """Finds triggers, those of families among them, in parts of texts."""

    def __init__(self, tables: FamilyTables, prefilter: HyperscanPrefilter, first_number: int) -> None:
        """Take the tables, what finds the same, and the number of the first family among all that can be hit."""
        made = tables.automaton
        self._prefilter = prefilter
        self._first = first_number
        self._heads = np.array(tables.heads, dtype=np.uint64)
        self._classes = np.array(bytearray(made.classes), dtype=np.uint8)
        self._table = np.array(made.table, dtype=np.uint16)
        self._accepts = np.array(bytearray(made.accepts), dtype=np.uint8)
        self._is_dense = True

    def hits(self, text: bytes, parts: Sequence[Part]) -> list[Hit]:
        """Return what the prefilter does, rules and families, but for families in parts of binary data.

        No rule of a family looks for anything there.
        """
        hits = [*self._prefilter.rule_hits(text), *self._families(text, parts)]
        hits.sort()
        return hits

    def _families(self, text: bytes, parts: Sequence[Part]) -> list[Hit]:
        bounds = [*(part.start for part in parts), len(text)]
        ranges = [
            (low, high)
            for part, (low, high) in zip(parts, pairwise(bounds), strict=True)
            if part.kind != BINARY
        ]
        if not ranges:
            return []
        found = self._by_kernel(text, ranges) if self._is_dense else None
        if found is None:
            found = self._prefilter.family_hits(text)
        self._is_dense = len(found) * _DENSE_BYTES > len(text)
        return found

    def _by_kernel(self, text: bytes, ranges: Sequence[tuple[int, int]]) -> list[Hit] | None:
        """Return the hits; None when there are too many for a kernel."""
        bounds = np.array(ranges, dtype=np.int64)
        hits = np.empty(4096 + len(text) // _ROOM, dtype=np.int64)
        count = family_hits(
            np.frombuffer(text, dtype=np.uint8),
            bounds[:, 0].copy(),
            bounds[:, 1].copy(),
            self._heads,
            self._classes,
            self._table,
            self._accepts,
            self._first,
            hits,
        )
        if count == TOO_MUCH:
            return None
        found: list[Hit] = np.unique(hits[:count]).tolist()
        return found
