"""Whether tables from a file are sound: kernels follow them without looking where they lead."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.engine.needles import ANY_KIND, FAMILY, KIND_RULE, RULE
from secretscan.engine.needletables import (
    ANY_SPAN,
    COLUMNS,
    PLACE_BITS,
    ROW_BITS,
    SLOT_BITS,
    WIDE_SPAN,
    WORD_BITS,
    NeedleTables,
)
from secretscan.engine.trigger import MAX_CONTEXT
from secretscan.rules.automaton import START, Automaton
from secretscan.rules.needles import LONGEST

_FARTHEST: Final = 2 * MAX_CONTEXT
"""Bytes that anything in a row may reach."""
_KINDS: Final = (RULE, KIND_RULE, FAMILY)


def is_sound_automaton(made: Automaton, patterns: int) -> bool:
    """Whether no state leads to one that is none, and none tells of more than so many patterns."""
    states = len(made.accepts)
    return (
        len(made.classes) == 256
        and states > START
        and len(made.table) == made.width * states
        and max(made.classes) < made.width
        and int(np.max(made.table)) < states
        and max(made.accepts) < 1 << patterns
    )


def are_sound_needles(tables: NeedleTables, states: int) -> bool:
    """Whether no table leads outside another, or outside an automaton of so many states."""
    rows = np.array(tables.rows, dtype=np.int64)
    slots, listed = np.array(tables.slots, dtype=np.int64), np.array(tables.listed, dtype=np.int64)
    sets, odd = divmod(len(tables.members), 256)
    return bool(
        len(tables.bits) == 1 << WORD_BITS
        and len(slots) == 1 << SLOT_BITS
        and len(rows) % COLUMNS == odd == 0
        and len(listed)
        and (slots == 0).any()
        and (slots & (1 << PLACE_BITS) - 1).max() < len(listed)
        and listed[0] == listed[-1] == 0
        and (listed & (1 << ROW_BITS) - 1).max() < len(rows) // COLUMNS
        and max(tables.sets, default=-1) < sets
        and _are_sound(rows.reshape(-1, COLUMNS)[1:], len(tables.sets), sets, states)
    )


def _are_sound(
    rows: np.ndarray[tuple[int, int], np.dtype[np.int64]], length: int, sets: int, states: int
) -> bool:
    first, own, first_set, back, ahead, far_ahead, run, span, needed, bits, kind, state, kinds = rows.T
    bounds = (
        (first, -LONGEST, LONGEST),
        (own, 1, LONGEST),
        (first_set, 0, length),
        (back, -LONGEST, _FARTHEST),
        (ahead, -LONGEST, _FARTHEST),
        (far_ahead, -LONGEST, _FARTHEST),
        (run, 0, _FARTHEST),
        (span, ANY_SPAN, WIDE_SPAN),
        (needed, 0, sets - 1),
        (bits, 0, 255),
        (kind, min(_KINDS), max(_KINDS)),
        (state, 0, states - 1),
        (kinds, 0, ANY_KIND),
    )
    inside = all(bool(((low <= column) & (column <= high)).all()) for column, low, high in bounds)
    return inside and bool(
        (first_set + own <= length).all()
        and (back + first >= 0).all()
        and (ahead >= first).all()
        and (far_ahead >= ahead).all()
    )
