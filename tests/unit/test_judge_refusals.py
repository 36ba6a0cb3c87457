"""Handles of requests and words after `basic` are no credentials; what looks like them but opens something is."""

from __future__ import annotations

import base64
import random
import string
import uuid

import pytest

from secretscan.engine.judge import Candidate
from secretscan.engine.judge.refusals import core, refusal

BASE62 = string.ascii_letters + string.digits
UUID = str(uuid.UUID(int=random.Random(7).getrandbits(128), version=4)).encode()
RANDOM = "".join(random.Random(8).choices(BASE62, k=40)).encode()


def named(name: bytes, value: bytes, before: bytes = b"") -> Candidate:
    return Candidate("generic-secret", value, name, b":", b'"', before + name + b'": "', b'"')


def basic(value: bytes, *, after: bytes = b"", before: bytes = b"Authorization: ") -> Candidate:
    return Candidate("generic-basic-auth", value, b"Basic", b" ", b"", before + b"Basic ", after)


def b64(text: bytes) -> bytes:
    return base64.b64encode(text)


def reason(seen: Candidate) -> str:
    return refusal(seen, core(seen))


@pytest.mark.parametrize(
    "name",
    [b"ClientToken", b"clientToken", b"RequestToken", b"client-token", b"--client-token", b"--request-token"],
)
def test_uuid_that_names_a_request_is_public(name: bytes) -> None:
    assert reason(named(name, UUID)) == "public name"
    assert reason(named(name, UUID.upper(), b'  "')) == "public name"
    assert reason(named(name, RANDOM)) == ""


@pytest.mark.parametrize(
    "name",
    [
        b"token",
        b"access_token",
        b"client_token",
        b"request_token",
        b"X-Client-Token",
        b"oauthRequestToken",
        b"ClientTokenSecret",
        b"clientSecret",
    ],
)
def test_uuid_under_a_name_that_opens_something_is_kept(name: bytes) -> None:
    assert reason(named(name, UUID)) == ""


@pytest.mark.parametrize(
    "name",
    [b"--client-request-token", b"ClientRequestToken", b"client_request_token", b"client-request-token"],
)
def test_any_value_of_a_client_request_token_is_public(name: bytes) -> None:
    assert reason(named(name, RANDOM)) == "public name"


@pytest.mark.parametrize("word", [b"transversals", b"Stabilizers", b"orbitlengths", b"MSGSETTER"])
def test_word_after_basic_is_refused(word: bytes) -> None:
    assert reason(basic(word, before=b"the ", after=b" of a group")) == "words"
    assert reason(basic(word, before=b"the ", after=b": one")) == "words"


def test_user_and_password_after_basic_are_kept() -> None:
    assert core(basic(b64(b"deploy:" + RANDOM))) == RANDOM
    assert reason(basic(b64(b"deploy:" + RANDOM))) == ""
    assert reason(basic(b"Aladdin", after=b":open sesame")) == ""
    assert reason(basic(RANDOM)) == ""


def test_letters_of_one_case_that_hold_user_and_password_are_kept() -> None:
    assert core(basic(b"djpbfjpi")) == base64.b64decode(b"djpbfjpi")[2:]
    assert reason(basic(b"djpbfjpi")) != "words"


def test_text_without_a_colon_is_judged_by_what_it_says() -> None:
    assert core(basic(b64(b"user"))) == b"user"
    assert reason(basic(b64(b"user"))) == "words"
    assert core(basic(b64(RANDOM))) == RANDOM
    assert reason(basic(b64(RANDOM))) == ""


@pytest.mark.parametrize("words", [b"authentication", b"Password", b"settings", b"httpAuth"])
def test_words_after_basic_stay_words(words: bytes) -> None:
    assert core(basic(words)) == words
    assert reason(basic(words)) == "words"
