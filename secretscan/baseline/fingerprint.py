"""The fingerprint: 32 hexadecimal digits that stand for (rule, secret) and for nothing else.

Fingerprints are committed, so they must not help to guess a weak password. What could be guessed goes through
scrypt; what could not goes through keyed BLAKE2b, which is a hundred thousand times cheaper. Every constant
here is part of the format: a change would orphan the baselines people have written, hence the version in the
domain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from secretscan.baseline.scrypt import derive

_DOMAIN = b"secretscan fingerprint v1"
"""Key of the BLAKE2b form and beginning of scrypt's salt. Public: it separates uses and hides nothing."""
_SIZE_BYTES = 16
_SCRYPT_N = 1 << 13
_SCRYPT_R = 8
"""8 MiB and about 20 ms a guess on one core of 2024; the contract asks for at least 10 ms."""
STRONG_BITS = 64.0
"""Estimated strength from which a secret is beyond guessing offline, and BLAKE2b will do."""
_BITS_KIND_CHANGES = 4.0
_BITS_KIND_STAYS = 1.5


def fingerprint(rule_id: str, secret: bytes) -> str:
    """Return 32 hexadecimal digits that identify (rule, secret): the same in every mode and on every system.

    Takes about 20 ms for a secret under `STRONG_BITS`, microseconds for others: call it once per distinct
    secret.
    """
    if is_weak(secret):
        return derive(secret, _salt(rule_id), n=_SCRYPT_N, r=_SCRYPT_R, size=_SIZE_BYTES).hex()
    rule = rule_id.encode()
    return hashlib.blake2b(rule + b"\0" + secret, digest_size=_SIZE_BYTES, key=_DOMAIN).hexdigest()


def fingerprints_together(weak: Sequence[tuple[str, bytes]]) -> list[str]:
    """Return the fingerprint of each (rule id, weak secret), in order, in a third of the time: needs kernels loaded."""
    from secretscan.kernels.scrypt import derive_together

    pairs = [(secret, _salt(rule_id)) for rule_id, secret in weak]
    return [mark.hex() for mark in derive_together(pairs, n=_SCRYPT_N, r=_SCRYPT_R, size=_SIZE_BYTES)]


def is_weak(secret: bytes) -> bool:
    """Whether a secret could be guessed, so that its fingerprint takes scrypt."""
    return strength_bits(secret) < STRONG_BITS


def _salt(rule_id: str) -> bytes:
    return _DOMAIN + b"\0" + rule_id.encode()


def strength_bits(secret: bytes) -> float:
    """Return a low estimate of the work to guess `secret`, in bits; a pure function of its bytes.

    Each byte counts 4 bits where the kind of character changes (lower, upper, digit, other) and 1.5 where it
    stays the same; a pair of bytes that occurred before counts nothing. Random base62 so gets about 3 bits a
    character of its 5.95, random hex 2.7 of 4, and words 1.5: NIST SP 800-63-2, appendix A, estimates 1.5 to
    2 bits for the later characters of what people choose.
    """
    bits = 0.0
    seen: set[bytes] = set()
    previous = b""
    for position in range(len(secret)):
        byte = secret[position : position + 1]
        pair = previous + byte
        if pair not in seen:
            seen.add(pair)
            bits += _BITS_KIND_CHANGES if _kind(previous) != _kind(byte) else _BITS_KIND_STAYS
            if bits >= 4 * STRONG_BITS:
                break
        previous = byte
    return bits


def _kind(byte: bytes) -> int:
    """Return 0 to 4: nothing, digit, lower, upper, other."""
    if not byte:
        return 0
    if byte.isdigit():
        return 1
    if byte.islower():
        return 2
    return 3 if byte.isupper() else 4
