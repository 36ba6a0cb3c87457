"""How much a value looks like words: a word list and letter statistics, both in `language.json`.

The tables are learned from source code and documentation by bench/judge_language.py, never from labelled secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_RUN: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST_WORD: Final = 16
_SHORTEST_PART: Final = 4
_MOST_LETTERS: Final = 160
_ORDER: Final = {c: n for n, c in enumerate("^abcdefghijklmnopqrstuvwxyz$")}


@dataclass(frozen=True, slots=True)
class Wording:
    """How the letters of a value relate to words."""

    letters: int
    """Letters looked at (the first 160 bytes of the value)."""
    covered: float
    """Share of the letters that lie in words of the list, 0 to 1."""
    longest_gap: int
    """Length of the longest run of letters outside words."""
    runs: int
    """Runs of letters, split at changes from lower to upper case."""
    surprise: float
    """Mean surprise of a letter after its two predecessors, bits; English words 2.5, random letters 5 and more."""
    worst: float
    """Surprise of the most surprising run of three or more letters."""


@lru_cache(maxsize=1)
def _tables() -> tuple[frozenset[str], bytes]:
    raw = json.loads(Path(__file__).with_name("language.json").read_bytes())
    return frozenset(raw["words"].split()), raw["trigrams"].encode("ascii")


def is_word(text: str) -> bool:
    """Return whether `text`, in lower case, is in the word list."""
    return text in _tables()[0]


@lru_cache(maxsize=8192)
def wording(value: bytes) -> Wording:
    """Return how the letters of `value` relate to words."""
    words, trigrams = _tables()
    letters = covered = gap = runs = 0
    total = worst = 0.0
    for match in _RUN.finditer(value[:_MOST_LETTERS]):
        run = match[0].lower().decode("ascii")
        length = len(run)
        runs += 1
        letters += length
        if length < 3:
            gap = max(gap, length)
            total += 4.5 * length
            continue
        inside, hole = _cover(run, words)
        covered += inside
        gap = max(gap, hole)
        bits = _surprise(run, trigrams)
        total += bits * length
        worst = max(worst, bits)
    if not letters:
        return Wording(0, 0.0, 0, 0, 0.0, 0.0)
    return Wording(letters, covered / letters, gap, runs, total / letters, worst)


def covered_runs(value: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the runs of letters in `value`, in lower case, and how many letters of each `wording` finds in words.

    Runs too short for that are left out.
    """
    words = _tables()[0]
    for match in _RUN.finditer(value[:_MOST_LETTERS]):
        run = match[0].lower()
        if len(run) >= 3:
            yield run, _cover(run.decode("ascii"), words)[0]


def _cover(run: str, words: frozenset[str]) -> tuple[int, int]:
    """Letters of `run` inside words, and the longest hole: the best split by dynamic programming."""
    length = len(run)
    if run in words:
        return length, 0
    best = [0] * (length + 1)
    back = [0] * (length + 1)
    for end in range(1, length + 1):
        best[end] = best[end - 1]
        for size in range(_SHORTEST_PART, min(_LONGEST_WORD, end) + 1):
            gained = best[end - size] + size
            if gained > best[end] and run[end - size : end] in words:
                best[end], back[end] = gained, size
    hole = longest = 0
    at = length
    while at:
        if back[at]:
            hole, at = 0, at - back[at]
        else:
            hole, at = hole + 1, at - 1
            longest = max(longest, hole)
    return best[length], longest


def _surprise(run: str, trigrams: bytes) -> float:
    """Mean surprise of the letters of `run` and its end, in bits."""
    a = 0
    b = _ORDER[run[0]]
    total = 0
    for char in run[1:]:
        c = _ORDER[char]
        total += trigrams[(a * 28 + b) * 28 + c] - 48
        a, b = b, c
    total += trigrams[(a * 28 + b) * 28 + 27] - 48
    return total / (4 * len(run))
