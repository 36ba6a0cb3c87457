"""Names and what follows them, found by an automaton. The twin is Hyperscan, with `engine.trigger.families_of`."""

from __future__ import annotations

from typing import Final, NamedTuple

from secretscan.kernels.closing import END_BITS
from secretscan.kernels.compiled import (
    BYTES,
    NUMBERS,
    STATES,
    Bytes,
    Numbers,
    States,
    inner,
    named_arrays,
    number,
)

START: Final = 1
"""The state with which it begins, as in `rules.automaton`."""

_PATTERNS = 8


class Names(NamedTuple):
    """The tables of an automaton (`rules.automaton`)."""

    classes: Bytes
    table: States
    accepts: Bytes
    since: Numbers
    until: Numbers
    """In which state it has been at which offsets, the last range of them: what follows is the same."""


NAMES: Final = named_arrays(Names, (BYTES, STATES, BYTES, NUMBERS, NUMBERS))


@inner
def follow(
    data: Bytes,
    at: int,
    state: int,
    classes: Bytes,
    table: States,
    accepts: Bytes,
    since: Numbers,
    until: Numbers,
    base: int,
    first_number: int,
    hits: Numbers,
    filled: int,
    steps: int,
) -> tuple[int, int]:
    """Run the automaton from `at`, where it is in `state`, until it dies, or does what it did before from another place.

    Fills `hits` from `filled` on. Offsets are remembered from `base` on. Return how many hits there are then, and how
    many steps are left; fewer than none when there was no room.
    """
    width = len(table) // len(accepts)
    while at < len(data):
        state = number(table[state * width + number(classes[data[at]])])
        at += 1
        if state == 0 or since[state] <= base + at <= until[state]:
            break
        if until[state] == base + at - 1:
            until[state] = base + at
        else:
            since[state], until[state] = base + at, base + at
        steps -= 1
        bits = number(accepts[state])
        if bits:
            for k in range(_PATTERNS):
                if bits >> k & 1:
                    if filled == len(hits):
                        return filled, -1
                    hits[filled] = at << END_BITS | first_number + k
                    filled += 1
    return filled, steps
