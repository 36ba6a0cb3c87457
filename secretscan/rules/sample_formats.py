"""Sample tokens with a checksum or a structure inside. Each function fills one placeholder."""

from __future__ import annotations

import base64
import binascii
import json
import random
import string
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from secretscan.rules.checksums import (
    BASE62,
    BECH32,
    base36,
    base36_crc32,
    base62_crc32,
    bech32_polymod,
    bech32_prefix,
    crc16,
)

Maker = Callable[[random.Random, str], str]

LATE = 4102444800
"""2100-01-01, the expiry of sample tokens."""


def chars(rng: random.Random, members: str, length: int) -> str:
    """Return `length` random characters out of `members`."""
    return "".join(rng.choices(members, k=length))


def base62(rng: random.Random, length: int) -> str:
    """Return `length` random letters and digits."""
    return chars(rng, BASE62.decode(), length)


def b64url(data: bytes) -> str:
    """Return `data` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _crc62(rng: random.Random, prefix: str) -> str:
    body = base62(rng, 30)
    return prefix + body + base62_crc32(body.encode()).decode()


def _bad_crc62(rng: random.Random, prefix: str) -> str:
    body = base62(rng, 30)
    tail = base62_crc32(body.encode()).decode()
    return prefix + body + tail[:-1] + ("7" if tail[-1] != "7" else "8")


def _github_app(rng: random.Random, _: str) -> str:
    return f"ghs_{rng.randrange(10**5, 10**7)}_{_jwt(rng, '')}"


def _jwt(rng: random.Random, expiry: str) -> str:
    claims = {"sub": base62(rng, 12), "iss": f"https://{chars(rng, string.ascii_lowercase, 8)}.invalid"}
    payload = {**claims, "exp": 1500000000 if expiry == "expired" else LATE}
    header = b64url(b'{"alg":"HS256","typ":"JWT"}')
    return f"{header}.{b64url(json.dumps(payload).encode())}.{b64url(rng.randbytes(32))}"


def _aws_key_id(rng: random.Random, prefix: str) -> str:
    alphabet = string.ascii_uppercase + "234567"
    # Ids of the present generation begin their body with Q-Z or 2-7, and only those hold the account.
    return (prefix or "AKIA") + chars(rng, alphabet[16:], 1) + chars(rng, alphabet, 15)


def _gitlab_routable(rng: random.Random, prefix: str) -> str:
    routing = (
        f"c:{rng.randrange(1, 9)}\no:{rng.randrange(10, 99)}\np:{base36(rng.randrange(10**6), 4).decode()}\n"
    )
    body = b64url(rng.randbytes(16) + routing.encode() + bytes([len(routing)]))
    start = f"{prefix or 'glpat-'}{body}.01.{base36(len(body), 2).decode()}"
    return start + base36_crc32(start.encode()).decode()


def _grafana_account(rng: random.Random, _: str) -> str:
    start = f"glsa_{base62(rng, 32)}"
    return f"{start}_{struct.pack('<I', zlib.crc32(start.encode())).hex()}"


def _grafana_cloud(rng: random.Random, _: str) -> str:
    fields = {"o": str(rng.randrange(10**5, 10**6)), "n": "ci-writer", "k": base62(rng, 24), "m": {"r": "eu"}}
    return "glc_" + base64.b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode()


def _grafana_legacy(rng: random.Random, _: str) -> str:
    fields = {"k": base62(rng, 32), "n": "ci-writer", "id": 1}
    return base64.b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode()


def _sentry_org(rng: random.Random, _: str) -> str:
    fields = {
        "iat": 1_700_000_000 + rng.random(),
        "url": "https://sentry.io",
        "region_url": "https://us.sentry.io",
        "org": chars(rng, string.ascii_lowercase, 7),
    }
    start = base64.b64encode(json.dumps(fields).encode()).decode()
    return f"sntrys_{start}_{base64.b64encode(rng.randbytes(32)).decode().rstrip('=')}"


def _atlassian(rng: random.Random, prefix: str) -> str:
    start = f"{prefix or 'ATATT3xFfGF0'}{base62(rng, 171)}="
    return start + f"{zlib.crc32(start.encode()):08X}"


def _bitbucket_server(rng: random.Random, prefix: str) -> str:
    body = f"{chars(rng, '123456789', 12)}:".encode() + rng.randbytes(20)
    return prefix + base64.b64encode(body).decode()


def _pypi(rng: random.Random, host: str) -> str:
    """Macaroon of version 2: location, identifier, signature as type, length, value. Source: libmacaroons."""

    def packet(kind: int, value: bytes) -> bytes:
        return bytes([kind, len(value)]) + value

    location = (host or "pypi.org").encode()
    identifier = f'{{"v":1,"id":"{rng.getrandbits(128):032x}"}}'.encode()
    body = packet(1, location) + packet(2, identifier) + b"\0\0" + packet(6, rng.randbytes(32))
    return "pypi-" + b64url(b"\x02" + body + b"\0")


def _age(rng: random.Random, _: str) -> str:
    prefix, bits = b"age-secret-key-", int.from_bytes(rng.randbytes(32), "big") << 4
    values = [bits >> shift & 31 for shift in range(255, -1, -5)]
    state = bech32_polymod([*bech32_prefix(prefix), *values, *[0] * 6]) ^ 1
    values += [state >> shift & 31 for shift in range(25, -1, -5)]
    return f"AGE-SECRET-KEY-1{''.join(chr(BECH32[value]) for value in values).upper()}"


def _nkey(rng: random.Random, kind: str) -> str:
    public = (ord(kind or "U") - ord("A")) << 3
    body = bytes([(18 << 3) | public >> 5, (public & 31) << 3]) + rng.randbytes(32)
    return base64.b32encode(body + struct.pack("<H", crc16(body))).decode().rstrip("=")


def _discord(rng: random.Random, _: str) -> str:
    return f"{b64url(chars(rng, '123456789', 18).encode())}.G{base62(rng, 5)}.{base62(rng, 38)}"


def _jfrog_reference(rng: random.Random, _: str) -> str:
    return b64url(f"reftkn:01:{rng.randrange(17 * 10**8, 18 * 10**8)}:{base62(rng, 27)}".encode())


def _basic(rng: random.Random, user: str) -> str:
    return base64.b64encode(f"{user or 'deploy'}:{base62(rng, 14)}".encode()).decode()


def _base64_of(rng: random.Random, size: str) -> str:
    return base64.b64encode(rng.randbytes(int(size))).decode()


def _base64url_of(rng: random.Random, size: str) -> str:
    return b64url(rng.randbytes(int(size)))


def _hex_of_text(rng: random.Random, text: str) -> str:
    return binascii.hexlify(text.encode()).decode() + f"{rng.getrandbits(64):016x}"


FORMATS: Final[Mapping[str, Maker]] = {
    "github-crc32": _crc62,
    "github-badcrc": _bad_crc62,
    "github-app": _github_app,
    "npm-crc32": lambda rng, _: _crc62(rng, "npm_"),
    "npm-badcrc": lambda rng, _: _bad_crc62(rng, "npm_"),
    "jwt": _jwt,
    "jwt-unsigned": lambda rng, expiry: _jwt(rng, expiry).rpartition(".")[0],
    "aws-key-id": _aws_key_id,
    "gitlab-routable": _gitlab_routable,
    "grafana-account": _grafana_account,
    "grafana-cloud": _grafana_cloud,
    "grafana-legacy": _grafana_legacy,
    "sentry-org": _sentry_org,
    "atlassian": _atlassian,
    "bitbucket-server": _bitbucket_server,
    "pypi": _pypi,
    "age": _age,
    "nkey": _nkey,
    "discord": _discord,
    "jfrog-reference": _jfrog_reference,
    "basic": _basic,
    "base64-of": _base64_of,
    "base64url-of": _base64url_of,
    "hex-of-text": _hex_of_text,
}
"""Placeholder name to its maker."""
