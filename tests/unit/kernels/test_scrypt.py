"""The kernel of scrypt says what `hashlib.scrypt` says, of however many passwords at once."""

from __future__ import annotations

import hashlib
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.baseline.fingerprint import fingerprint, fingerprints_together
from secretscan.model.secret import Secret
from secretscan.pipeline.fingerprinting import Fingerprinting
from secretscan.pipeline.groups import Group


def of_hashlib(password: bytes, salt: bytes, n: int, r: int, size: int) -> bytes:
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=1, dklen=size, maxmem=1 << 27)


@given(
    st.lists(st.tuples(st.binary(max_size=80), st.binary(max_size=40)), max_size=20),
    st.integers(1, 7),
    st.integers(1, 9),
    st.integers(1, 70),
)
@settings(max_examples=150, deadline=None)
def test_any_passwords_with_any_cost(pairs: list[tuple[bytes, bytes]], bits: int, r: int, size: int) -> None:
    from secretscan.kernels.scrypt import derive_together

    wanted = [of_hashlib(password, salt, 1 << bits, r, size) for password, salt in pairs]
    assert derive_together(pairs, n=1 << bits, r=r, size=size) == wanted


@pytest.mark.parametrize(("n", "r"), [(0, 8), (1, 8), (3, 8), (6, 8), (-2, 8), (8, 0)])
def test_what_scrypt_does_not_take_is_an_error(n: int, r: int) -> None:
    from secretscan.kernels.scrypt import derive_together

    with pytest.raises(ValueError, match="scrypt takes no cost"):
        derive_together([(b"password", b"salt")], n=n, r=r, size=16)


@pytest.mark.parametrize("count", [1, 8, 11])
def test_fingerprints_are_the_same_together(count: int) -> None:
    draw = random.Random(count)
    weak = [
        (f"rule-{n % 3}", "".join(draw.choices(string.ascii_lowercase, k=9)).encode()) for n in range(count)
    ]
    assert fingerprints_together(weak) == [fingerprint(*pair) for pair in weak]


@pytest.mark.parametrize("has_kernels", [False, True])
@pytest.mark.parametrize("count", [4, 12, 33])
def test_weak_and_strong_secrets_get_theirs_whoever_makes_them(count: int, has_kernels: bool) -> None:
    draw = random.Random(count)
    lengths = [draw.choice((6, 7, 8, 9, 60)) for _ in range(count)]
    secrets = [bytes(draw.choices(range(33, 127), k=length)) for length in lengths]
    keys = [(f"rule-{n % 2}", Secret(secret)) for n, secret in enumerate(secrets)]
    groups = {key: Group(1.0, {}) for key in keys}
    making = Fingerprinting({keys[0]: "known"}, has_kernels=has_kernels)
    making.begin(keys[: count - 2])
    making.mark(groups)
    assert groups[keys[0]].fingerprint == "known"
    for key in keys[1:]:
        assert groups[key].fingerprint == fingerprint(key[0], key[1].reveal())
