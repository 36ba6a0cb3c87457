"""Names and what follows them, found by an automaton. The twin is Hyperscan, with `engine.trigger.families_of`."""

from __future__ import annotations

import numpy as np

from secretscan.kernels.closing import END_BITS
from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    STATES,
    WORDS,
    Bytes,
    Numbers,
    States,
    Words,
    compiled,
    inner,
    number,
)

TOO_MUCH = -1
"""Answer of `family_hits` when there are more hits than room for them, or more steps than are worth it."""

_HEAD_BYTES = 4
_PATTERNS = 8
_CANDIDATES = 4096
_STEPS_PER_BYTE = 16
_STEPS_AT_LEAST = 100_000


@inner
def _candidates(data: Bytes, at: int, stop: int, heads: Words, found: Numbers) -> tuple[int, int]:
    """Fill `found` with offsets in [at, stop) where a head stands; return how many, and where to go on."""
    full, bits, last = np.uint64(0xFFFF), np.uint64(16), np.uint64(48)
    seen = np.uint64(0)
    count = 0
    end = min(stop + _HEAD_BYTES - 1, len(data))
    while at < end:
        seen = (seen << bits | full) & heads[data[at]]
        at += 1
        if seen >> last:
            found[count] = at - _HEAD_BYTES
            count += 1
            if count == len(found):
                return count, at - _HEAD_BYTES + 1
    return count, stop


@inner
def _follow(
    data: Bytes,
    found: Numbers,
    count: int,
    classes: Bytes,
    table: States,
    accepts: Bytes,
    since: Numbers,
    until: Numbers,
    first_number: int,
    hits: Numbers,
    filled: int,
    steps: int,
) -> tuple[int, int]:
    """Run the automaton from each candidate until it dies, or does what it did before from another one.

    Return how many hits there are then, and how many steps are left; fewer than none when there was no room.
    """
    width = len(table) // len(accepts)
    for n in range(count):
        state, at = 1, found[n]
        while at < len(data):
            state = number(table[state * width + number(classes[data[at]])])
            at += 1
            if state == 0 or since[state] <= at <= until[state]:
                break
            if until[state] == at - 1:
                until[state] = at
            else:
                since[state], until[state] = at, at
            steps -= 1
            bits = number(accepts[state])
            if bits:
                for k in range(_PATTERNS):
                    if bits >> k & 1:
                        if filled == len(hits):
                            return filled, -1
                        hits[filled] = at << END_BITS | first_number + k
                        filled += 1
        if steps < 0:
            break
    return filled, steps


@compiled(NUMBER, FROZEN, NUMBERS, NUMBERS, WORDS, BYTES, STATES, BYTES, NUMBER, NUMBERS)
def family_hits(
    data: Bytes,
    starts: Numbers,
    stops: Numbers,
    heads: Words,
    classes: Bytes,
    table: States,
    accepts: Bytes,
    first_number: int,
    hits: Numbers,
) -> int:
    """Find the triggers that begin in the ranges `starts[n]:stops[n]` of `data`; return how many, or `TOO_MUCH`.

    The tables are those of `engine.familytables`. Each goes to `hits` as where it ends, shifted by `END_BITS`, and
    its number, counted from `first_number`; unsorted, and one may come several times.
    """
    # in which state the automaton has been at which offsets, the last range of them: what follows is the same
    since, until = np.full(len(accepts), 1 << 62, np.int64), np.full(len(accepts), -2, np.int64)
    found = np.empty(_CANDIDATES, np.int64)
    filled, steps = 0, _STEPS_AT_LEAST + _STEPS_PER_BYTE * len(data)
    for n in range(len(starts)):
        at = starts[n]
        while at < stops[n]:
            count, at = _candidates(data, at, stops[n], heads, found)
            filled, steps = _follow(
                data,
                found,
                count,
                classes,
                table,
                accepts,
                since,
                until,
                first_number,
                hits,
                filled,
                steps,
            )
            if steps < 0:
                return TOO_MUCH
    return filled
