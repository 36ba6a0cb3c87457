"""`trigger` over-approximates: wherever the pattern matches, Hyperscan reports an end inside the match."""

from __future__ import annotations

import hyperscan
import pytest
import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from secretscan.rules.reach import lookaround, max_width, trigger

ATOMS = st.sampled_from(
    [
        "a",
        "b",
        "K",
        r"\.",
        "_",
        "[ab]",
        "[^a]",
        "[A-F0-9]",
        r"\d",
        r"\w",
        r"\s",
        ".",
        r"[\x00-\xff]",
        "-",
        "é",
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeat = st.tuples(inner, st.integers(0, 3), st.integers(0, 3), st.sampled_from(["", "?"])).map(
        lambda t: f"(?:{t[0]}){{{t[1]},{t[1] + t[2]}}}{t[3]}"
    )
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda options: f"(?:{'|'.join(options)})"),
        inner.map(lambda body: f"(?i:{body})"),
        inner.map(lambda body: f"(?:{body}|)"),
        repeat,
    )


PATTERNS = st.tuples(
    st.sampled_from(["", r"\b", "(?<![ab])", "(?i)", "(?s)"]),
    st.recursive(ATOMS, _grown, max_leaves=8),
    st.sampled_from(["", r"\b", "(?!b)", "(?=[a-z]|$)"]),
).map("".join)

TEXTS = st.text(alphabet="abkKAF019._- \né", max_size=30).map(lambda text: text.encode("latin-1"))


def _ends(expression: str, data: bytes) -> list[int]:
    database = hyperscan.Database()
    database.compile(expressions=[expression.encode()], flags=[0])
    ends: list[int] = []
    database.scan(data, match_event_handler=lambda _id, _from, to, _flags, _context: ends.append(to))
    return ends


@settings(max_examples=300, deadline=None)
@example(r"(?:a|b){0,3}K[ab]{3,9}(?:K|ab{1,4})?", b"abKababK")
@example(r"(?i:k)(?:a{2,3}){2,3}", b"kaaaaa")
@given(PATTERNS, TEXTS)
def test_trigger_ends_inside_every_match(pattern: str, data: bytes) -> None:
    try:
        found = trigger(pattern)
    except ValueError:
        assume(False)
    ends = _ends(found.expression, data)
    for match in regex.finditer(pattern.encode("latin-1"), data, overlapped=True):
        start, end = match.span()
        if end > start:
            assert any(start < to <= end and to - start <= found.max_width for to in ends), found
            assert end - start <= max_width(pattern)


@pytest.mark.parametrize(
    ("pattern", "expression", "width"),
    [
        (r"(?<![a-z])(?P<secret>gh_[A-Z]{4,9})(?!x)", r"gh\x5f[A-Z]{4}", 7),
        (r"[a-z]{0,30}key=[0-9]{2,}?", r"key\x3d[0-9]{2}", 36),
        (r"(?i:ab)-(?:x|y(?:z{0,3}))", r"[Aa][Bb]\x2d(?:x|y)", 4),
        (
            r"-----BEGIN X-----[A-Za-z\s]{40,9000}-----END",
            r"\x2d\x2d\x2d\x2d\x2dBEGIN\x20X\x2d\x2d\x2d\x2d\x2d",
            17,
        ),
    ],
)
def test_trigger_is_cut_where_it_varies(pattern: str, expression: str, width: int) -> None:
    assert trigger(pattern)[:2] == (expression, width)


def test_trigger_refuses_a_pattern_that_matches_nothing() -> None:
    with pytest.raises(ValueError, match="without consuming"):
        trigger("(?:a|)b{0,3}")


def test_lookaround_gives_the_widest_of_either_side() -> None:
    assert lookaround(r"(?<![a-z])(?<=ab)x\b(?![0-9]{3})") == (2, 3)
    assert lookaround("abc") == (0, 0)
