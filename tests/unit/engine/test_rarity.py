"""What needles cost to search for: only speed depends on it, so only the order of costs is held to anything."""

from __future__ import annotations

from secretscan.engine.rarity import GRAM_BYTES, grams_of, needle_cost, share_of
from secretscan.rules.needles import Sets


def sets(text: str) -> Sets:
    return tuple(frozenset({byte, byte ^ 0x20} if chr(byte).isalpha() else {byte}) for byte in text.encode())


def test_rare_bytes_cost_less_than_common_ones() -> None:
    assert needle_cost(sets("zqxjk"), 50) < needle_cost(sets("return"), 50)
    assert needle_cost(sets("zqxjk"), 50) < needle_cost(sets("zqx"), 50)
    assert needle_cost(sets("password"), 50) < needle_cost(sets("password"), 5000)
    assert share_of(frozenset(b" ")) > share_of(frozenset(b"0123456789")) > share_of(frozenset(b"\x01"))
    assert share_of(frozenset(range(256))) == 1.0


def test_two_grams_are_met_at_any_place() -> None:
    found = grams_of(sets("vault"))
    assert found is not None
    for parity, (at, four) in enumerate(found):
        assert at % 2 == parity
        assert len(four) == GRAM_BYTES
    # three bytes are a needle with any byte beside them
    short = grams_of(sets("key"))
    assert short is not None
    assert {len(members) for _, four in short for members in four} == {1, 128}


def test_what_can_be_anything_is_no_needle() -> None:
    letters = frozenset(b"abcdefghijklmnopqrstuvwxyz")
    assert grams_of((letters,) * 6) is None
    assert needle_cost((letters,) * 6, 50) == float("inf")
