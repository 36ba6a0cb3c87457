from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretscan.sources.git.pack.delta import apply_delta, delta_sizes
from secretscan.sources.git.pack.faults import DamagedObject, TooLarge


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def copy(start: int, length: int) -> bytes:
    op, arguments = 0x80, bytearray()
    for place in range(4):
        if byte := start >> 8 * place & 0xFF:
            op |= 1 << place
            arguments.append(byte)
    for place in range(3):
        if length != 0x10000 and (byte := length >> 8 * place & 0xFF):
            op |= 0x10 << place
            arguments.append(byte)
    return bytes([op]) + bytes(arguments)


def delta(base: int, size: int, *instructions: bytes) -> bytes:
    return varint(base) + varint(size) + b"".join(instructions)


@st.composite
def steps(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int] | bytes]]:
    base = draw(st.binary(min_size=1, max_size=2000)) * draw(st.sampled_from([1, 1, 70, 300]))
    copies = st.integers(0, len(base) - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(1, min(len(base) - start, 0xFFFFFF)))
    )
    return base, draw(st.lists(copies | st.binary(min_size=1, max_size=127), max_size=12))


@given(steps())
def test_a_delta_makes_what_its_instructions_say(case: tuple[bytes, list[tuple[int, int] | bytes]]) -> None:
    base, wanted = case
    pieces = [s if isinstance(s, bytes) else base[s[0] : s[0] + s[1]] for s in wanted]
    text = b"".join(pieces)
    coded = [bytes([len(s)]) + s if isinstance(s, bytes) else copy(*s) for s in wanted]
    made, copies = apply_delta(base, delta(len(base), len(text), *coded), len(text))
    assert made == text
    assert all(base[b : b + n] == text[a : a + n] for b, a, n in copies)
    assert sum(n for _, _, n in copies) == sum(s[1] for s in wanted if not isinstance(s, bytes))


@given(st.binary(max_size=60), st.binary(max_size=300))
def test_any_bytes_as_a_delta_give_an_object_or_a_fault(instructions: bytes, base: bytes) -> None:
    try:
        made, _ = apply_delta(base, instructions, 4096)
    except DamagedObject:
        return
    assert len(made) == delta_sizes(instructions)[1] <= 4096


def test_copies_that_continue_each_other_are_one_range() -> None:
    base = bytes(range(200))
    made, copies = apply_delta(base, delta(200, 200, copy(0, 50), copy(50, 150)), 200)
    assert (made, copies) == (base, [(0, 0, 200)])


def test_copies_that_do_not_continue_each_other_stay_apart() -> None:
    base = bytes(range(200))
    _, copies = apply_delta(base, delta(200, 101, copy(0, 50), b"\x01x", copy(50, 50)), 200)
    assert copies == [(0, 0, 50), (50, 51, 50)]


def test_a_copy_of_length_nought_means_64_kib() -> None:
    base = b"ab" * 0x9000
    made, _ = apply_delta(base, delta(len(base), 0x10000, b"\x80"), 1 << 20)
    assert made == base[:0x10000]


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(delta(9, 4, copy(0, 4)), id="another base"),
        pytest.param(delta(10, 8, copy(4, 8)), id="copies beyond the base"),
        pytest.param(delta(10, 3, copy(0, 4)), id="makes more than declared"),
        pytest.param(delta(10, 5, copy(0, 4)), id="makes less than declared"),
        pytest.param(delta(10, 4, b"\x04abc"), id="insert cut short"),
        pytest.param(delta(10, 4, b"\x91\x00"), id="copy cut short"),
        pytest.param(delta(10, 4, b"\x00abcd"), id="reserved instruction"),
        pytest.param(varint(10) + b"\xff" * 12, id="impossible size"),
        pytest.param(b"\x8a", id="header cut short"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_delta_that_does_not_fit_is_damaged(bad: bytes) -> None:
    with pytest.raises(DamagedObject):
        apply_delta(b"0123456789", bad, 1 << 20)


def test_a_result_over_the_limit_is_refused_before_anything_is_copied() -> None:
    with pytest.raises(TooLarge):
        apply_delta(b"0123456789", delta(10, 1 << 40), 1 << 20)
