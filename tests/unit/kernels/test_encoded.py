"""Encoded runs that kernels look for are those of `encoded_runs`, part for part."""

from __future__ import annotations

import base64
import gzip
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.decode.runs import Found, encoded_runs

RNG = random.Random(23)
PLAIN = [
    b"Plum-orchard-77 and more words",
    b"user: deploy\npassword: plum\n" * 4,
    b"subjects??>>~~ of words, and more of them?>?>~~",
    b"subjects??>>~~ \xff\xfe and more of it?>?>~~",
    "Straße, пароль и слова für alle".encode(),
    b"1234567890123456789012345678901234567890",
    RNG.randbytes(60),
    b"\x01\x02\x03" * 15,
    b"text at first, then not \0\0\1\2\3\4" + RNG.randbytes(30),
]


def wrapped(data: bytes, width: int, ending: bytes) -> bytes:
    coded = base64.b64encode(data)
    return ending.join(coded[at : at + width] for at in range(0, len(coded), width))


def encodings(data: bytes) -> list[bytes]:
    url = base64.urlsafe_b64encode(data)
    return [
        base64.b64encode(data),
        base64.b64encode(data).rstrip(b"="),
        url,
        url.rstrip(b"="),
        b"-" + url,
        b"a/b_" + url,
        b"\\n" + base64.b64encode(data),
        b"\\r\\t" + url,
        data.hex().encode(),
        data.hex().upper().encode(),
        data.hex().title().encode(),
        b"\\n" + data.hex().encode(),
        base64.b64encode(gzip.compress(data, mtime=0)),
        gzip.compress(data, mtime=0).hex().encode(),
        base64.b64encode(data.decode("latin-1").encode("utf-16-le")),
        base64.urlsafe_b64encode(data.decode("latin-1").encode("utf-16-le")),
        base64.b64encode(base64.b64encode(data)),
        b"eyJ" + url + b".eyJ" + url + b"." + url,
        b"sha256-" + base64.b64encode(data),
        b"data:image/png;base64," + base64.b64encode(data),
        *(
            wrapped(data * 6, width, ending)
            for width in (20, 56, 60, 64, 76)
            for ending in (b"\n", b"\r\n", b"\\n\n", b"\\\n", b"\n    ")
        ),
    ]


ENCODED = [encoded for data in PLAIN for encoded in encodings(data)]
READABLE = [encoded for data in PLAIN[:3] for encoded in encodings(data)[:20]]
"""On one line, and text for certain."""
OTHER = [
    b"/usr/local/share/applications/of/the/user",
    b"src/main/java/org/example/SomeServiceFactory.java",
    b"anEvenLongerNameInCamelCaseOfManyWords",
    b"someCamelCaseNameWithOneDigit7InIt",
    b"ABSTRACT_SINGLETON_PROXY_FACTORY_BEAN_NAME",
    b"a-very-long-name-with-dashes-and-words",
    b"https://example.org/a/path/that/goes/On/and/on?q=1",
    b"0123456789" * 4,
    b"deadbeef" * 5,
    b"DeadBeef" * 5,
    b"A" * 19,
    b"A" * 20,
    b"A" * 21,
    b"+" * 24,
    b"/" * 40,
    b"-_" * 20,
    b"aB3" * 6 + b"x",
    b"aB3" * 6 + b"xy",
    b"aB3" * 6 + b"xyz",
]
JOINTS = [
    b"", b"", b" ", b"\n", b"\r\n", b'"', b"=", b"==", b"-", b"_", b".", b"+", b"/", b"\\n", b"\\", b"\\t", b": ",
    b'", "', b"\0", b"\xc3", b"n", b"Z",
]  # fmt: skip
WORDS = b"some words of a text. "


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """Encoded and other runs next to each other, some of them damaged."""
    # a seed: drawn one by one, most pieces would be the first of their list
    rng = random.Random(draw(st.integers(0, 1 << 32)))
    pieces = []
    for _ in range(rng.randint(1, 10)):
        piece = bytearray(rng.choice(rng.choice([READABLE, READABLE, ENCODED, OTHER])))
        if rng.random() < 0.3:
            at = rng.randrange(len(piece))
            piece[at : at + rng.choice([0, 1, 1, 5])] = rng.choice(
                [b"", b"A", b"-", b"_", b"/", b"\\n", b"\x80", b" "]
            )
        if rng.random() < 0.2:
            piece = piece[rng.randrange(len(piece)) :]
        pieces += [bytes(piece), rng.choice(JOINTS)]
    return b"".join(pieces)


def bulk(text: bytes, at_once: int = 512) -> list[Found]:
    from secretscan.engine.bulkruns import InBulk

    return list(InBulk(at_once).runs(text))


def test_runs_of_a_long_text_are_found_alike() -> None:
    kinds = dict[str, int]()

    @given(texts(), st.integers(0, 4096), st.booleans())
    @settings(max_examples=300, deadline=None, derandomize=True)
    def check(text: bytes, before: int, is_last: bool) -> None:
        padded = (WORDS * 200)[:before] + text + (b"" if is_last and before == 4096 else WORDS * 200)
        found = list(encoded_runs(padded))
        assert bulk(padded) == found
        for how, _ in found:
            kinds[how] = kinds.get(how, 0) + 1

    check()
    wanted = ("base64", "base64url", "hex", "base64, gzip", "hex, gzip", "base64, utf-16")
    assert all(kinds.get(how, 0) > 3 for how in wanted), kinds


@pytest.mark.parametrize("at_once", [1, 2, 512])
def test_a_text_may_begin_and_end_with_runs_and_hold_more_than_fit_in_a_call(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.engine import bulkruns

    monkeypatch.setattr(bulkruns, "_LARGE", 1)
    several = 0

    @given(texts())
    @settings(max_examples=200, deadline=None, derandomize=True)
    def check(text: bytes) -> None:
        nonlocal several
        found = list(encoded_runs(text))
        assert bulk(text, at_once) == found
        several += len(found) > 2

    check()
    assert several > 20


def test_thousands_of_runs_are_found_in_order() -> None:
    text = b"\n".join(b"key: " + encoded for encoded in ENCODED * 8)
    found = list(encoded_runs(text))
    assert len(found) > 1024  # more than two calls of the kernel give room for
    assert bulk(text) == found


@pytest.mark.parametrize("kind", range(20))
def test_each_kind_of_run_is_judged_alike_at_every_length(kind: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from secretscan.engine import bulkruns

    monkeypatch.setattr(bulkruns, "_LARGE", 1)
    for encoded in [*ENCODED, *OTHER][kind::20]:
        for cut in range(1, min(len(encoded), 60)):
            for text in (encoded[cut:], encoded[:-cut], b" " + encoded[:cut] + b" "):
                assert bulk(text) == list(encoded_runs(text))
