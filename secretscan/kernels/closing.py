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

END_BITS: Final = 20
"""A hit is one number: the end of the trigger, shifted by this, and what was hit."""
KINDS: Final = 8
"""A line is remembered under the tag `hit * KINDS + kind of file`."""
RUN_OF_LETTERS: Final = -1
"""The tag of a run of letters, in lower case; its value is how many of them lie in words (`judge.language`)."""

OTHER, LINE, FAMILY = 0, 1, 2
"""How a rule is looked at: by the twin alone, by its line, or by its line and the one before."""
APPLIES_FROM: Final = 4
"""Column of the first kind of file; 1 where the rule applies."""
STYLE, BACK, AHEAD, RUN = 0, 1, 2, 3
"""Columns of a rule: how it is looked at, its reach in bytes, the token bytes in a row that it needs."""

NOT_WORDY, ALL_VALUES, BEHIND_QUOTES = 0, 1, 2
"""Whether words are refused as values of a rule: never, all, or, since it has no others, those behind quotes."""

_LONGEST_WORDY = 160
_SHORTEST_RUN = _SHORTEST_VALUE = 3


SPACE, QUOTE, DIGIT, TOKEN, UPPER, LOWER, SPLIT = 1, 2, 4, 8, 16, 32, 64
"""Bits of the class of a byte."""
WORD: Final = DIGIT | UPPER | LOWER


def byte_classes() -> Bytes:
    """Return the classes of each byte. What splits values is said in `engine.wordy`."""
    classes = np.zeros(256, dtype=np.uint8)
    upper, lower, digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz", b"0123456789"
    members = (
        (SPACE, b" \t\n\r\x0b\x0c"),
        (QUOTE, b"\"'`"),
        (DIGIT, digits),
        (TOKEN, upper + lower + digits + b"+/=_.-"),
        (UPPER, upper),
        (LOWER, lower),
        (SPLIT, b"=:>(),;<&}]\\{["),
    )
    for bit, inside in members:
        classes[list(inside)] |= bit
    return classes


@inner
def _holds_run(text: Bytes, low: int, high: int, length: int, classes: Bytes) -> bool:
    """Whether `length` token bytes stand in a row in [low, high)."""
    at = low + length - 1
    # from the last byte of a possible run backwards: most are refuted at once
    while at < high:
        first = at - length
        k = at
        while k > first and classes[text[k]] & TOKEN:
            k -= 1
        if k == first:
            return True
        at = k + length
    return False


@inner
def _is_wordy(
    text: Bytes,
    low: int,
    high: int,
    behind_quotes: bool,
    classes: Bytes,
    slots: Numbers,
    entries: Numbers,
    arena: Bytes,
    seed: np.uint64,
    cover: int,
) -> bool:
    """Whether a line is one of words (`engine.wordy`), as far as the runs of letters in the table tell."""
    if high - low > _LONGEST_WORDY or _is_doubtful(text, low, high, classes):
        return False
    if behind_quotes:
        for at in range(low, high):
            if text[at] == 0x26:  # &quot; is a quote too
                behind_quotes = False
                break
    at = low
    while at < high:
        byte = classes[text[at]]
        at += 1
        if behind_quotes:
            if not byte & QUOTE:
                continue
        elif byte & (SPACE | QUOTE):
            continue
        else:
            at -= 1
        begin, is_word = at, True
        letters = covered = 0
        while at < high and not classes[text[at]] & (SPACE | QUOTE):
            byte = classes[text[at]]
            if not byte & (UPPER | LOWER):
                if byte & SPLIT:
                    is_word = is_word and (letters == 0 or 100 * covered > cover * letters)
                    letters = covered = 0
                at += 1
                continue
            first = at
            at = _run_end(text, at, high, classes)
            letters += at - first
            if at - first >= _SHORTEST_RUN:
                inside = recall(slots, entries, arena, seed, text, first, at, RUN_OF_LETTERS, 0x20)
                if inside == UNKNOWN:
                    return False
                covered += inside
        is_word = is_word and (letters == 0 or 100 * covered > cover * letters)
        if not is_word and (at - begin >= _SHORTEST_VALUE or _quotes_inside(text, low, high, classes)):
            return False
    return True


@inner
def _quotes_inside(text: Bytes, low: int, high: int, classes: Bytes) -> bool:
    """Whether a backslash stands on a line, or a quote between letters or digits: what is short may go on there."""
    for at in range(low, high):
        if text[at] == 0x5C:
            return True
        if text[at] == 0x27 and low < at < high - 1:
            before, after = text[at - 1], text[at + 1]
            if (classes[before] & WORD or before == 0x5F) and (classes[after] & WORD or after == 0x5F):
                return True
    return False


@inner
def _run_end(text: Bytes, at: int, high: int, classes: Bytes) -> int:
    """Return where the run of letters ends that begins at `at`.

    It ends where lower case changes to upper, and before the last of several capitals that lower case follows.
    """
    first = at
    while at < high and classes[text[at]] & UPPER:
        at += 1
    if at - first > 1:
        return at - 1 if at < high and classes[text[at]] & LOWER else at
    while at < high and classes[text[at]] & LOWER:
        at += 1
    return at


@inner
def _says(text: Bytes, at: int, high: int, word: tuple[int, ...]) -> bool:
    """Whether a word, in any case, stands at `at`."""
    if at + len(word) > high:
        return False
    for k in range(len(word)):
        if text[at + k] | 0x20 != word[k]:
            return False
    return True


_USER, _UID, _LOGIN = tuple(b"user"), tuple(b"uid"), tuple(b"login")


@inner
def _is_doubtful(text: Bytes, low: int, high: int, classes: Bytes) -> bool:
    """Whether digits or a user stand on a line."""
    for at in range(low, high):
        byte = text[at]
        if classes[byte] & DIGIT:
            return True
        byte |= 0x20
        if (
            (byte == 0x75 and _says(text, at, high, _USER))
            or (byte == 0x75 and _says(text, at, high, _UID))
            or (byte == 0x6C and _says(text, at, high, _LOGIN))
        ):
            return True
    return False


@compiled(
    NUMBER,
    FROZEN,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    TABLE,
    NUMBERS,
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
    text: Bytes,
    hits: Numbers,
    parts: Numbers,
    kinds: Numbers,
    rules: Numbers,
    wordy: Numbers,
    bounds: Numbers,
    classes: Bytes,
    slots: Numbers,
    entries: Numbers,
    arena: Bytes,
    seed: np.uint64,
    is_open: Bytes,
    passed: Numbers,
    state: Numbers,
    left: Numbers,
) -> int:
    """Put hits that the twin must look at into `left` until it is full; return how many they are.

    `hits` are ascending; `parts` are the starts of the parts of `text`, `kinds` the kinds of their files; hits in a
    part that `is_open` are passed over. `rules` has a row for all that can be hit, `wordy` tells what is refused
    on lines of words. `bounds`: bytes of a line from which the twin decides, bytes of lookaround, and the percentage
    of letters in words from which all are words. `classes`
    has the bits of `byte_classes` for each byte. `state` is where to go on, hit and part, and `passed` up to where
    each rule is settled: both are noughts in the first call for a text.
    """
    long_line, around = bounds[0], bounds[1]
    count = 0
    at, number = state[0], state[1]
    low = parts[number]
    high = parts[number + 1] if number + 1 < len(parts) else len(text)
    while at < len(hits) and count < len(left):
        hit = hits[at]
        at += 1
        end, what = hit >> END_BITS, hit & ((1 << END_BITS) - 1)
        while end > high:
            number += 1
            low = parts[number]
            high = parts[number + 1] if number + 1 < len(parts) else len(text)
        if end <= passed[what] or is_open[number]:
            continue
        kind = kinds[number]
        style = rules[what, STYLE]
        if not rules[what, APPLIES_FROM + kind]:
            passed[what] = high
            continue
        run = rules[what, RUN]
        if run > 1 and style != FAMILY:
            first, last = max(low, end - rules[what, BACK]), min(high, end + rules[what, AHEAD])
            if not _holds_run(text, first, last, run, classes):
                passed[what] = end
                continue
        if style == OTHER:
            left[count] = hit
            count += 1
            continue
        near, far = max(low, end - long_line), min(high, end + long_line)
        start = end - 1
        while start > near and text[start - 1] != 0x0A:
            start -= 1
        stop = end - 1
        while stop < far and text[stop] != 0x0A:
            stop += 1
        if (start == near and near > low) or (stop == far and far < high) or stop - start > long_line:
            left[count] = hit
            count += 1
            continue
        if wordy[what] and _is_wordy(
            text, start, stop, wordy[what] == BEHIND_QUOTES, classes, slots, entries, arena, seed, bounds[2]
        ):
            passed[what] = stop
            continue
        before = start
        if style == FAMILY:
            while before > near and classes[text[before - 1]] & SPACE:
                before -= 1
            while before > near and text[before - 1] != 0x0A:
                before -= 1
        seen = min(high, stop + around)
        tag = what * KINDS + kind
        if recall(slots, entries, arena, seed, text, before, seen, tag, 0) != UNKNOWN:
            passed[what] = stop
            continue
        left[count] = hit
        count += 1
    state[0], state[1] = at, number
    return count
