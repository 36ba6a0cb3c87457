"""What a memory is told it says again, under the same tag and to the byte; of all else it knows nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_calls import callable_part

np = pytest.importorskip("numpy")

UNKNOWN = -1
FOLD = 0x20
"""Asks for letters in lower case."""


class Asked:
    """A memory, and how kernels look into it."""

    def __init__(self, entries: int, arena: int) -> None:
        from secretscan.kernels.memory import Memory

        self.memory = Memory(entries, arena)

    def add(self, *items: tuple[int, bytes, int]) -> bool:
        return self.memory.add(items)

    def recall(self, tag: int, string: bytes, fold: int = 0) -> int:
        from secretscan.kernels.memory import recall

        memory = self.memory
        # among bytes that look like it, of which none counts
        text = np.frombuffer(string[-3:] + string + string[:3], dtype=np.uint8)
        low = len(string[-3:])
        return callable_part(recall)(
            memory.slots, memory.entries, memory.arena, memory.seed, text, low, low + len(string), tag, fold
        )


def test_what_was_added_is_recalled_and_nothing_else() -> None:
    strings = st.one_of(st.binary(max_size=40), st.text("ab", max_size=17).map(str.encode))
    tags = st.sampled_from([-1, 0, 1, 7, 8, 1 << 40])

    @given(
        st.lists(st.dictionaries(st.tuples(tags, strings), st.integers(0, 1 << 40), max_size=20), max_size=4),
        st.lists(st.tuples(tags, strings), max_size=20),
    )
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(additions: list[dict[tuple[int, bytes], int]], others: list[tuple[int, bytes]]) -> None:
        asked, known = Asked(200, 10_000), dict[tuple[int, bytes], int]()
        for addition in additions:
            fresh = {key: value for key, value in addition.items() if key not in known}
            asked.add(*((tag, string, value) for (tag, string), value in fresh.items()))
            known |= fresh
        for tag, string in [*known, *others, *((tag + 1, string) for tag, string in known)]:
            assert asked.recall(tag, string) == known.get((tag, string), UNKNOWN)
        # a beginning or an end of what is known is something else
        for tag, string in known:
            for part in (string[1:], string[:-1], string + b"\0", b"\0" + string, string + string):
                assert asked.recall(tag, part) == known.get((tag, part), UNKNOWN)

    check()


@pytest.mark.parametrize("length", range(41))
def test_strings_that_differ_in_one_byte_are_told_apart(length: int) -> None:
    rng = random.Random(length)
    string = rng.randbytes(length)
    asked = Asked(1000, 100_000)
    asked.add((3, string, 5))
    others = [
        string[:at] + bytes([string[at] ^ bit]) + string[at + 1 :]
        for at in range(length)
        for bit in (1, 0x20, 0x80)
    ]
    assert asked.recall(3, string) == 5
    assert [asked.recall(3, other) for other in others] == [UNKNOWN] * len(others)
    asked.add(*((3, other, n) for n, other in enumerate(others)))
    assert [asked.recall(3, other) for other in others] == list(range(len(others)))
    assert asked.recall(3, string) == 5


@pytest.mark.parametrize("length", range(3, 41))
def test_letters_are_asked_for_in_lower_case(length: int) -> None:
    rng = random.Random(length)
    lower = bytes(rng.choices(b"abcdefghijklmnopqrstuvwxyz", k=length))
    asked = Asked(10, 1000)
    asked.add((-1, lower, length))
    mixed = bytes(rng.choice([byte, byte ^ 0x20]) for byte in lower)
    for string in (lower, lower.upper(), lower.title(), mixed):
        assert asked.recall(-1, string, FOLD) == length
    assert asked.recall(-1, lower) == length
    assert asked.recall(-1, lower.upper()) == UNKNOWN
    assert asked.recall(-1, mixed[:-1] + b"{", FOLD) == UNKNOWN
    # what was added as it stands is never met again in lower case
    asked.add((-2, lower.upper(), 1))
    assert (asked.recall(-2, lower.upper()), asked.recall(-2, lower.upper(), FOLD)) == (1, UNKNOWN)


@pytest.mark.parametrize(("entries", "arena"), [(30, 10_000), (10_000, 300), (1, 10_000), (64, 640)])
def test_a_full_memory_forgets_everything_and_goes_on_being_right(entries: int, arena: int) -> None:
    rng = random.Random(entries)
    asked, known = Asked(entries, arena), dict[tuple[int, bytes], int]()
    used = forgot = 0
    for _ in range(300):
        fresh = {(rng.randrange(3), rng.randbytes(rng.randrange(1, 20))): rng.randrange(99) for _ in range(5)}
        fresh = {key: value for key, value in fresh.items() if key not in known}
        sizes = sum(len(string) for _, string in fresh)
        must_forget = len(known) + len(fresh) > entries or used + sizes > arena
        if must_forget:
            forgotten = list(known)
            known, used = {}, 0
            forgot += 1
        else:
            forgotten = []
        is_full = asked.add(*((tag, string, value) for (tag, string), value in fresh.items()))
        assert is_full == (must_forget and bool(fresh))
        if len(fresh) <= entries:
            known |= fresh
            used += sizes
        for tag, string in (*known, *forgotten, *fresh):
            assert asked.recall(tag, string) == known.get((tag, string), UNKNOWN)
    assert forgot > 5


def test_more_than_fits_at_once_is_not_taken() -> None:
    asked = Asked(4, 100)
    asked.add((0, b"kept?", 1))
    asked.add(*((0, bytes([n]), n) for n in range(5)))
    assert [asked.recall(0, string) for string in (b"kept?", b"\0", b"\4")] == [UNKNOWN] * 3
    asked.add((0, b"x" * 101, 1))
    asked.add((0, b"small", 2))
    assert (asked.recall(0, b"x" * 101), asked.recall(0, b"small")) == (UNKNOWN, 2)
    asked.add()
    assert asked.recall(0, b"small") == 2


def test_thousands_of_strings_are_kept_apart() -> None:
    rng = random.Random(24)
    known = {
        (
            rng.choice([-1, 0, 5, 8 * rng.randrange(900)]),
            rng.randbytes(rng.choice([0, 1, 2, 7, 8, 9, 16, 60])),
        ): n
        for n in range(9000)
    }
    asked = Asked(len(known), 1 << 20)
    asked.add(*((tag, string, value) for (tag, string), value in known.items()))
    assert all(asked.recall(tag, string) == value for (tag, string), value in known.items())
    others = [(rng.choice([-1, 0, 5]), rng.randbytes(rng.choice([2, 3, 8, 16]))) for _ in range(9000)]
    assert all(asked.recall(*other) == known.get(other, UNKNOWN) for other in others)
