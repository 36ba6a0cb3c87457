"""How much values look like words, and how random their bytes are."""

from __future__ import annotations

import random
import string

import pytest

from secretscan.engine.entropy import shannon_entropy
from secretscan.engine.judge.issuers import is_issued, names_issuer
from secretscan.engine.judge.language import is_word, wording
from secretscan.engine.judge.placeholder import is_sequence


@pytest.mark.parametrize(
    "text", [b"connection_timeout", b"userAccountName", b"HTTP_PROXY_SERVER", b"authentication"]
)
def test_names_are_covered_by_words(text):
    assert wording(text).covered > 0.95


@pytest.mark.parametrize("seed", range(10))
def test_random_letters_are_more_surprising_than_words(seed):
    letters = "".join(random.Random(seed).choices(string.ascii_lowercase, k=12)).encode()
    assert wording(letters).surprise > wording(b"documentation").surprise + 0.5


def test_value_without_letters_has_no_wording():
    assert wording(b"12345678").letters == 0
    assert wording(b"").surprise == 0.0


def test_words_are_known_in_lower_case():
    assert is_word("password")
    assert not is_word("xqzjv")


def test_longest_gap_counts_letters_outside_words():
    assert wording(b"qzxvkjwfpassword").longest_gap == 8


@pytest.mark.parametrize(
    ("text", "bits"), [(b"", 0.0), (b"aaaa", 0.0), (b"ab", 1.0), (b"abcd", 2.0), (bytes(range(256)), 8.0)]
)
def test_entropy_is_in_bits_per_byte(text, bits):
    assert shannon_entropy(text) == pytest.approx(bits)


@pytest.mark.parametrize(
    "text", [b"abcdefgh", b"12345678", b"qwertyuiop", b"ABCDEF0123456789", b"abcdefghijklmnop-12345"]
)
def test_runs_of_alphabet_digits_and_keyboard_are_sequences(text):
    assert is_sequence(text)


@pytest.mark.parametrize("seed", range(20))
def test_random_text_is_no_sequence(seed):
    assert not is_sequence(
        "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=24)).encode()
    )


def test_issuers_are_named_in_any_spelling():
    assert names_issuer(b"datadog_api_key")
    assert names_issuer(b"new_relic_key")
    assert not names_issuer(b"my_service_key")


def test_tokens_with_a_checked_structure_are_left_to_their_rules():
    assert is_issued(b"ghp_something")
    assert not is_issued(b"something_ghp_")
