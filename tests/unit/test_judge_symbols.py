"""Values of symbols, tokens cut short, and passwords that the syntax gives away."""

from __future__ import annotations

import random
import string

import pytest

from secretscan.engine.judge import JUDGES, Candidate
from secretscan.engine.judge.cautions import cautions
from secretscan.engine.judge.refusals import refusal
from secretscan.engine.judge.symbols import is_generated, is_no_code

judge = JUDGES["generic"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a{b)c", True),
        (b"f(x[0]{y))", True),
        (b"f(x[0],{y:1})", False),
        (b"x)", False),
        (b"f(x", False),
        (b"plain", False),
        (b"a,.:-@*?!#", True),
    ],
)
def test_brackets_that_cross_are_no_code(value, expected):
    assert is_no_code(value) is expected


def test_letters_of_other_alphabets_are_no_symbols():
    assert not is_generated("пароль-это-слово".encode())
    assert is_generated(b"a!b@c#d%e&f*g?h,i")


def candidate(value: bytes, *, prefix: bytes, op: bytes = b"=", rule: str = "generic-secret") -> Candidate:
    return Candidate(rule, value, b"password", op, b'"', prefix, b'"', path=b"app.conf")


def reasons(seen: Candidate) -> set[str]:
    return {reason for reason, _ in cautions(seen, seen.value)}


def test_compared_quoted_and_grouped_passwords_are_told():
    word = "".join(random.Random(3).choices(string.ascii_lowercase, k=9)).encode()
    assert "compared" in reasons(candidate(word, prefix=b'if password == "', op=b"=="))
    assert "quoted_in_prose" in reasons(
        candidate(word, prefix=b'the password is "', op=b" is ", rule="generic-prose-secret")
    )
    beside = b'host="h1"; user="app"; password = "'
    assert "beside_server_and_user" in reasons(candidate(word, prefix=beside))
    assert not reasons(candidate(word, prefix=b'password = "'))


def test_plain_word_beside_its_user_is_judged_and_alone_is_refused():
    alone = candidate(b"window", prefix=b'password = "')
    beside = candidate(b"window", prefix=b'user = "app"; password = "')
    assert refusal(alone, alone.value) == "words"
    assert refusal(beside, beside.value) == ""
    assert judge(beside).score > judge(alone).score


def test_short_value_with_the_mark_of_an_issuer_is_cut_and_a_long_one_is_not():
    body = random.Random(5).choices(string.ascii_uppercase + string.digits, k=60)
    for length, is_cut in ((20, True), (60, False)):
        value = ("NRAK-" + "".join(body[:length])).encode()
        seen = Candidate("generic-key", value, b"key", b"=", b'"', b'key = "', b'"', path=b"app.py")
        assert ("cut_token" in {reason for reason, _ in cautions(seen, value)}) is is_cut
