from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretscan.engine.windows import (
    CONTEXT_LINES,
    line_end,
    line_start,
    quiet_ranges,
    seams,
    with_wrapped_lines,
    zones,
)
from secretscan.rules.newlines import newline_span


@st.composite
def deltas(draw: st.DrawFn) -> tuple[bytes, bytes, list[tuple[int, int, int]]]:
    """A base, an object made from it, and the copies, neighbouring ones joined as the reader joins them."""
    lines = st.lists(
        st.sampled_from([b"\n", b"a\n", b"some text\r\n", b"x" * 90 + b"\n", b"tail"]), max_size=60
    )
    base = b"".join(draw(lines))
    made, copies = b"", []
    for _ in range(draw(st.integers(0, 6))):
        if base and draw(st.booleans()):
            start = draw(st.integers(0, len(base) - 1))
            length = draw(st.integers(1, len(base) - start))
            if (
                copies
                and copies[-1][0] + copies[-1][2] == start
                and copies[-1][1] + copies[-1][2] == len(made)
            ):
                copies[-1] = (copies[-1][0], copies[-1][1], copies[-1][2] + length)
            else:
                copies.append((start, len(made), length))
            made += base[start : start + length]
        else:
            made += draw(st.sampled_from([b"new\n", b"new", b"\n", b"n\n" * 9]))
    return base, made, copies


@given(deltas())
def test_zones_and_quiet_ranges_cover_the_object_exactly(case: tuple[bytes, bytes, list]) -> None:
    base, made, copies = case
    busy = zones(made, seams(copies, len(base), len(made)))
    ranges = sorted([*busy, *((q.start, q.end) for q in quiet_ranges(copies, busy, len(made)))])
    assert [low for low, _ in ranges] == [0, *(high for _, high in ranges)][: len(ranges)]
    assert not ranges or ranges[-1][1] == len(made)


@given(deltas())
def test_a_quiet_range_and_its_surroundings_are_those_of_the_base(case: tuple[bytes, bytes, list]) -> None:
    base, made, copies = case
    for start, end, shift in quiet_ranges(
        copies, zones(made, seams(copies, len(base), len(made))), len(made)
    ):
        assert made[start:end] == base[start - shift : end - shift]
        low, high = line_start(made, start, CONTEXT_LINES), line_end(made, end - 1, CONTEXT_LINES)
        assert line_start(base, start - shift, CONTEXT_LINES) == low - shift
        assert line_end(base, end - shift - 1, CONTEXT_LINES) == high - shift
        assert made[low:high] == base[low - shift : high - shift]


@given(deltas())
def test_edges_of_zones_are_edges_of_lines(case: tuple[bytes, bytes, list]) -> None:
    base, made, copies = case
    for low, high in zones(made, seams(copies, len(base), len(made))):
        assert low == 0 or made[low - 1 : low] == b"\n"
        assert high == len(made) or made[high - 1 : high] == b"\n"


def test_an_unchanged_object_has_no_seam() -> None:
    assert seams([(0, 0, 40)], 40, 40) == []


@pytest.mark.parametrize(
    ("copies", "found"),
    [
        pytest.param([], [(0, 50)], id="nothing copied"),
        pytest.param([(0, 0, 20), (25, 20, 30)], [(20, 20)], id="bytes left out"),
        pytest.param([(0, 0, 20), (20, 25, 25)], [(20, 25), (50, 50)], id="bytes put in, the end left out"),
        pytest.param([(5, 0, 50)], [(0, 0)], id="the beginning left out"),
    ],
)
def test_seams(copies: list[tuple[int, int, int]], found: list[tuple[int, int]]) -> None:
    assert seams(copies, 55, 50) == found


@pytest.mark.parametrize(
    ("pattern", "span"),
    [
        ("abc", 0),
        (r"a[^\s]{0,9}b", 0),
        (r"ab\s{0,5}cd", 5),
        (r"a{1,4}(?:\n|xy){2,3}b{0,50}", 1 + 2 + 1),
        (r"(?:a\nbb|cccc\nd)", 1),
        (r"a\nb{2,3}(?:c|\n?dd)e{0,9}", 1 + 3 + 1),
        (r"(?:\na{0,4}){0,3}b\n", (1 + 4) * 3 + 1 + 1),
        (r"(?:a\n){0}", 0),
        (r"ab(?=\n)", 0),
        (r"ab(?=[a-z]{0,90}!)", 0),
        (r"ab(?=\s{0,90}!)", 1 << 31),
        (r"(?<=\n.{40})ab", 1 << 31),
        (r"(?:a|b(?![^x]{20}))\n", 1 << 31),
    ],
)
def test_newline_span(pattern: str, span: int) -> None:
    assert newline_span(pattern, 16) == span


def test_wrapped_lines_are_taken_along_on_both_sides() -> None:
    wrapped = b"Q" * 64 + b"\n"
    data = b"text\n" + wrapped * 5 + b"QQQ\ntext\n"
    start = 5 + 2 * len(wrapped)
    low, high = with_wrapped_lines(data, start, start + len(wrapped))
    assert data[low:high] == wrapped * 5 + b"QQQ\n"
    assert with_wrapped_lines(data, 0, 5) == (0, 5)
