"""A value of which some characters are encoded is decoded whole, and what lies between values stays between them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.decode import Derived, derive


def texts(data: bytes) -> dict[str, Derived]:
    return {derived.how: derived for derived in derive(data, b"a.txt")}


def place(derived: Derived, needle: bytes) -> tuple[int, int]:
    start = derived.data.index(needle)
    assert derived.is_new(start, start + len(needle))
    return derived.origin(start, start + len(needle))


def scattered(escape: Callable[[str], str], *, seed: int = 4) -> tuple[bytes, bytes]:
    """A token with characters to escape far apart, and what `escape` makes of it."""
    pick = random.Random(seed)
    alphabet = string.ascii_letters + string.digits
    pieces = ["".join(pick.choices(alphabet, k=length)) for length in (230, 300, 90, 700, 201)]
    token = "".join(piece + mark for piece, mark in zip(pieces, ("/", "+", "/", "+", "="), strict=True))
    token += "".join(pick.choices(alphabet, k=150))
    return token.encode(), "".join(escape(c) if c in "/+=" else c for c in token).encode()


ESCAPED = [
    ("percent", lambda c: f"%{ord(c):02X}"),
    ("percent", lambda c: f"%{ord(c):02x}"),
    ("entities", lambda c: f"&#{ord(c)};"),
    ("entities", lambda c: f"&#x{ord(c):x};"),
    ("unicode escapes", lambda c: f"\\u{ord(c):04x}"),
]


@pytest.mark.parametrize(
    ("how", "escape"), ESCAPED, ids=[f"{how}-{at}" for at, (how, _) in enumerate(ESCAPED)]
)
@pytest.mark.parametrize(
    ("before", "after"),
    [(b'token = "', b'"\n'), (b"x\nhttps://host/k?token=", b"&X=1 rest\n"), (b"token: ", b"")],
    ids=["quoted", "url", "alone"],
)
def test_value_with_few_encoded_characters_stays_whole(
    how: str, escape: Callable[[str], str], before: bytes, after: bytes
) -> None:
    token, encoded = scattered(escape)
    text = before + encoded + after
    derived = texts(text)[how]
    assert before.split(b"\n")[-1] + token in derived.data
    assert text[slice(*place(derived, token))] == encoded


def test_run_of_hex_escapes_in_a_long_value_keeps_the_rest_of_it() -> None:
    head, tail = "a1B2c3D4" * 40, "e5F6g7H8" * 40
    text = f'token = "{head}\\x2f\\x2b\\x3d{tail}\\x2f\\x2b\\x3d{head}"\n'.encode()
    token = f"{head}/+={tail}/+={head}".encode()
    derived = texts(text)["hex escapes"]
    assert derived.data == b'token = "' + token + b'"'
    assert text[slice(*place(derived, token))] == text[9:-2]


@pytest.mark.parametrize("gap", [1, 79, 80, 81, 159, 160, 161, 239, 240, 241, 400])
@pytest.mark.parametrize("filler", [b"a", b"a ", b'a" '], ids=["value", "words", "quotes"])
def test_near_parts_of_one_line_are_not_torn_apart(gap: int, filler: bytes) -> None:
    between = (filler * gap)[:gap]
    (derived,) = derive(b"k=%2F" + between + b"%2B end", b"a.txt")
    assert derived.data == b"k=/" + between + b"+ end"


def test_far_parts_of_one_line_are_not_run_together() -> None:
    (derived,) = derive(b"k=%2F" + b" word" * 400 + b" l=%2B", b"a.txt")
    assert len(derived.data.split(b"\n")) == 2
    assert derived.data.startswith(b"k=/ word word")
    assert derived.data.endswith(b" word word l=+")


def test_what_is_kept_of_an_endless_value_is_bounded() -> None:
    (derived,) = derive(b"a" * 50_000 + b"%2F" + b"a" * 50_000, b"a.txt")
    assert 2 * 4096 < len(derived.data) < 10_000


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from([b"%2F", b"a" * 70, b"b" * 300, b"c" * 4200, b" ", b'"', b"\n", b"\n\n", b"k="]),
        max_size=14,
    )
)
def test_kept_bytes_stand_in_order_and_lead_back(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    for derived in derive(text, b"a.txt"):
        last = 0
        for at, byte in enumerate(derived.data):
            start, end = derived.origin(at, at + 1)
            assert last <= start < end <= len(text)
            assert byte == 10 or text[start:end].replace(b"%2F", b"/").strip(b"/") in (b"", bytes([byte]))
            last = start
