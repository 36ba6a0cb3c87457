"""The automaton of trees ends where their expressions match, whatever offset it begins at."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.rules import automaton as module
from secretscan.rules.automaton import DEAD, START, Automaton, automaton
from secretscan.rules.expression import written
from secretscan.rules.tree import Seq, parse

PATTERNS = [
    (r"ab?", [r"[xy]{0,9}=c{2}", r"\s{0,5}:d"]),
    (r"(?:ab|a)", [r"(?:bc|c){1,3}", r"[^a]{0,3}a"]),
    (r"[ab]", [r"(?:x{0,2}y){0,4}=", r"\n{0,6}="]),
    (r"a", [r"[^\n]{0,40}="]),
    (r"a{2,5}", [r"(?:=|x)"]),
]


def trees(pattern: tuple[str, list[str]]) -> tuple[Seq, list[Seq]]:
    return parse(pattern[0]), [parse(rest) for rest in pattern[1]]


def ends(made: Automaton, text: bytes, start: int) -> set[tuple[int, int]]:
    """Return (offset, number of the pattern) of all that ends, begun at `start`."""
    found = set()
    state = START
    for at in range(start, len(text)):
        state = made.table[state * made.width + made.classes[text[at]]]
        if state == DEAD:
            break
        found |= {(at + 1, bit) for bit in range(8) if made.accepts[state] >> bit & 1}
    return found


def expected(text: bytes, start: int, pattern: tuple[str, list[str]]) -> set[int]:
    first, rests = trees(pattern)
    loose = f"{written(first)}(?:{'|'.join(written(rest, loose=True) for rest in rests)})"
    compiled = re.compile(loose.encode("ascii"))
    return {end for end in range(start, len(text) + 1) if compiled.fullmatch(text, start, end)}


@given(st.integers(0, 1 << 32))
@settings(max_examples=300, deadline=None)
def test_it_ends_where_the_expressions_match(seed: int) -> None:
    rng = random.Random(seed)
    chosen = rng.sample(PATTERNS, rng.randint(1, len(PATTERNS)))
    made = automaton(trees(pattern) for pattern in chosen)
    assert made is not None
    text = "".join(rng.choice("aabbcxxy==:d \n") for _ in range(rng.randint(0, 24))).encode()
    for start in range(len(text)):
        right = {(end, n) for n, pattern in enumerate(chosen) for end in expected(text, start, pattern)}
        assert ends(made, text, start) == right


def test_all_tables_stay_inside() -> None:
    made = automaton(map(trees, PATTERNS))
    assert made is not None
    assert len(made.classes) == 256
    assert max(made.classes) < made.width
    assert len(made.table) == made.width * len(made.accepts)
    assert max(made.table) < len(made.accepts)
    assert set(made.table[: made.width]) == {DEAD}


def test_one_that_would_be_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert automaton([(parse("a"), [parse(r"(?:[ab]{0,3}\n){0,40}c")])]) is not None
    monkeypatch.setattr(module, "MAX_STATES", 50)
    assert automaton([(parse("a"), [parse(r"(?:[ab]{0,3}\n){0,40}c")])]) is None
    assert automaton([trees(PATTERNS[0])] * 9) is None
