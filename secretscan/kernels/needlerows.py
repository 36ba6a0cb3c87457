"""The tables of needles as kernels read them, and the windows around what stands in a text."""

from __future__ import annotations

from typing import Final, NamedTuple

from secretscan.kernels.around import add_window, holds_all, lines
from secretscan.kernels.compiled import (
    BYTES,
    NUMBERS,
    PLACES,
    STATES,
    TABLE,
    Bytes,
    Numbers,
    Places,
    States,
    Table,
    inner,
    named_arrays,
)
from secretscan.kernels.words import holds_run


class Needles(NamedTuple):
    """The tables of `engine.needletables`."""

    bits: Places
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


NEEDLES: Final = named_arrays(Needles, (PLACES, PLACES, PLACES, TABLE, STATES, BYTES, NUMBERS, BYTES))

FIRST, LENGTH, SETS, BACK, AHEAD, FAR_AHEAD, RUN, SPAN, NEEDED, ALL_NEEDED, KIND, STATE, KINDS = range(13)
"""Columns of a needle: where it begins, from the gram; its bytes; its first set; how far a trigger reaches from the
gram, and how far a match reaches behind it; the token bytes in a row that a match needs; the bytes its newlines lie
within, or `around.ANY_SPAN`; where `members` says by bits which of the bytes that it needs a byte is, and all these bits;
what it belongs to; for a family the state of the automaton behind it, or `START`; the kinds of texts in which it counts,
by bits."""
RULE, KIND_RULE, FAMILY = 0, 1, 2
"""What a needle belongs to: a rule for texts of any kind, one for some, a family, which begins with it."""


@inner
def window_of(
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
