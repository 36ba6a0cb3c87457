"""The parts that the kernel cuts are those of `cut_parts`, byte for byte."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence

import pytest
from bulk_cutting import Row, bulk_cut, held, watched_paths
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_calls import callable_part

from secretscan.engine import windows
from secretscan.engine.textform import has_nul
from secretscan.engine.versions import NO_BASE, NO_TEXT, HeldVersion, cut_parts
from tests.unit.windows.test_deltascan import histories

np = pytest.importorskip("numpy")

RNG = random.Random(21)


def base_sizes(versions: Sequence[HeldVersion]) -> list[int]:
    """The size of each version's base, where it is scanned as a delta of it."""
    return [
        len(versions[version.base].data)
        if version.base >= 0 and versions[version.base].path == version.path
        else NO_BASE
        for version in versions
    ]


def same_cut(versions: Sequence[HeldVersion], sizes: Sequence[int]) -> tuple[int, int]:
    """Hold the kernel to its twin; return how many versions were cut as deltas, and how many may decode."""
    cut = bulk_cut(versions).cut(np.array(sizes, dtype=np.int64), watched_paths(versions))
    assert [start == NO_TEXT for start in cut.starts] == [has_nul(version.data) for version in versions]
    # the kernel leaves out what holds a NUL, of which the twin says more
    shown = [n for n, start in enumerate(cut.starts) if start != NO_TEXT]
    twin = cut_parts([versions[n] for n in shown], [sizes[n] for n in shown])
    assert cut.text == twin.text
    assert [cut.starts[n] for n in shown] == list(twin.starts)
    assert [bool(cut.is_delta[n]) for n in shown] == list(map(bool, twin.is_delta))
    assert [bool(cut.may_decode[n]) for n in shown] == list(map(bool, twin.may_decode))
    assert not any(cut.is_delta[n] or cut.may_decode[n] for n in range(len(versions)) if n not in shown)
    return sum(map(bool, twin.is_delta)), sum(map(bool, twin.may_decode))


def test_histories_are_cut_alike() -> None:
    deltas = 0

    @given(histories())
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(history: list[Row]) -> None:
        nonlocal deltas
        versions = held(history)
        deltas += same_cut(versions, base_sizes(versions))[0]

    check()
    assert deltas > 50


ENDINGS = ["\n", "\r\n", "\\n\n", "\\n\r\n", "\\\n", "\\\r\n"]


def wrapped(width: int, lines: int, ending: str) -> bytes:
    """Base64 of text, as it is wrapped in mail, in key files and in strings of code."""
    coded = base64.b64encode(RNG.randbytes(width * lines)).decode()
    return "".join(coded[at : at + width] + ending for at in range(0, width * lines, width)).encode()


FILES: list[tuple[str, bytes, bytes]] = [
    ("JSON by its path", b"a.json", b'{"a line": "of\\n words"},\n' * 90),
    ("JSON by its path, without", b"a.json", b'{"a line": "of words"},\n' * 90),
    (
        "JSON by its path, in one line alone",
        b"a.json",
        b'{"b": 1},\n' * 60 + b'"\\"",\n' + b'{"b": 1},\n' * 60,
    ),
    ("no JSON", b"a.txt", b'{"a line": "of\\n words"},\n' * 90),
    ("an object without a path", b"", b'{"a line": "of\\n words"},\n' * 90),
    ("a list without a path", b"", b'["a line", "of\\n words"],\n' * 90),
    ("words without a path", b"", b'"a line", "of\\n words"\n' * 90),
    ("CRLF", b"a.c", b"one line of words\r\n" * 120),
    ("CR", b"a.c", b"one line of words\r" * 120),
    ("no final newline", b"a.c", b"one line of words\n" * 120 + b"the last"),
    ("a huge line", b"a.js", b"one line\n" * 30 + b"var a=1;" * 700 + b"\n" + b"one line\n" * 30),
    ("one line alone", b"a.js", b"var a=1;" * 700),
    ("newlines alone", b"a.txt", b"\n" * 900),
    (
        "a NUL at the edge of what is sniffed",
        b"a.txt",
        b"one line\n" * 888 + b"1234567\0" + b"one line\n" * 90,
    ),
    ("a NUL behind it", b"a.txt", b"one line\n" * 888 + b"12345678\0" + b"one line\n" * 90),
    ("UTF-16", b"a.txt", ("one line\n" * 90).encode("utf-16")),
    ("empty", b"a.txt", b""),
]


WRAPPED = [
    b"a line\n" * 90 + wrapped(width, 40, ending) + b"a line\n" * 9
    for width in (55, 56, 57, 64, 76)
    for ending in ENDINGS
]
INSERTS = [b"", b"x", b"\n", b"{", b"\\", b"two\nlines\n", b"A" * 56 + b"\n"]

edits = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 90)), min_size=1, max_size=3)
"""Places in thousandths of a text, and how many bytes are left out there."""


def edited(path: bytes, text: bytes, edits: list[tuple[int, int]], insert: bytes) -> list[HeldVersion]:
    """A text, its edited form as a delta of it, an empty version, and the edit taken back."""
    made, copies, at = b"", list[tuple[int, int, int]](), 0
    for thousandths, left_out in sorted(edits):
        place = len(text) * thousandths // 1000
        if place > at:
            copies.append((at, len(made), place - at))
            made += text[at:place]
        made += insert
        at = max(at, min(place + left_out, len(text)))
    if at < len(text):
        copies.append((at, len(made), len(text) - at))
        made += text[at:]
    back = [(here, there, length) for there, here, length in copies]
    return held([(text, -1, [], path), (made, 0, copies, path), (b"", 0, [], path), (text, 1, back, path)])


@pytest.mark.parametrize(("path", "text"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_an_edit_anywhere_is_cut_alike(path: bytes, text: bytes) -> None:
    @given(edits, st.sampled_from(INSERTS))
    @settings(max_examples=150, deadline=None, derandomize=True)
    def check(edits: list[tuple[int, int]], insert: bytes) -> None:
        versions = edited(path, text, edits, insert)
        same_cut(versions, base_sizes(versions))
        same_cut(versions[1:2], [len(text)])

    check()


def test_an_edit_of_wrapped_data_is_cut_alike() -> None:
    may_decode = 0

    @given(st.sampled_from(WRAPPED), edits, st.sampled_from(INSERTS))
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(text: bytes, edits: list[tuple[int, int]], insert: bytes) -> None:
        nonlocal may_decode
        versions = edited(b"a.py", text, edits, insert)
        may_decode += same_cut(versions, base_sizes(versions))[1]

    check()
    assert may_decode > 100


def test_no_versions_are_no_text() -> None:
    assert same_cut([], []) == (0, 0)


def test_lines_that_may_go_on_are_told_alike_at_every_offset() -> None:
    from secretscan.kernels import parts

    is_wrapped = callable_part(parts.is_wrapped)
    wrapped_lines = 0
    characters = st.sampled_from(["A", "z", "0", "9", "+", "/", "n", "Q" * 7, "Q" * 20])
    strange = st.sampled_from(["-", "_", "=", " ", "\\", ".", ":", "@", "[", "`", "{", "\r", "\0", "é"])
    line = st.builds(
        lambda head, fill, width, tail, ending: (head + fill * width)[: max(width, 1)] + tail + ending,
        st.one_of(st.just(""), characters, strange),
        st.sampled_from("Anz/+Q0"),
        st.sampled_from([0, 1, 40, 54, 55, 56, 57, 58, 64, 76, 300]),
        st.one_of(st.just(""), st.just(""), characters, strange),
        st.sampled_from(
            [*ENDINGS, "\n", "n\n", "\\\\n\n", "\r\r\n", "\\nn\n", "\\n\\n\n", "r\n", "\\r\n", ""]
        ),
    )

    @given(st.lists(line, max_size=6).map("".join).map(str.encode))
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(text: bytes) -> None:
        nonlocal wrapped_lines
        data = np.frombuffer(bytearray(text), dtype=np.uint8) if text else np.zeros(0, dtype=np.uint8)
        expected = [windows.is_wrapped(text, at) for at in range(len(text) + 2)]
        assert [is_wrapped(data, at) for at in range(len(text) + 2)] == expected
        wrapped_lines += sum(expected)

    check()
    assert wrapped_lines > 50
