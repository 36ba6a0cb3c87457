"""Needles found in text, and where rules may match around them. The twin is Hyperscan, on all of the text."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from secretscan.kernels.around import FINDS, TOO_MUCH, Finds, add_window
from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    PLACES,
    TABLE,
    WORDS,
    Bytes,
    Numbers,
    Places,
    Table,
    Words,
    compiled,
    inner,
    named_arrays,
    number,
)
from secretscan.kernels.grams import (
    BLOCK_BYTES,
    EDGES,
    PROBES,
    ROW_BITS,
    candidates,
    look_up,
    look_up_edges,
    may_stand,
    probed_bytes,
    stands,
)
from secretscan.kernels.lanes import LANES, TOKEN_BYTES
from secretscan.kernels.names import NAMES, START, Names, follow
from secretscan.kernels.needlerows import (
    FAMILY,
    FIRST,
    KIND,
    KINDS,
    LENGTH,
    NEEDLES,
    RULE,
    SETS,
    STATE,
    Needles,
    window_of,
)
from secretscan.kernels.runs import find_runs

_RUNS = BLOCK_BYTES // (2 * TOKEN_BYTES)
_STEPS_PER_BYTE = 16
_STEPS_AT_LEAST = 100_000


class Room(NamedTuple):
    """Memory that a search uses."""

    flags: Bytes
    words: Words
    """The flags, eight at a time."""
    places: Numbers
    links: Places
    begins: Numbers
    ends: Numbers


class Ranges(NamedTuple):
    """Ranges of a text."""

    bounds: Table
    """From where up to where each is, ascending and disjoint, and of which kind, as one bit."""


RANGES: Final = named_arrays(Ranges, (TABLE,))
ROOM: Final = named_arrays(Room, (BYTES, WORDS, NUMBERS, PLACES, NUMBERS, NUMBERS))


def make_ranges(count: int) -> Ranges:
    """Return room for so many ranges."""
    return Ranges(np.empty((count, 3), np.int64))


def make_room() -> Room:
    """Return memory for searches, one at a time."""
    flags = np.zeros(PROBES // LANES, np.uint8)
    return Room(
        flags,
        flags.view(np.uint64),
        np.empty(PROBES + EDGES, np.int64),
        np.empty(PROBES + EDGES, np.uint32),
        np.empty(_RUNS, np.int64),
        np.empty(_RUNS, np.int64),
    )


@inner
def _part_of(begin: int, part: int, ranges: Table) -> int:
    """Return which range `begin` is in or before; `part` is that of another place nearby."""
    while part < len(ranges) and ranges[part, 1] <= begin:
        part += 1
    while part > 0 and begin < ranges[part - 1, 1]:  # needles begin before or behind their grams
        part -= 1
    return part


@inner
def _add_runs(
    run: int, begins: Numbers, ends: Numbers, place: int, bounds: tuple[int, int, int],
    lows: Numbers, highs: Numbers, count: int,
) -> tuple[int, int]:  # fmt: skip
    """Add the windows of runs that begin up to `place`; `bounds` are how many runs, their reach and the text's size.

    Return the next run, and how many windows there are.
    """
    runs, around, size = bounds
    while run < runs and begins[run] <= place and count != TOO_MUCH:
        count = add_window(lows, highs, count, max(0, begins[run] - around), min(size, ends[run] + around))
        run += 1
    return run, count


@inner
def _grams(
    data: Bytes, at: int, limit: int, bits: Places, slots: Places, flags: Bytes, masks: Words, places: Numbers,
    links: Places,
) -> int:  # fmt: skip
    """Put the grams of the block at `at` into `places`, and where they lead into `links`; return how many.

    From `limit` on stands the edge of the text.
    """
    count = look_up_edges(data, -2, slots, places, links, 0) if at == 0 else 0
    flagged = candidates(data, at, limit, bits, flags)
    count = look_up(data, at, masks, flagged // 8, slots, places, links, count)
    if at + BLOCK_BYTES > limit:
        count = look_up_edges(data, limit, slots, places, links, count)
    return count


@compiled(NUMBER, FROZEN, RANGES, NUMBER, NEEDLES, NAMES, ROOM, NUMBER, NUMBER, FINDS)
def find_needles(
    data: Bytes, ranges: Ranges, range_count: int, needles: Needles, names: Names, room: Room, base: int,
    first_number: int, finds: Finds,
) -> int:  # fmt: skip
    """Find where rules may match in `data`, and the triggers of families that begin in it; return how many grams.

    The first `range_count` of the `ranges` of the data are texts. `base`: beyond all offsets of earlier calls
    (`names.follow`). Hits of families get numbers from `first_number` on.
    """
    texts = ranges.bounds[: max(0, range_count)]
    flags, words, places, links, begins, ends = room
    bits, slots, listed, rows, sets, members, long_runs, byte_classes = needles
    classes, table, accepts, since, until = names
    lows, highs, hits, counts, _, _ = finds
    filled, steps = 0, _STEPS_AT_LEAST + _STEPS_PER_BYTE * len(data)
    windows = seen = part = at = run_end = 0
    limit = probed_bytes(len(data))
    while at <= limit and steps >= 0:
        count = _grams(data, at, limit, bits, slots, flags, words, places, links)
        seen += count
        run = runs = 0
        if long_runs[0] and windows != TOO_MUCH:
            high = min(at + BLOCK_BYTES, len(data))
            runs = find_runs(data, at, high, long_runs[0], run_end, byte_classes, begins, ends)
            run_end = ends[runs - 1] if runs else run_end
        bounds = (runs, long_runs[1], len(data))
        at += BLOCK_BYTES
        for n in range(count):
            place, link = places[n], number(links[n])
            if run < runs:  # in order of place
                run, windows = _add_runs(run, begins, ends, place, bounds, lows, highs, windows)
            while listed[link] and steps >= 0:
                entry, link, steps = listed[link], link + 1, steps - 1
                if not may_stand(data, place, entry):
                    continue
                row = number(entry & np.uint32((1 << ROW_BITS) - 1))
                begin, kind = place + rows[row, FIRST], rows[row, KIND]
                if not stands(data, begin, rows[row, LENGTH], rows[row, SETS], sets, members):
                    continue
                if kind != RULE:
                    part = _part_of(begin, part, texts)
                    if part == len(texts) or begin < texts[part, 0] or not texts[part, 2] & rows[row, KINDS]:
                        continue
                if kind == FAMILY:
                    state = rows[row, STATE]
                    begin += rows[row, LENGTH] if state != START else 0
                    filled, steps = follow(
                        data, begin, state, classes, table, accepts, since, until, base, first_number, hits, filled, steps
                    )  # fmt: skip
                elif windows != TOO_MUCH:
                    windows, looked = window_of(
                        data, place, rows, row, members, byte_classes, lows, highs, windows
                    )
                    steps -= looked
        run, windows = _add_runs(run, begins, ends, len(data), bounds, lows, highs, windows)
    counts[0], counts[1] = windows if steps >= 0 else TOO_MUCH, filled if steps >= 0 else TOO_MUCH
    return seen
