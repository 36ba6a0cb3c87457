"""`HitFilter`: what a screen remembers, kept where kernels can look it up, so that they pass over most hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Final

import numpy as np

from secretscan.engine.partcolumns import CODES, columns
from secretscan.engine.parts import Part
from secretscan.engine.traits import HitTraits
from secretscan.kernels.closing import (
    ALL_VALUES,
    APPLIES_FROM,
    BEHIND_QUOTES,
    END_BITS,
    FAMILY,
    KINDS,
    LINE,
    NOT_WORDY,
    OTHER,
    open_hits,
)
from secretscan.kernels.memory import Memory
from secretscan.kernels.words import RUN_OF_LETTERS, byte_classes

_WHAT: Final = (1 << END_BITS) - 1
_AT_ONCE: Final = 48
"""Hits to look at before what was learned is put to use."""
_ENTRIES: Final = 400_000
_ARENA_BYTES: Final = 40 << 20


class HitFilter:
    """Leaves a screen the hits that nothing remembered closes."""

    def __init__(self, count: int, traits: Callable[[int], HitTraits], bounds: Sequence[int]) -> None:
        """Take how many things can be hit, what tells of each, and the constants of the screen (`open_hits`)."""
        self._traits = traits
        self._rules = np.zeros((count, APPLIES_FROM + KINDS), dtype=np.int64)
        self._rules[:, 0] = OTHER
        self._rules[:, APPLIES_FROM:] = 1
        self._is_told = bytearray(count)
        self._bounds = np.array(bounds, dtype=np.int64)
        self._classes = byte_classes()
        self._memory = Memory(_ENTRIES, _ARENA_BYTES)

    def rounds(
        self, text: bytes, hits: Sequence[int], parts: Sequence[Part], found: set[int]
    ) -> Iterator[list[int]]:
        """Yield those of `hits` (ascending) that are to be looked at, some at a time.

        What is learned of some spares others like them, and so does one of the `parts` of `text` that has come to be
        among the `found`.
        """
        memory = self._memory
        left = np.empty(_AT_ONCE, dtype=np.int64)
        starts, kinds = columns(parts)
        is_open = np.zeros(len(starts), dtype=np.uint8)
        passed = np.zeros(len(self._rules), dtype=np.int64)
        state = np.zeros(2, dtype=np.int64)
        data = np.frombuffer(text, dtype=np.uint8)
        packed = np.array(hits, dtype=np.int64)
        while state[0] < len(packed):
            count = open_hits(
                data,
                packed,
                starts,
                kinds,
                self._rules,
                self._bounds,
                self._classes,
                memory.slots,
                memory.entries,
                memory.arena,
                memory.seed,
                is_open,
                passed,
                state,
                left,
            )
            some: list[int] = left[:count].tolist()
            for what in {hit & _WHAT for hit in some}:
                if not self._is_told[what]:
                    self._tell(what)
            if some:
                yield some
                is_open[list(found)] = 1

    def learn(
        self,
        closed: MutableMapping[tuple[int, str], set[bytes]],
        runs: Mapping[bytes, int],
    ) -> bool:
        """Take over closed lines, which are then forgotten where they come from, and runs of letters.

        `runs` tells of runs in lower case that are new how many letters lie in words. Return whether all others have
        been forgotten, for want of room.
        """
        found = [(RUN_OF_LETTERS, run, covered) for run, covered in runs.items()]
        for (what, kind), lines in closed.items():
            tag = what * KINDS + CODES[kind]
            found += [(tag, line, 1) for line in lines]
        closed.clear()
        return self._memory.add(found)

    def _tell(self, what: int) -> None:
        """Let kernels know a rule that was hit: most never are."""
        self._is_told[what] = 1
        traits = self._traits(what)
        row = self._rules[what]
        style = FAMILY if traits.is_family else LINE if traits.is_on_line else OTHER
        words = (BEHIND_QUOTES if traits.is_quoted else ALL_VALUES) if traits.refuses_words else NOT_WORDY
        row[:APPLIES_FROM] = style, traits.back, traits.ahead, traits.run, words
        row[APPLIES_FROM:] = 0
        for kind in traits.kinds:
            row[APPLIES_FROM + CODES[kind]] = 1
