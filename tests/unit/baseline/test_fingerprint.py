from __future__ import annotations

import hashlib
import random
import string
import time

import pytest

from secretscan.baseline.fingerprint import STRONG_BITS, fingerprint, strength_bits
from secretscan.baseline.scrypt import derive, derive_in_python
from secretscan.model.secret import Secret
from secretscan.pipeline.fingerprinting import Fingerprinting
from secretscan.pipeline.groups import Group

BASE62 = string.ascii_letters + string.digits


def token(seed: int, length: int, alphabet: str = BASE62) -> bytes:
    draw = random.Random(seed)
    return "".join(draw.choice(alphabet) for _ in range(length)).encode()


@pytest.mark.parametrize(
    ("rule", "secret", "expected"),
    [
        ("generic-password", b"placeholder-one", "scrypt"),
        ("generic-token", b"aB3" * 1 + bytes(range(33, 90)), "blake2b"),
    ],
    ids=["weak", "strong"],
)
def test_fingerprint_is_the_documented_function(rule: str, secret: bytes, expected: str) -> None:
    domain = b"secretscan fingerprint v1"
    if expected == "scrypt":
        salt = domain + b"\0" + rule.encode()
        wanted = hashlib.scrypt(secret, salt=salt, n=8192, r=8, p=1, dklen=16, maxmem=1 << 26).hex()
    else:
        wanted = hashlib.blake2b(rule.encode() + b"\0" + secret, digest_size=16, key=domain).hexdigest()
    assert fingerprint(rule, secret) == wanted


def test_fingerprint_differs_by_rule_and_by_secret() -> None:
    pairs = [(rule, token(seed, length)) for rule in ("a-b", "a-c") for seed in (1, 2) for length in (8, 40)]
    marks = [fingerprint(*pair) for pair in pairs]
    assert len(set(marks)) == len(pairs)
    assert all(len(mark) == 32 and int(mark, 16) >= 0 for mark in marks)


def test_fingerprints_with_threads_equal_those_without() -> None:
    keys = [("generic-password", Secret(token(seed, length))) for seed in range(4) for length in (9, 60)]
    groups = {key: Group(1.0, {}) for key in keys}
    making = Fingerprinting()
    making.begin(keys[:5])
    making.mark(groups)
    assert [groups[key].fingerprint for key in keys] == [fingerprint(key[0], key[1].reveal()) for key in keys]


def test_a_weak_secret_costs_a_guesser_at_least_ten_milliseconds() -> None:
    began = time.process_time()
    fingerprint("generic-password", b"tiger12")
    assert time.process_time() - began >= 0.010


@pytest.mark.parametrize(
    "secret",
    [
        b"Summer2026!",
        b"correct horse battery staple",
        b"correcthorsebatterystapleagainandagain",
        b"MyCompanyName2026!",
        b"aA1aA1aA1aA1aA1aA1aA1aA1aA1aA1",
        b"12345678901234567890",
        b"",
    ],
)
def test_what_people_choose_counts_as_weak(secret: bytes) -> None:
    assert strength_bits(secret) < STRONG_BITS


@pytest.mark.parametrize(
    ("alphabet", "length"), [(string.hexdigits[:16], 32), (BASE62, 32), (BASE62, 40), ("abcdef234567", 52)]
)
def test_random_tokens_count_as_strong(alphabet: str, length: int) -> None:
    strong = sum(strength_bits(token(seed, length, alphabet)) >= STRONG_BITS for seed in range(300))
    assert strong >= 294, "more than 2 % would pay for scrypt without need"


def test_strength_never_exceeds_what_random_bytes_hold() -> None:
    for seed in range(50):
        assert strength_bits(token(seed, 20)) <= 20 * 5.96


@pytest.mark.parametrize(
    ("password", "salt", "n", "r", "expected"),
    [(b"", b"", 16, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442")],
    ids=["RFC 7914 section 12, first vector"],
)
def test_scrypt_in_python_gives_the_published_result(
    password: bytes, salt: bytes, n: int, r: int, expected: str
) -> None:
    assert derive_in_python(password, salt, n=n, r=r, size=64).hex().startswith(expected)


def test_scrypt_in_python_equals_openssl() -> None:
    wanted = hashlib.scrypt(b"words", salt=b"salt", n=64, r=8, p=1, dklen=16).hex()
    assert derive_in_python(b"words", b"salt", n=64, r=8, size=16).hex() == wanted


def test_scrypt_falls_back_when_the_build_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = derive(b"words", b"salt", n=32, r=8, size=16)
    monkeypatch.delattr(hashlib, "scrypt")
    assert derive(b"words", b"salt", n=32, r=8, size=16) == wanted
