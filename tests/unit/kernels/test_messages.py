"""The texts of commits and tags that the kernel makes are those of `text_of`, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from secretscan.model.provenance import Where
from secretscan.sources.git.objects import ID_HEADERS, TYPE_HEADERS, text_of

np = pytest.importorskip("numpy")

ID, LONG_ID = b"0123456789" * 4, b"0123456789abcdef" * 4
COMMIT = (
    b"tree "
    + ID
    + b"\nparent 4567\nparent "
    + LONG_ID
    + b"\nauthor A <a@a.invalid> 1 +0000\ncommitter B <b@b.invalid> 2 +0000\n"
    b"encoding latin-1\nmergetag object 0123\n type commit\n tag v1\n \n the message of a tag\ngpgsig -----BEGIN\n line\n"
)
LINES = st.sampled_from(
    [
        b"tree 01",
        b"tree " + ID,
        b"tree " + ID + b"0",
        b"tree  " + ID,
        b"parent " + LONG_ID,
        b"parent " + LONG_ID[1:],
        b"parent " + ID[1:] + b"g",
        b"object " + ID,
        b"object " + ID[1:] + b"A",
        b"type " + ID,
        b"encoding " + ID,
        b"type commit",
        b"type blob ",
        b"type tre",
        b"type trees",
        b"type",
        b"type ",
        b"tree",
        b"tre",
        b"tree\t",
        b"parent ",
        b"parents 1",
        b"object 12",
        b"type tag",
        b"typed x",
        b"encoding utf-8",
        b"encoding",
        b"author A <a@a.invalid> 1 +0000",
        b" object 12",
        b" ",
        b"x",
        b"\0",
        *[b""] * 6,
    ]
)
OBJECTS = st.one_of(st.lists(LINES, max_size=8).map(b"\n".join), st.binary(max_size=12))


def made(contents: Sequence[bytes]) -> list[bytes]:
    from secretscan.kernels.compiled import frozen
    from secretscan.kernels.messages import ROOM, message_texts

    between = b"tree 1\n\n"
    joined = between + b"".join(content + between for content in contents)
    sizes = np.array([len(content) for content in contents], dtype=np.int64)
    starts = np.cumsum(sizes + len(between)) - sizes
    text = np.empty(int(sizes.sum()) + ROOM * len(sizes), dtype=np.uint8)
    text_at = np.empty(len(sizes) + 1, dtype=np.int64)
    buffer = np.frombuffer(bytearray(joined), dtype=np.uint8)
    words, lines = frozen(b"".join(ID_HEADERS)), frozen(b"".join(TYPE_HEADERS))
    message_texts(buffer, starts, sizes, words, lines, text, text_at)
    return [text[low:high].tobytes() for low, high in pairwise(text_at)]


def test_texts_are_those_of_the_twin() -> None:
    many = 0

    @given(st.lists(OBJECTS, min_size=1, max_size=6))
    @example(
        [
            COMMIT + b"\nsubject\n\nbody\n",
            COMMIT + b"\nno newline",
            COMMIT + b"\n",
            COMMIT,
            b"",
            b"\n",
            b"\n\n",
        ]
    )
    @settings(max_examples=600, deadline=None, derandomize=True)
    def check(contents: list[bytes]) -> None:
        nonlocal many
        assert made(contents) == [text_of(Where.COMMIT_MESSAGE, content) for content in contents]
        many += sum(b"\n\n" in content for content in contents)

    check()
    assert many > 100


def test_every_header_that_git_writes_is_left_out() -> None:
    for line in (*(word + oid + b"\n" for word in ID_HEADERS for oid in (ID, LONG_ID)), *TYPE_HEADERS):
        content = line + b"author A\n\nmessage"
        (text,) = made([content])
        assert text == text_of(Where.COMMIT_MESSAGE, content) == b"message\nauthor A\n"


@pytest.mark.parametrize("value", [b"words", ID[1:], ID + b" ", LONG_ID + b"0", ID[1:] + b"x", b""])
def test_a_header_that_somebody_has_written_is_kept(value: bytes) -> None:
    for word in (*ID_HEADERS, b"type ", b"encoding "):
        content = word + value + b"\n\nmessage"
        (text,) = made([content])
        assert text == text_of(Where.COMMIT_MESSAGE, content) == b"message\n" + word + value + b"\n"
