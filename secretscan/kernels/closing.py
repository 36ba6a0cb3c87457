"""Hits of triggers that lead to nothing, told apart in bulk. The twin is `engine.screen.Screen`.

What the twin would close for what it remembers, this closes; all else is left to the twin to look at.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    SEED,
    TABLE,
    Bytes,
    Numbers,
    compiled,
    inner,
)
from secretscan.kernels.memory import UNKNOWN, recall
from secretscan.kernels.words import SPACE, holds_run, is_wordy

END_BITS: Final = 20
"""A hit is one number: the end of the trigger, shifted by this, and what was hit."""
KINDS: Final = 8
"""A line is remembered under the tag `hit * KINDS + kind of file`."""

OTHER, LINE, FAMILY = 0, 1, 2
"""How a rule is looked at: by the twin alone, by its line, or by its line and the one before."""
APPLIES_FROM: Final = 5
"""Column of the first kind of file; 1 where the rule applies."""
STYLE, BACK, AHEAD, RUN, WORDS = 0, 1, 2, 3, 4
"""Columns of a rule: how it is looked at, its reach in bytes, the token bytes in a row that it needs,
and how it takes words."""

NOT_WORDY, ALL_VALUES, BEHIND_QUOTES = 0, 1, 2
"""Whether words are refused as values of a rule: never, all, or, since it has no others, those behind quotes."""

_UNSETTLED = _NO_LINE = _UNTOLD = -1
_WHAT = (1 << END_BITS) - 1


@inner
def _part(text: Bytes, parts: Numbers, number: int) -> tuple[int, int]:
    """Return where a part starts and ends."""
    return parts[number], parts[number + 1] if number + 1 < len(parts) else len(text)


@inner
def _settled_by_rule(
    text: Bytes, end: int, low: int, high: int, rule: Numbers, kind: int, classes: Bytes
) -> int:
    """Return up to where hits of a rule are settled by what it is, `_UNSETTLED` when they are not."""
    if not rule[APPLIES_FROM + kind]:
        return high
    run = rule[RUN]
    if run > 1 and not holds_run(
        text, max(low, end - rule[BACK]), min(high, end + rule[AHEAD]), run, classes
    ):
        return end
    return _UNSETTLED


@inner
def _line(text: Bytes, end: int, low: int, high: int, long_line: int) -> tuple[int, int]:
    """Return the line in which a trigger ends, inside the part [low, high); its end is `_NO_LINE` for a long one."""
    near, far = max(low, end - long_line), min(high, end + long_line)
    begin = stop = end - 1
    while begin > near and text[begin - 1] != 0x0A:
        begin -= 1
    while stop < far and text[stop] != 0x0A:
        stop += 1
    is_cut = (begin == near and near > low) or (stop == far and far < high)
    return begin, _NO_LINE if is_cut or stop - begin > long_line else stop


@inner
def _is_remembered(
    text: Bytes,
    end: int,
    line: tuple[int, int],
    part: tuple[int, int],
    is_family: bool,
    tag: int,
    bounds: Numbers,
    classes: Bytes,
    slots: Numbers,
    entries: Numbers,
    arena: Bytes,
    seed: np.uint64,
) -> bool:
    """Whether a line is remembered under a tag; for a family with the line before, where values may be named."""
    begin, stop = line
    if is_family:
        near = max(part[0], end - bounds[0])
        while begin > near and classes[text[begin - 1]] & SPACE:
            begin -= 1
        while begin > near and text[begin - 1] != 0x0A:
            begin -= 1
    seen = min(part[1], stop + bounds[1])
    return recall(slots, entries, arena, seed, text, begin, seen, tag, 0) != UNKNOWN


@compiled(
    NUMBER,
    FROZEN,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    TABLE,
    NUMBERS,
    BYTES,
    NUMBERS,
    TABLE,
    BYTES,
    SEED,
    BYTES,
    NUMBERS,
    NUMBERS,
    NUMBERS,
)
def open_hits(
    text: Bytes, hits: Numbers, parts: Numbers, kinds: Numbers, rules: Numbers, bounds: Numbers, classes: Bytes,
    slots: Numbers, entries: Numbers, arena: Bytes, seed: np.uint64,
    is_open: Bytes, passed: Numbers, state: Numbers, left: Numbers,
) -> int:  # fmt: skip
    """Put hits that the twin must look at into `left` until it is full; return how many they are.

    `hits` are ascending; `parts` are the starts of the parts of `text`, `kinds` the kinds of their files; what is in a
    part that `is_open` is passed over. `rules` has a row for all that can be hit. `bounds`: bytes of a line from which
    the twin decides, bytes of lookaround, percentage of letters from which all are words. `state` is where to go on,
    hit and part, and `passed` up to where each rule is settled: noughts in the first call for a text.
    """
    count = 0
    at, number = state[0], state[1]
    low, high = _part(text, parts, number)
    begin, stop = 0, _NO_LINE
    in_all = in_quotes = _UNTOLD  # whether words take up the line of the hit before
    while at < len(hits) and count < len(left):
        end, what = hits[at] >> END_BITS, hits[at] & _WHAT
        at += 1
        while end > high:
            number += 1
            low, high = _part(text, parts, number)
            stop = _NO_LINE
        if end <= passed[what] or is_open[number]:
            continue
        rule = rules[what]
        settled = _settled_by_rule(text, end, low, high, rule, kinds[number], classes)
        if settled == _UNSETTLED and rule[STYLE] != OTHER:
            if not begin < end <= stop + 1:
                begin, stop = _line(text, end, low, high, bounds[0])
                in_all = in_quotes = _UNTOLD
            quoted = rule[WORDS] == BEHIND_QUOTES
            words = in_quotes if quoted else in_all
            if stop != _NO_LINE and rule[WORDS] != NOT_WORDY and words == _UNTOLD:
                words = int(
                    is_wordy(text, begin, stop, quoted, classes, slots, entries, arena, seed, bounds[2])
                )
                in_all, in_quotes = (in_all, words) if quoted else (words, in_quotes)
            is_closed = rule[WORDS] != NOT_WORDY and words == 1
            if stop != _NO_LINE and not is_closed:
                tag, is_family = what * KINDS + kinds[number], rule[STYLE] == FAMILY
                is_closed = _is_remembered(
                    text, end, (begin, stop), (low, high), is_family, tag, bounds, classes, slots, entries, arena, seed
                )  # fmt: skip
            if stop != _NO_LINE and is_closed:
                settled = stop
        if settled == _UNSETTLED:
            left[count] = hits[at - 1]
            count += 1
        else:
            passed[what] = settled
    state[0], state[1] = at, number
    return count
