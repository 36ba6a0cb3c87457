"""scrypt also where `hashlib` has none, so that a fingerprint never depends on how Python was built.

`hashlib.scrypt` is missing when Python was linked to a libcrypto without it, and refuses to run in some FIPS
modes.
"""

from __future__ import annotations

import hashlib
import struct

_MASK = 0xFFFFFFFF
_COLUMNS = ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11))
_ROWS = ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))
_MEMORY_SLACK_BYTES = 1 << 20


def derive(password: bytes, salt: bytes, *, n: int, r: int, size: int) -> bytes:
    """Return `size` bytes of scrypt(password, salt) with cost `n`, block size `r` and parallelism 1.

    Source: RFC 7914. Uses `hashlib.scrypt` where it works and `derive_in_python` where it does not.
    """
    try:
        return hashlib.scrypt(
            password, salt=salt, n=n, r=r, p=1, dklen=size, maxmem=128 * n * r + _MEMORY_SLACK_BYTES
        )
    except (AttributeError, ValueError):
        return derive_in_python(password, salt, n=n, r=r, size=size)


def derive_in_python(password: bytes, salt: bytes, *, n: int, r: int, size: int) -> bytes:
    """Return the same bytes as `derive`, computed without OpenSSL. Takes seconds at n = 2^13."""
    block = hashlib.pbkdf2_hmac("sha256", password, salt, 1, 128 * r)
    mixed = struct.pack(f"<{32 * r}I", *_mix(list(struct.unpack(f"<{32 * r}I", block)), n, r))
    return hashlib.pbkdf2_hmac("sha256", password, mixed, 1, size)


def _mix(x: list[int], n: int, r: int) -> list[int]:
    """Return the block `x` (32·r words) after scryptROMix (RFC 7914, section 5)."""
    table: list[list[int]] = []
    for _ in range(n):
        table.append(x)
        x = _block_mix(x, r)
    for _ in range(n):
        chosen = table[x[(2 * r - 1) * 16] & (n - 1)]
        x = _block_mix([a ^ b for a, b in zip(x, chosen, strict=True)], r)
    return x


def _block_mix(block: list[int], r: int) -> list[int]:
    """Return scryptBlockMix of `block` (RFC 7914, section 4): even results first, then odd ones."""
    state = block[-16:]
    even: list[int] = []
    odd: list[int] = []
    for i in range(2 * r):
        state = _salsa20_8([a ^ b for a, b in zip(state, block[16 * i : 16 * i + 16], strict=True)])
        (odd if i & 1 else even).extend(state)
    return even + odd


def _salsa20_8(words: list[int]) -> list[int]:
    """Return the Salsa20/8 core of 16 words (RFC 7914, section 3)."""
    x = words[:]
    for _ in range(4):
        for lanes in (_COLUMNS, _ROWS):
            for a, b, c, d in lanes:
                _quarter(x, a, b, c, d)
    return [(u + v) & _MASK for u, v in zip(x, words, strict=True)]


def _quarter(x: list[int], a: int, b: int, c: int, d: int) -> None:
    """Apply one Salsa20 quarter round to the words at `a`, `b`, `c` and `d` of `x`, in place."""
    t = (x[a] + x[d]) & _MASK
    x[b] ^= ((t << 7) | (t >> 25)) & _MASK
    t = (x[b] + x[a]) & _MASK
    x[c] ^= ((t << 9) | (t >> 23)) & _MASK
    t = (x[c] + x[b]) & _MASK
    x[d] ^= ((t << 13) | (t >> 19)) & _MASK
    t = (x[d] + x[c]) & _MASK
    x[a] ^= ((t << 18) | (t >> 14)) & _MASK
