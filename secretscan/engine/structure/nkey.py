"""NATS nkeys: base32 with a kind and a CRC-16 inside."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping

from secretscan.engine.structure.verdict import Verdict
from secretscan.rules.checksums import crc16

_KINDS = {"A": "account", "C": "cluster", "N": "server", "O": "operator", "U": "user", "X": "curve"}


def nkey_seed(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the CRC-16 at the end of the seed holds. Source: github.com/nats-io/nkeys, strkey.go."""
    data = base64.b32decode(secret + b"=" * (-len(secret) % 8))
    if struct.pack("<H", crc16(data[:-2])) != data[-2:]:
        return None
    return Verdict(True, {"key_type": _KINDS.get(secret[1:2].decode(), "other")})
