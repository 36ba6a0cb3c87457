"""Just enough DER to tell a private key from random bytes, and to read its size."""

from __future__ import annotations

from collections.abc import Iterator

SEQUENCE, INTEGER, OCTET_STRING, OID = 0x30, 0x02, 0x04, 0x06


def element(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Return tag, content and what follows the first element of `data`; `None` when it does not fit.

    Source: ITU-T X.690, section 8.1 (definite lengths only, as DER asks).
    """
    if len(data) < 2:
        return None
    tag, size, start = data[0], data[1], 2
    if size >= 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4:
            return None
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if start + size > len(data):
        return None
    return tag, data[start : start + size], data[start + size :]


def children(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in `content`, up to the first that does not fit."""
    while content:
        found = element(content)
        if found is None:
            return
        tag, body, content = found
        yield tag, body


def sequence(data: bytes) -> list[tuple[int, bytes]] | None:
    """Return the elements of the sequence that `data` is; `None` when it is none."""
    found = element(data)
    if found is None or found[0] != SEQUENCE:
        return None
    return list(children(found[1]))


def bits(integer: bytes) -> int:
    """Return the size of a DER integer's value."""
    return int.from_bytes(integer, "big").bit_length()
