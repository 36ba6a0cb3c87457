"""PyPI's upload tokens: macaroons in base64url."""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes
from secretscan.engine.structure.verdict import Verdict

_HOSTS = (b"pypi.org", b"test.pypi.org")
_LOCATION, _IDENTIFIER, _SIGNATURE = 1, 2, 6


def pypi_macaroon(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the token parses as a version 2 macaroon of PyPI; one cut short stays likely.

    Source: libmacaroons, doc/format.txt (binary format 2): a version byte, then packets of type,
    length and value; a section ends with a zero byte. docs.pypi.org/api/secrets for the prefix.
    """
    data = base64_bytes(secret.removeprefix(b"pypi-"))
    if data is None or data[:1] != b"\x02":
        return None
    packets = dict(_packets(data[1:]))
    host = packets.get(_LOCATION, b"")
    if host not in _HOSTS:
        return None
    whole = _IDENTIFIER in packets and len(packets.get(_SIGNATURE, b"")) == 32
    return Verdict(whole, {"host": host.decode()}, None if whole else 0.8)


def _packets(data: bytes) -> list[tuple[int, bytes]]:
    """Return the packets up to the first that does not fit."""
    found: list[tuple[int, bytes]] = []
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind == 0:
            continue
        size = shift = 0
        while place < len(data):
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        value = data[place : place + size]
        if len(value) < size or shift > 21:
            break
        found.append((kind, value))
        place += size
    return found
