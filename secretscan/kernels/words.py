"""Lines of words, told by the runs of letters that a table holds. The twin is `engine.wordy.WordyLines`."""

from __future__ import annotations

from typing import Final

import numpy as np

from secretscan.kernels.compiled import Bytes, Numbers, inner
from secretscan.kernels.memory import UNKNOWN, recall

RUN_OF_LETTERS: Final = -1
"""The tag of a run of letters, in lower case; its value is how many of them lie in words (`judge.language`)."""

_LONGEST_WORDY = 160
_SHORTEST_RUN = _SHORTEST_VALUE = 3
_USER, _UID, _LOGIN = tuple(b"user"), tuple(b"uid"), tuple(b"login")

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
def holds_run(text: Bytes, low: int, high: int, length: int, classes: Bytes) -> bool:
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


@inner
def is_wordy(
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
