"""Needles found in text, and where rules may match around them. The twin is Hyperscan, on all of the text."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from secretscan.kernels.around import TOO_MUCH, add_window, holds_all, lines
from secretscan.kernels.compiled import (
    BYTES,
    FOURS,
    FROZEN,
    NUMBER,
    NUMBERS,
    PLACES,
    SHIFTED_FOURS,
    STATES,
    TABLE,
    WORDS,
    Bytes,
    Fours,
    Numbers,
    Places,
    States,
    Table,
    Words,
    compiled,
    inner,
    named_arrays,
    number,
)
from secretscan.kernels.grams import EDGES, GRAM_BYTES, PROBES, candidates, look_up, look_up_edges
from secretscan.kernels.names import NAMES, START, Names, follow
from secretscan.kernels.runs import BLOCK_BYTES, find_runs
from secretscan.kernels.words import holds_run


class Needles(NamedTuple):
    """The tables of `engine.needletables`."""

    bits: Words
    slots: Places
    listed: Places
    """Needles by gram, each list up to a 0; so is the first."""
    rows: Table
    """A row for each needle and gram of it; row 0 is none."""
    sets: States
    members: Bytes
    """For each set 256 bytes, 1 where the byte is in it; the same for several sets at once, with a bit for each."""
    runs: Numbers
    """How many token bytes in a row are a needle too, 0 for none, and how far around them a trigger may reach."""
    classes: Bytes
    """The classes of bytes (`words.byte_classes`)."""


NEEDLES: Final = named_arrays(Needles, (WORDS, PLACES, PLACES, TABLE, STATES, BYTES, NUMBERS, BYTES))

FIRST, LENGTH, SETS, BACK, AHEAD, FAR_AHEAD, RUN, SPAN, NEEDED, ALL_NEEDED, KIND, STATE = range(12)
"""Columns of a needle: where it begins, from the gram; its bytes; its first set; how far a trigger reaches from the
gram, and how far a match reaches behind it; the token bytes in a row that a match needs; the bytes its newlines lie
within, or `around.ANY_SPAN`; where `members` says by bits which of the bytes that it needs a byte is, and all these bits;
what it belongs to; and for a family the state of the automaton behind it, or `START`."""
RULE, TEXT_RULE, FAMILY = 0, 1, 2
"""What a needle belongs to: a rule, one that finds nothing in binary data, a family, which begins with it."""
ROW_BITS: Final = 16
"""Bits of what is listed that are a row. Above them, in four bits, where another byte of the needle stands, from four
bytes before the gram on, and in the highest eight that byte, folded; 0 where no other byte is certain."""

_STEPS_PER_BYTE = 16
_STEPS_AT_LEAST = 100_000


@inner
def _may_stand(data: Bytes, place: int, entry: np.uint32) -> bool:
    """Whether the byte of an entry of a list stands where it says."""
    byte = entry >> np.uint32(24)
    at = place + number(entry >> np.uint32(ROW_BITS) & np.uint32(15)) - GRAM_BYTES
    return byte == 0 or (0 <= at < len(data) and np.uint32(np.uint32(data[at]) | np.uint32(0x20)) == byte)


@inner
def _stands(data: Bytes, at: int, length: int, first: int, sets: States, members: Bytes) -> bool:
    """Whether the needle with these sets stands at `at`."""
    if at < 0 or at + length > len(data):
        return False
    for n in range(length):
        if not members[number(sets[first + n]) << 8 | number(data[at + n])]:
            return False
    return True


@inner
def _window(
    data: Bytes,
    place: int,
    rows: Table,
    row: int,
    members: Bytes,
    byte_classes: Bytes,
    lows: Numbers,
    highs: Numbers,
    count: int,
) -> tuple[int, int]:
    """Add the window of a needle whose gram stands at `place`, if a match is possible.

    Return how many windows there are, or `TOO_MUCH`, and how many bytes were looked at for it.
    """
    low, high = max(0, place - rows[row, BACK]), min(len(data), place + rows[row, AHEAD])
    if count and lows[count - 1] <= low and high <= highs[count - 1]:
        return count, 0
    first, last = lines(
        data, place + rows[row, FIRST], rows[row, SPAN], low, min(len(data), place + rows[row, FAR_AHEAD])
    )
    looked, run = 2 * (last - first), rows[row, RUN]
    if run > 1 and not holds_run(data, first, last, run, byte_classes):
        return count, looked
    if not holds_all(data, first, last, members, rows[row, NEEDED], rows[row, ALL_NEEDED]):
        return count, looked
    return add_window(lows, highs, count, first, min(last, high)), looked


@compiled(
    NUMBER,
    FROZEN,
    FOURS,
    SHIFTED_FOURS,
    NUMBERS,
    NUMBERS,
    NEEDLES,
    NAMES,
    NUMBER,
    NUMBER,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
)
def find_needles(
    data: Bytes,
    fours: Fours,
    others: Fours,
    starts: Numbers,
    stops: Numbers,
    needles: Needles,
    names: Names,
    base: int,
    first_number: int,
    lows: Numbers,
    highs: Numbers,
    hits: Numbers,
    counts: Numbers,
) -> int:
    """Find where rules may match in `data`, and the triggers of families that begin in it.

    `fours` and `others` are the same data, four bytes at a time from the first and from the third byte on; it is binary
    but for the ranges `starts[n]:stops[n]`. `base` is beyond all offsets of earlier calls (`names.follow`). Windows
    that hold each trigger that can lead to a match go to `lows` and `highs`, ascending and disjoint; the hits of
    families to `hits`, as where each ends, shifted by `END_BITS`, and its number from `first_number` on, unsorted and
    some several times. Puts into `counts` how many there are of both, or `TOO_MUCH`. Returns how many grams were found.
    """
    found = np.empty(PROBES + 1, np.uint32)
    places, links = np.empty(PROBES + EDGES, np.int64), np.empty(PROBES + EDGES, np.uint32)
    bits, slots, listed, rows, sets, members, runs, byte_classes = needles
    classes, table, accepts, since, until = names
    filled, steps = 0, _STEPS_AT_LEAST + _STEPS_PER_BYTE * len(data)
    windows = seen = part = at = 0
    flags = np.zeros(2 * PROBES, np.uint8)
    flag_words = flags.view(np.uint64)
    begins, ends = (
        np.empty(2 * PROBES // BLOCK_BYTES, np.int64),
        np.empty(2 * PROBES // BLOCK_BYTES, np.int64),
    )
    run_end = 0
    limit = max(0, min(len(others), len(fours) - 1))
    while at <= limit and steps >= 0:
        count = look_up_edges(data, -2, slots, places, links, 0) if at == 0 else 0
        found_now = candidates(fours, others, at, limit, bits, found)
        count = look_up(fours, found, found_now, slots, places, links, count)
        seen += count
        at += PROBES // 2
        if at > limit:
            count = look_up_edges(data, 4 * limit, slots, places, links, count)
        run = run_count = 0
        if runs[0] and windows >= 0:
            run_count = find_runs(
                data,
                4 * (at - PROBES // 2),
                min(4 * at, len(data)),
                runs[0],
                run_end,
                byte_classes,
                flags,
                flag_words,
                begins,
                ends,
            )
            run_end = ends[run_count - 1] if run_count else run_end
        for n in range(count + 1):
            # in order of place, with what is left of the runs behind the last
            place = places[n] if n < count else len(data)
            while run < run_count and begins[run] <= place and windows >= 0:
                low, high = max(0, begins[run] - runs[1]), min(len(data), ends[run] + runs[1])
                windows = add_window(lows, highs, windows, low, high)
                run += 1
            link = number(links[n]) if n < count else 0
            while listed[link]:
                entry = listed[link]
                link += 1
                steps -= 1
                if not _may_stand(data, place, entry):
                    continue
                row = number(entry & np.uint32((1 << ROW_BITS) - 1))
                begin, kind = place + rows[row, FIRST], rows[row, KIND]
                if not _stands(data, begin, rows[row, LENGTH], rows[row, SETS], sets, members):
                    continue
                if kind != RULE:
                    while part < len(starts) and stops[part] <= begin:
                        part += 1
                    while part > 0 and begin < stops[part - 1]:  # needles begin before or behind their grams
                        part -= 1
                    if part == len(starts) or begin < starts[part]:
                        continue
                if kind == FAMILY:
                    state = rows[row, STATE]
                    begin += rows[row, LENGTH] if state != START else 0
                    filled, steps = follow(
                        data,
                        begin,
                        state,
                        classes,
                        table,
                        accepts,
                        since,
                        until,
                        base,
                        first_number,
                        hits,
                        filled,
                        steps,
                    )
                elif windows >= 0:
                    windows, looked = _window(
                        data, place, rows, row, members, byte_classes, lows, highs, windows
                    )
                    steps -= looked
            if steps < 0:
                break
    counts[0], counts[1] = windows if steps >= 0 else TOO_MUCH, filled if steps >= 0 else TOO_MUCH
    return seen
