"""Needles stand in every match of their pattern, where they say."""

from __future__ import annotations

import random

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.rules.load import load_rules
from secretscan.rules.needles import LONGEST, Needle, Sets, needed, needles
from secretscan.rules.reach import trigger
from secretscan.rules.samples import fill
from secretscan.rules.tree import parse


def cost(sets: Sets) -> float:
    """Few members make a good needle; less than two bytes make none."""
    if len(sets) < 2:
        return float("inf")
    price = 1.0
    for members in sets:
        price *= len(members) / 256
    return price


def stands(needle: Needle, match: bytes, most: int | None = None) -> bool:
    return any(
        len(match) >= at + len(needle.sets)
        and all(match[at + n] in members for n, members in enumerate(needle.sets))
        for at in range(needle.least, (needle.most if most is None else most) + 1)
    )


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("foo[0-9]{1,5}", [(b"foo0", 0, 0)]),
        ("[a-z]{0,4}(?:foo|bar)=", [(b"bar=", 0, 4), (b"foo=", 0, 4)]),
        ("x{2,9}yz", [(b"xxyz", 0, 7)]),
        ("(?i:ab)c?d", [(b"AB", 0, 0)]),
        ("(?:foo-){1,3}bar", [(b"foo-bar", 0, 8)]),
        ("a|[^b]{3}", []),
        ("foobar|goobar|[fg]oobarz", [(b"foobar", 0, 0), (b"foobarz", 0, 0)]),
    ],
)
def test_which_needles_a_pattern_has(pattern: str, expected: list[tuple[bytes, int, int]]) -> None:
    found = needles(parse(pattern), cost)
    assert sorted((bytes(map(min, n.sets)), n.least, n.most) for n in found) == expected


def test_a_needle_in_another_answers_for_it() -> None:
    (found,) = needles(parse("(?:get_token|token|my-token)="), cost)
    assert bytes(map(min, found.sets)) == b"token="
    assert (found.least, found.most) == (0, 4)


@given(st.integers(0, 1 << 32))
@settings(max_examples=400, deadline=None)
def test_random_patterns(seed: int) -> None:
    rng = random.Random(seed)

    def piece(depth: int) -> str:
        kind = rng.randrange(6 if depth else 3)
        if kind < 2:
            return rng.choice(("a", "b", "ab", "[ab]", "[^a]", "cab"))
        if kind == 2:
            return f"{rng.choice(('a', '[bc]'))}{{{rng.randrange(3)},{rng.randrange(3, 6)}}}"
        inside = "".join(piece(depth - 1) for _ in range(rng.randint(1, 3)))
        if kind == 3:
            return f"(?:{inside}|{piece(depth - 1)})"
        return f"(?:{inside}){rng.choice(('?', '{1,2}', '{2}', '{0,3}', ''))}"

    pattern = "".join(piece(2) for _ in range(rng.randint(1, 4)))
    tree = parse(pattern)
    found = needles(tree, cost)
    inside = list(needed(tree))
    text = bytes(rng.choice(b"aabbccd") for _ in range(60))
    compiled = regex.compile(pattern.encode())
    for at in range(len(text)):
        for end in range(at, min(len(text), at + 20)):
            if compiled.fullmatch(text, at, end):
                match = text[at:end]
                assert not found or any(stands(needle, match) for needle in found)
                assert all(set(match) & members for members in inside)


def test_every_rule() -> None:
    seen = 0
    for rule in load_rules():
        if not rule.pattern:
            continue
        tree = trigger(rule.pattern).tree
        found = needles(tree, cost)
        assert all(len(needle.sets) <= LONGEST for needle in found)
        inside = list(needed(parse(rule.pattern)))
        compiled = regex.compile(rule.pattern.encode("latin-1"))
        for example in rule.examples:
            for match in compiled.finditer(fill(example, seed=rule.id).encode()):
                # a trigger may begin later than its match
                assert not found or any(stands(needle, match[0], len(match[0])) for needle in found), rule.id
                assert all(set(match[0]) & members for members in inside), rule.id
                seen += 1
    assert seen > 2000
