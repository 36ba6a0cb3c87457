"""Deltas applied by the kernel make what `apply_delta` makes, and are refused where it refuses them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.sources.git.pack.delta import apply_delta, delta_sizes
from secretscan.sources.git.pack.faults import DamagedObject
from tests.unit.pack.test_delta import copy, delta, steps, varint

np = pytest.importorskip("numpy")

WHOLE = -1
CANARY = 0xA5
EDGE = 300
"""Bytes before the first and behind the last object, which nobody may write to."""

Instruction = tuple[int, int] | bytes


class Packed(NamedTuple):
    """An object as it stands in a pack."""

    base: int
    data: bytes
    size: int


class Answer(NamedTuple):
    """What came of a call."""

    failed: int
    made: list[bytes]
    copies: list[list[tuple[int, int, int]]]


def apply(before: Sequence[bytes], objects: Sequence[Packed]) -> Answer:
    """Call the kernel, and see that it wrote to the objects alone that it had to make."""
    from secretscan.kernels.deltas import FITS, apply_deltas

    packed = b"".join(item.data for item in objects)
    packed_at = np.cumsum([0, *(len(item.data) for item in objects)], dtype=np.int64)
    made_at = np.cumsum([EDGE, *map(len, before), *(item.size for item in objects)], dtype=np.int64)
    made = np.full(made_at[-1] + EDGE, CANARY, dtype=np.uint8)
    first = int(made_at[len(before)])
    made[EDGE:first] = np.frombuffer(b"".join(before), dtype=np.uint8)
    expected = made.copy()
    copies = np.full((len(packed) + 1 + EDGE, 3), CANARY, dtype=np.int64)
    copies_at = np.full(len(objects) + 1, CANARY, dtype=np.int64)
    bases = np.array([item.base for item in objects], dtype=np.int64)
    data = np.frombuffer(packed, dtype=np.uint8)

    failed = apply_deltas(data, packed_at, bases, made, made_at, copies, copies_at)

    assert failed == FITS or 0 <= failed < len(objects)
    touched = len(objects) if failed == FITS else failed + 1
    end = int(made_at[len(before) + touched])
    expected[first:end] = made[first:end]
    assert np.array_equal(made, expected)
    assert (copies[len(packed) + 1 :] == CANARY).all()
    done = len(objects) if failed == FITS else failed
    return Answer(
        failed,
        [made[low:high].tobytes() for low, high in spans(made_at[len(before) : len(before) + done + 1])],
        [list(map(tuple, copies[low:high].tolist())) for low, high in spans(copies_at[: done + 1])],
    )


def spans(offsets: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(offsets))


def coded(base: bytes, wanted: Sequence[Instruction]) -> tuple[bytes, bytes]:
    """The object that instructions make, and their delta."""
    text = b"".join(s if isinstance(s, bytes) else base[s[0] : s[0] + s[1]] for s in wanted)
    parts = [bytes([len(s)]) + s if isinstance(s, bytes) else copy(*s) for s in wanted]
    return text, delta(len(base), len(text), *parts)


def instructions(base: bytes) -> st.SearchStrategy[list[Instruction]]:
    inserts: st.SearchStrategy[Instruction] = st.binary(min_size=1, max_size=127)
    if not base:
        return st.lists(inserts, max_size=5)
    # places that continue each other come up only when there are few of them
    places = st.one_of(st.integers(0, len(base)), st.integers(0, 4).map(lambda n: n * len(base) // 4))
    pairs = st.tuples(places, places).map(sorted).filter(lambda pair: pair[0] < pair[1])
    copies = pairs.map(lambda pair: (pair[0], min(pair[1] - pair[0], 0xFFFFFF)))
    return st.lists(st.one_of(copies, copies, inserts), max_size=10)


@st.composite
def calls(draw: st.DrawFn) -> tuple[list[bytes], list[Packed], list[bytes]]:
    """Objects made before, those of one call, and the content of all of them together."""
    cases = draw(st.lists(steps(), min_size=1, max_size=3))
    before = [base for base, _ in cases if draw(st.booleans())]
    contents, objects = list(before), list[Packed]()
    for base, wanted in cases:
        if base not in contents:
            objects.append(Packed(WHOLE, base, len(base)))
            contents.append(base)
        text, packed = coded(base, wanted)
        objects.append(Packed(contents.index(base), packed, len(text)))
        contents.append(text)
        for _ in range(draw(st.integers(0, 3))):
            number = draw(st.integers(0, len(contents) - 1))
            text, packed = coded(contents[number], draw(instructions(contents[number])))
            objects.append(Packed(number, packed, len(text)))
            contents.append(text)
    return before, objects, contents


def test_objects_of_one_call_are_those_that_deltas_make_one_by_one() -> None:
    chained = copied = 0

    @given(calls())
    @settings(max_examples=150, deadline=None, derandomize=True)
    def check(case: tuple[list[bytes], list[Packed], list[bytes]]) -> None:
        nonlocal chained, copied
        before, objects, contents = case
        answer = apply(before, objects)
        assert answer.failed == -1
        made = list(before)
        for item, copies in zip(objects, answer.copies, strict=True):
            if item.base == WHOLE:
                made.append(item.data)
                assert copies == []
                continue
            text, shared = apply_delta(made[item.base], item.data, 1 << 30)
            made.append(text)
            assert copies == shared
            chained += item.base >= len(before) and objects[item.base - len(before)].base != WHOLE
            copied += len(copies) > 1
        assert answer.made == made[len(before) :]
        assert made == contents

    check()
    assert chained > 20
    assert copied > 20


@st.composite
def doubtful(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A base, and bytes that may be a delta of it: sound, damaged, right in their header alone, or anything."""
    base = draw(st.binary(max_size=300))
    _, packed = coded(base, draw(instructions(base)))
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return base, draw(st.binary(max_size=60))
    if kind == 1:
        size = draw(st.integers(0, 400))
        return base, varint(len(base)) + varint(size) + draw(st.binary(max_size=40))
    changed = bytearray(packed)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(changed)))
        if kind == 2:
            changed[at : at + 1] = draw(st.binary(max_size=2))
        elif kind == 3:
            changed[at : at + 1] = bytes([draw(st.sampled_from([0, 1, 0x7F, 0x80, 0x90, 0x91, 0xFF]))])
        else:
            del changed[at:]
    return base, bytes(changed)


def test_whatever_bytes_are_a_delta_they_fit_when_they_do_for_the_twin() -> None:
    fit = damaged = 0

    @given(doubtful(), st.binary(max_size=5))
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(case: tuple[bytes, bytes], behind: bytes) -> None:
        nonlocal fit, damaged
        base, packed = case
        next_one = Packed(WHOLE, behind, len(behind))
        try:
            size = delta_sizes(packed)[1]
        except DamagedObject:
            assert apply([base], [Packed(0, packed, len(base)), next_one]).failed == 0
            return
        if size > 1 << 20:  # nobody gives it that much room
            assert apply([base], [Packed(0, packed, 5), next_one]).failed == 0
            return
        answer = apply([base], [Packed(0, packed, size), next_one])
        try:
            text, copies = apply_delta(base, packed, size)
        except DamagedObject:
            damaged += 1
            assert answer.failed == 0
        else:
            fit += 1
            assert answer == (-1, [text, behind], [copies, []])
        # room of another size than the delta declares, and a base of another size
        for other in (size - 1, size + 1, size + 128):
            if other >= 0:
                assert apply([base], [Packed(0, packed, other), next_one]).failed == 0
        assert apply([base + b"x"], [Packed(0, packed, size), next_one]).failed == 0

    check()
    assert fit > 30
    assert damaged > 30


@pytest.mark.parametrize("size", [0, 3, 5])
def test_a_whole_object_that_is_not_of_its_size_does_not_fit(size: int) -> None:
    first = Packed(WHOLE, b"first", 5)
    assert apply([], [first, Packed(WHOLE, b"four", size), first]).failed == 1


BASE = random.Random(22).randbytes(300_000)


@pytest.mark.parametrize("bits", range(0x80, 0x100))
def test_every_copy_instruction_reads_its_arguments(bits: int) -> None:
    # all starts but those of 16 MiB and more lie in the base, which is not so large
    arguments = [place + 1 if place < 6 else 0 for place in range(7) if bits >> place & 1]
    instruction = bytes([bits, *arguments])
    size = sum(place + 5 << 8 * place for place in (0, 1) if bits >> 4 + place & 1) or 0x10000
    packed = varint(len(BASE)) + varint(size) + instruction
    expected = apply_delta(BASE, packed, size) if not bits & 8 else None
    answer = apply([BASE], [Packed(0, packed, size)])
    assert answer == ((-1, [expected[0]], [expected[1]]) if expected else (0, [], []))


@pytest.mark.parametrize("room", [-1, 0, 1])
@pytest.mark.parametrize("beyond", range(-2, 3))
@pytest.mark.parametrize("start", [0, 1, 99, 100, 101])
def test_a_copy_ends_where_its_base_and_its_object_end(start: int, beyond: int, room: int) -> None:
    base = BASE[:100]
    length = 100 - start + beyond
    if length <= 0:  # of length nought is one of 64 KiB
        length = 0x10000
    # an insert first, so that the object is longer than what is copied
    packed = delta(100, 3 + length + room, b"\x03new", copy(start, length))
    try:
        text, copies = apply_delta(base, packed, 1 << 20)
    except DamagedObject:
        assert apply([base], [Packed(0, packed, 3 + length + room)]).failed == 0
    else:
        assert (beyond <= 0, room) == (True, 0)
        assert apply([base], [Packed(0, packed, len(text))]) == (-1, [text], [copies])
