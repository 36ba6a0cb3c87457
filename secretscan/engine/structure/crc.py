"""Tokens that end in a CRC-32 of themselves. A wrong one drops the match, a right one makes it certain."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes
from secretscan.engine.structure.jwt import jwt
from secretscan.engine.structure.verdict import CERTAIN, PLAUSIBLE, Verdict
from secretscan.rules.checksums import base36_crc32, base62_crc32

_ROUTABLE = re.compile(rb"([A-Za-z0-9_-]{27,300})\.(?:([0-9a-z]{2})\.)?([0-9a-z]{2})([0-9a-z]{7})\Z")


def base62_tail(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the last 6 characters are the CRC-32 of those between the 4-byte prefix and them.

    Source: github.blog, "Behind GitHub's new authentication token formats"; npm followed in 2021.
    """
    body, tail = secret[4:-6], secret[-6:]
    return CERTAIN if base62_crc32(body) == tail else None


def github_token(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Check `ghs_` and its like in the classic form, and in that of 2026: `ghs_<app id>_<JWT>`.

    Source: github.blog changelog, April 2026, on installation tokens.
    """
    app, dot, _ = secret[4:].partition(b"_")
    if not dot:
        return base62_tail(secret, groups)
    verdict = jwt(secret[5 + len(app) :], groups)
    if verdict is None or not app.isdigit():
        return None
    return Verdict(certain=True, attributes={**verdict.attributes, "app_id": app.decode()})


def gitlab_token(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Check the routable tokens of GitLab; the older random form has nothing to check.

    Source: gitlabhq, lib/authn/token_field/generator/routable_token.rb: base64url payload, version,
    payload length in base 36, then the CRC-32 of everything before in base 36.
    """
    routable = _ROUTABLE.search(secret)
    if routable is None:
        return PLAUSIBLE
    # A prefix such as `glrt-t1_` belongs to the checksum, but not to the payload.
    if base36_crc32(secret[:-7]) != routable[4]:
        return None
    payload = base64_bytes(routable[1][-int(routable[3], 36) :]) or b""
    routing = payload[16:-1].decode("ascii", "replace").split()
    names = {"o": "organization", "g": "group", "p": "project", "u": "user", "c": "cell"}
    pairs = (item.partition(":") for item in routing)
    return Verdict(True, {names[key]: value for key, _, value in pairs if key in names and value.isalnum()})


def grafana_account(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the last 8 hex digits are the CRC-32 of the rest, little-endian.

    Source: grafana, pkg/components/satokengen.
    """
    body, _, tail = secret.rpartition(b"_")
    return CERTAIN if struct.pack("<I", zlib.crc32(body)).hex().encode() == tail.lower() else None


def atlassian_token(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the last 8 hex digits are the CRC-32 of the rest. Source: its tokens since 2023."""
    body, tail = secret[:-8], secret[-8:]
    return CERTAIN if f"{zlib.crc32(body):08X}".encode() == tail.upper() else None
