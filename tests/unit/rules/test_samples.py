"""Sample values: the same for the same seed, of the asked kind, and free of words that filters trip over."""

from __future__ import annotations

import re

import pytest

from secretscan.rules.samples import AVOIDED, FORMATS, SampleError, fill
from secretscan.rules.verbose import without_verbose


def test_fill_depends_on_the_seed_and_the_place_only() -> None:
    text = "{{hex:32}} {{hex:32}}"
    assert fill(text, seed="a/0") == fill(text, seed="a/0") != fill(text, seed="a/1")
    first, second = fill(text, seed=1).split()
    assert first != second


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("{{hex:32}}", "[0-9a-f]{32}"),
        ("{{HEX:8}}", "[0-9A-F]{8}"),
        ("{{base32:16}}", "[A-Z2-7]{16}"),
        ("{{chars:[A-F0-9x]:12}}", "[A-F0-9x]{12}"),
        ("{{uuid}}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("{{password:16}}", r"(?=.*[!*+\-_~])\S{16}"),
        ("{{github-crc32:gho_}}", "gho_[0-9A-Za-z]{36}"),
        ("{{ name }} {{.Values.key}}", r"\{\{ name \}\} \{\{\.Values\.key\}\}"),
    ],
)
def test_placeholder_gives_its_kind(text: str, form: str) -> None:
    assert re.fullmatch(form, fill(text, seed=7))


def test_samples_hold_no_word_of_a_placeholder() -> None:
    for seed in range(300):
        for text in ("{{base62:40}}", "{{lower:20}}", "{{digits:12}}"):
            assert not AVOIDED.search(fill(text, seed=seed))


@pytest.mark.parametrize("text", ["{{nosuch}}", "{{hex}}", "{{hex:0}}", "{{chars:[b-a]:3}}", "{{pem:cube}}"])
def test_unknown_placeholder_is_an_error(text: str) -> None:
    with pytest.raises(SampleError):
        fill(text, seed=1)


def test_every_format_gives_a_printable_value() -> None:
    for name, make in FORMATS.items():
        value = fill(
            f"{{{{{name}:8}}}}" if name in {"base64-of", "base64url-of", "password"} else f"{{{{{name}}}}}",
            seed=3,
        )
        assert callable(make)
        assert len(value) >= 8
        assert value.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("verbose", "plain"),
    [
        ("(?x) a b # c\n d", "abd"),
        (r"(?x)[ #]\ \# [^] ] # ]", r"[ #]\ \#[^] ]"),
        ("(?xi)a b", "(?i)ab"),
        ("a b", "a b"),
        (r"(?x)[a[ ] b", "[a[ ]b"),
    ],
)
def test_without_verbose_means_the_same(verbose: str, plain: str) -> None:
    assert without_verbose(verbose) == plain
    assert re.compile(verbose).groups == re.compile(plain).groups
