"""Where kernels say that escapes may begin is wherever one does; with that, the same is found as without."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.decode import USUAL, Finders, derive, hints
from secretscan.engine.decode.escapes import _BACKSLASH, _ENTITY, _PERCENT
from secretscan.engine.decode.marks import matches_at

PIECES = [
    "%41", "%7e", "%2", "%25", "%41%42%00", "%zz", "%s", "%%20", "%c3%a4", "% 41",
    "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&AMP;", "&#38;", "&#x26;", "&#X1f;", "&#x;", "&#1;", "&nbsp;", "&a", "&",
    "\\x41\\x42\\x43", "\\x41\\x42", "\\x4", "\\xg1\\x41\\x41", "\\x41" * 9, "\\u0041", "\\u0020\\u00e4", "\\u1234", "\\u00",
    '\\"', '=\\"', '= \\"', '\\":', '\\" :', '\\" =>', '\\"=', "\\\\", '\\\\"',
    "\\nNAME=", "\\nNAME =", "\\na:", "\\nab:", "\\nabc:", "\\n_x1 :", "\\n1ab=", "\\n" + "a" * 41 + "=",
    "\\n" + "a" * 42 + "=", "\\n" + "b" * 43 + "=", "\\nName", "\\t", "\\",
    "a", "Z9", "_", " ", "=", ":", "\n", "{", "key", "ä", "\0", "plain text, nothing else. ",
]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    rng = random.Random(draw(st.integers(0, 1 << 32)))
    few = rng.sample(PIECES, rng.randint(1, len(PIECES)))
    return "".join(rng.choice(few) for _ in range(rng.randint(0, 200))).encode()


def derived(text: bytes, path: bytes, find: Finders) -> list[tuple[str, bytes]]:
    return [(one.how, one.data) for one in derive(text, path, find)]


@given(texts())
@settings(max_examples=600, deadline=None)
def test_no_escape_is_passed_over(text: bytes) -> None:
    from secretscan.engine import bulkruns

    in_bulk = bulkruns.InBulk(1 + len(text) % 70)
    large = text + b"\n" * bulkruns._LARGE
    for whole in (large, b" " * (len(text) % 37) + large):
        marks = in_bulk.marks(whole)
        for pattern, places in (
            (_PERCENT, marks.percents),
            (_ENTITY, marks.entities),
            (_BACKSLASH, marks.backslashes),
        ):
            assert places is not None
            assert list(places) == sorted(set(places))
            assert [found.span() for found in matches_at(pattern, whole, places)] == [
                found.span() for found in pattern.finditer(whole)
            ]
        path = b"a.json" if len(text) % 2 else b"a.py"
        assert derived(whole, path, in_bulk.finders()) == derived(whole, path, USUAL)
        assert sorted(hints(whole, in_bulk.finders())) == sorted(hints(whole))


def test_escapes_at_the_very_end_and_by_the_thousand() -> None:
    from secretscan.engine.bulkruns import InBulk

    for piece in PIECES:
        tail = piece.encode()
        for many in (tail * 5000, b"." * 9000 + tail):
            marks = InBulk().marks(many)
            for pattern, places in (
                (_PERCENT, marks.percents),
                (_ENTITY, marks.entities),
                (_BACKSLASH, marks.backslashes),
            ):
                assert [found.span() for found in matches_at(pattern, many, places)] == [
                    found.span() for found in pattern.finditer(many)
                ]


def test_plain_code_has_few_places() -> None:
    from secretscan.engine.bulkruns import InBulk

    code = b'log("%s: %d of 100%%\\n", name & mask, "\\x1b[0m" if a && b else "\\t")\n' * 400
    assert InBulk().marks(code) == ([], [], [])


def test_short_texts_are_left_to_patterns() -> None:
    from secretscan.engine.bulkruns import InBulk

    assert InBulk().marks(b"%41") == (None, None, None)
