from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import token

from secretscan.report.printable import cell_width, clip, escape_controls, strip_controls, wrap
from secretscan.report.redact import (
    as_redacted,
    is_redacted,
    redact_line,
    redact_secret,
    reveal_secret,
)

TOKENS = st.text(string.ascii_letters + string.digits + "_-+/=", min_size=6, max_size=80)
HARMFUL = st.text(
    st.sampled_from(
        "ab \t\x00\x07\x08\x1b[]m;0123Jx\x7f\x85\x9b\x9d\u200b\u200e\u202e\u2066\u2028\ufeff\ud800é漢"
    )
)


def test_a_long_token_shows_four_leading_characters_and_its_length() -> None:
    secret = token(3, 40)
    assert redact_secret(secret.encode()) == f"{secret[:4]}…(40)"


@pytest.mark.parametrize(
    "secret",
    [
        token(4, 19),
        "correct horse battery staple!!",
        "abcdefghijklmnopqrstuvwxyz",
        "9" * 30,
        "-----BEGIN\n" + token(1),
    ],
    ids=["short", "words", "letters only", "digits only", "several lines"],
)
def test_what_may_be_guessed_or_is_no_token_shows_nothing(secret: str) -> None:
    assert redact_secret(secret.encode()) == f"…({len(secret)})"


def test_a_password_shows_nothing_however_long() -> None:
    assert redact_secret(token(5, 60).encode(), password=True) == "…(60)"


def test_the_length_counts_bytes_when_the_value_is_not_utf_8() -> None:
    assert redact_secret(b"\xff\xfe" + b"\xe9" * 10) == "…(12)"


@given(st.binary(min_size=1, max_size=200))
def test_never_more_than_a_fifth_and_never_more_than_four_are_shown(secret: bytes) -> None:
    shown = redact_secret(secret)
    lead = shown[: shown.index("…")]
    assert len(lead) <= min(4, len(secret) // 5)
    assert is_redacted(shown)
    assert as_redacted(shown) == shown


@given(TOKENS, TOKENS)
def test_a_line_loses_the_secret_wherever_it_stands(secret: str, other: str) -> None:
    line = f"a={secret};b={other};c={secret}".encode()
    snippet = redact_line(line, [(2, 2 + len(secret))], secret.encode())
    assert secret not in snippet.replace(other, "") or secret in redact_secret(secret.encode())
    assert snippet.startswith("a=" + redact_secret(secret.encode()))


def test_pieces_of_a_secret_show_no_lead() -> None:
    secret = token(6, 60)
    line = f"k = {secret[:30]}\\{secret[30:]}".encode()
    assert redact_line(line, [(4, 34), (35, 65)], secret.encode()) == "k = …(30)\\…(30)"


def test_the_head_of_a_key_stays_and_says_how_long_the_key_is() -> None:
    head = "-----BEGIN PRIVATE " + "KEY-----"
    key = f"{head}\n{token(9, 60)}\n".encode()
    assert redact_line(f"  {head}".encode(), [(2, 2 + len(head))], key) == f"  {head}…({len(key)})"
    joined = key.replace(b"\n", b"\\n")
    line = b'k = "' + joined + b'"'
    assert redact_line(line, [(5, 5 + len(joined))], joined) == f'k = "{head}…({len(joined)})"'


def test_overlapping_and_overlong_ranges_are_one() -> None:
    assert redact_line(b"x = abcdefghij", [(4, 9), (6, 99), (-5, 0)]) == "x = …(10)"


def test_a_copy_completed_by_dropping_a_zero_width_character_is_hidden() -> None:
    secret = token(8)
    line = f"a = '{secret}' # {secret[:9]}\u200b{secret[9:]}".encode()
    assert secret not in redact_line(line, [(5, 45)], secret.encode())


@given(HARMFUL, HARMFUL)
def test_a_snippet_is_printable_whatever_the_line_holds(before: str, after: str) -> None:
    start = before.encode("utf-8", "replace")
    line = start + b"SECRET" + after.encode("utf-8", "replace")
    snippet = redact_line(line, [(len(start), len(start) + 6)])
    assert snippet.isprintable()
    assert "…(6)" in snippet


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("a\tb\u00a0c\u3000d", "a b c d"),
        ("abc\u202edcb", "abcdcb"),
        ("pass\u200bword\ufeff", "password"),
        ("a\u2028b\x00c\rd", "abcd"),
        ("漢字 é", "漢字 é"),
    ],
)
def test_escape_sequences_and_invisible_characters_go(raw: str, clean: str) -> None:
    assert strip_controls(raw) == clean


@given(HARMFUL)
def test_names_stay_distinct_when_controls_are_spelled_out(name: str) -> None:
    shown = escape_controls(name)
    assert shown.isprintable()
    assert shown.replace("\\", "") != "" or name.replace("\\", "") == ""


def test_two_names_that_differ_in_an_invisible_character_look_different() -> None:
    assert escape_controls("a\u200bb") == "a\\u200bb" != escape_controls("ab")


def test_undecodable_plaintext_survives_the_way_through_a_record() -> None:
    raw = b"caf\xe9-\xff"
    assert reveal_secret(raw).encode("utf-8", "surrogateescape") == raw


@given(st.text(st.sampled_from("ab 漢é\u0301")), st.integers(1, 30))
def test_clip_and_wrap_keep_to_the_width(text: str, columns: int) -> None:
    assert cell_width(clip(text, columns)) <= columns
    for line in wrap(text, columns):
        assert cell_width(line) <= columns or " " not in line
