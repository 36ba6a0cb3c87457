"""Checksums that tokens carry: structure checks verify with them, samples are made with them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BECH32 = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def base62_crc32(body: bytes, width: int = 6) -> bytes:
    """Return the CRC-32 of `body` in base 62 (0-9, A-Z, a-z), zero-padded to `width`.

    Source: github.blog, "Behind GitHub's new authentication token formats" (2021); npm followed.
    """
    value, digits = zlib.crc32(body), bytearray()
    while value or len(digits) < width:
        value, digit = divmod(value, 62)
        digits.append(BASE62[digit])
    return bytes(reversed(digits))


def base36_crc32(body: bytes, width: int = 7) -> bytes:
    """Return the CRC-32 of `body` in base 36 (0-9, a-z), zero-padded to `width`.

    Source: GitLab, lib/authn/token_field/generator/routable_token.rb.
    """
    return base36(zlib.crc32(body), width)


def base36(value: int, width: int) -> bytes:
    """Return `value` in base 36 (0-9, a-z), zero-padded to `width`."""
    digits = bytearray()
    while value or len(digits) < width:
        value, digit = divmod(value, 36)
        digits.append(b"0123456789abcdefghijklmnopqrstuvwxyz"[digit])
    return bytes(reversed(digits))


def crc24(data: bytes) -> int:
    """Return the 24-bit checksum of an OpenPGP armour. Source: RFC 4880, section 6.1."""
    register = 0xB704CE
    for byte in data:
        register ^= byte << 16
        for _ in range(8):
            register <<= 1
            if register & 0x1000000:
                register ^= 0x1864CFB
    return register & 0xFFFFFF


def crc16(data: bytes) -> int:
    """Return the CRC-16 (XMODEM) that ends a NATS nkey. Source: github.com/nats-io/nkeys, crc16.go."""
    register = 0
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
    return register & 0xFFFF


def bech32_polymod(values: Iterable[int]) -> int:
    """Return the checksum state after `values` (5 bits each); 1 for a valid string. Source: BIP 173."""
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, factor in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> bit & 1:
                state ^= factor
    return state


def bech32_prefix(prefix: bytes) -> list[int]:
    """Return the values that the human-readable part adds in front of the data. Source: BIP 173."""
    return [byte >> 5 for byte in prefix] + [0] + [byte & 31 for byte in prefix]
