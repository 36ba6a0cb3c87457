"""Private keys in their armours: PEM, OpenSSH, PGP, PuTTY and SSH2, decoded for kind, size and encryption.

A block with a right header and a body that does not parse is still reported, a little less certain: keys are
pasted with lines cut and characters lost. A body that is no key material (an ellipsis, prose) drops it.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Mapping
from typing import Final

from secretscan.engine.structure import der
from secretscan.engine.structure.encoded import base64_bytes
from secretscan.engine.structure.verdict import Verdict
from secretscan.rules.checksums import crc24

ENCRYPTED_SCORE: Final = 0.6
"""An encrypted key opens nothing without its passphrase, which may be weak, or lie next to it."""
UNPARSED_SCORE: Final = 0.8
"""Header and footer are right and the body is base64, but not the key it should be."""

_LABEL = re.compile(rb"-{4,5} ?BEGIN ([A-Z0-9 ]{3,40}?) ?-{4,5}")
_FOOTER = re.compile(rb"-{4,5} ?END [A-Z0-9 ]{3,40}-{4,5}")
_ESCAPES = re.compile(rb"\\{1,4}[rnt]|\\u000[aA]|&#(?:10|13|x[aAdD]);")
# Quotes, comment marks and operators around the lines of a key in code; `+` and `/` alone may be base64.
_LEADING = re.compile(rb"""^(?:\s*(?:[+.&]\s*)?["'`]|[\s#*>|;,]+|\s*//\s)+""")
_TRAILING = re.compile(rb"""["'`]\s*[+.&,;)\s]*\\?\s*$|[\s,;\\]+$""")
_BASE64_LINE = re.compile(rb"[+/]{0,8}[A-Za-z0-9][A-Za-z0-9+/]*={0,2}")
_LEAST_BODY = 40
_CURVES: Final[Mapping[bytes, str]] = {
    bytes.fromhex("2a8648ce3d030107"): "P-256",
    bytes.fromhex("2b81040022"): "P-384",
    bytes.fromhex("2b81040023"): "P-521",
    bytes.fromhex("2b8104000a"): "secp256k1",
}
_ALGORITHMS: Final[Mapping[bytes, str]] = {
    bytes.fromhex("2a864886f70d010101"): "RSA",
    bytes.fromhex("2a864886f70d01010a"): "RSA-PSS",
    bytes.fromhex("2a8648ce3d0201"): "EC",
    bytes.fromhex("2a8648ce380401"): "DSA",
    bytes.fromhex("2b6570"): "Ed25519",
    bytes.fromhex("2b656e"): "X25519",
    bytes.fromhex("2b6571"): "Ed448",
}


def private_key(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Return what kind of private key the block holds, or `None` when it holds none.

    Sources: RFC 7468 (PEM), RFC 8017 A.1.2 (RSA), RFC 5915 (EC), RFC 5208 (PKCS #8), openssh PROTOCOL.key,
    RFC 4880 section 6 (PGP), PuTTY manual appendix C (PPK).
    """
    if secret.startswith(b"PuTTY-User-Key-File-"):
        return _putty(secret)
    found = _LABEL.search(secret)
    if found is None:
        return None
    label = found[1].decode()
    text = _ESCAPES.sub(b"\n", _FOOTER.split(secret[found.end() :])[0])
    body, checksum = _body(text)
    if len(body) < _LEAST_BODY or len(set(body)) < 16:
        return None
    # A character too many cannot be decoded; keys that lost one at a line's end are reported all the same.
    data = base64_bytes(body) or base64_bytes(body[: len(body) // 4 * 4]) or b""
    if b"ENCRYPTED" in text or "ENCRYPTED" in label:
        kind = label.replace("ENCRYPTED ", "").removesuffix(" PRIVATE KEY").replace("PRIVATE KEY", "PKCS #8")
        return Verdict(True, {"key_type": kind, "encrypted": "yes"}, ENCRYPTED_SCORE)
    if "PGP" in label:
        return _pgp(data, checksum)
    facts = _openssh(data) if data.startswith(b"openssh-key-v1\0") else _asn1(data)
    if facts is None:
        return Verdict(attributes={"key_type": label.removesuffix(" PRIVATE KEY")}, score=UNPARSED_SCORE)
    return Verdict(True, facts, ENCRYPTED_SCORE if facts.get("encrypted") == "yes" else None)


def bare_private_key(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Return what kind of private key the base64 is, or `None` unless it is one as a whole.

    Sources: as for `private_key`.
    """
    data = base64_bytes(secret)
    whole = der.element(data) if data else None
    if not data or whole is None or whole[2] or len(set(secret)) < 32:
        return None
    facts = _asn1(data)
    return Verdict(True, facts) if facts else None


def _body(text: bytes) -> tuple[bytes, bytes]:
    """Return the base64 of the block joined, and its `=XXXX` checksum line; decoration of code is shed."""
    body, checksum = bytearray(), b""
    for line in text.split(b"\n"):
        bare = _TRAILING.sub(b"", _LEADING.sub(b"", line)) if b":" not in line else b""
        if bare.startswith(b"=") and len(bare) == 5:
            checksum = bare[1:]
        for part in bare.split():
            if _BASE64_LINE.fullmatch(part):
                body += part.rstrip(b"=")
    return bytes(body), checksum


def _asn1(data: bytes) -> dict[str, str] | None:
    parts = der.sequence(data)
    if not parts or parts[0][0] != der.INTEGER:
        return None
    tags = [tag for tag, _ in parts]
    if tags[:3] == [der.INTEGER, der.SEQUENCE, der.OCTET_STRING]:
        names = [body for tag, body in der.children(parts[1][1]) if tag == der.OID]
        inner = _asn1(parts[2][1]) or {}
        facts = {"key_type": _ALGORITHMS.get(names[0], "PKCS #8") if names else "PKCS #8"}
        if len(names) > 1 and names[1] in _CURVES:
            facts["curve"] = _CURVES[names[1]]
        return {**{key: value for key, value in inner.items() if key != "key_type"}, **facts}
    if tags[:2] == [der.INTEGER, der.OCTET_STRING]:
        curve = [body for tag, part in parts[2:3] for kind, body in der.children(part) if kind == der.OID]
        return {"key_type": "EC", **({"curve": _CURVES[curve[0]]} if curve and curve[0] in _CURVES else {})}
    integers = tags.count(der.INTEGER)
    if integers >= 9:
        return {"key_type": "RSA", "bits": str(der.bits(parts[1][1]))}
    return {"key_type": "DSA", "bits": str(der.bits(parts[1][1]))} if integers == 6 else None


def _openssh(data: bytes) -> dict[str, str] | None:
    place = len(b"openssh-key-v1\0")
    fields: list[bytes] = []
    for number in range(5):
        if number == 3:
            place += 4  # the number of keys
        size = int.from_bytes(data[place : place + 4], "big")
        fields.append(data[place + 4 : place + 4 + size])
        place += 4 + size
        if place > len(data):
            break
    if len(fields) < 4:
        return None
    public = fields[3]
    kind = public[4 : 4 + int.from_bytes(public[:4], "big")].decode("ascii", "replace")
    facts = {"key_type": kind} if kind.isprintable() and kind else {}
    return {**facts, "encrypted": "no" if fields[0] == b"none" else "yes"}


def _pgp(data: bytes, checksum: bytes) -> Verdict | None:
    """Source of the packet tags: RFC 4880, section 4.3: 5 is a secret key, 7 a secret subkey."""
    facts = {"key_type": "PGP"}
    if len(checksum) == 4:
        right = base64.b64decode(checksum) == struct.pack(">I", crc24(data))[1:]
        return Verdict(right, facts, None if right else UNPARSED_SCORE)
    tag = data[0] & 0x3F if data[0] & 0x40 else data[0] >> 2 & 0x0F
    return Verdict(attributes=facts, score=0.9 if data[0] & 0x80 and tag in (5, 7) else UNPARSED_SCORE)


def _putty(secret: bytes) -> Verdict | None:
    lines = [line.strip().split(b": ", 1) for line in _ESCAPES.sub(b"\n", secret).split(b"\n")]
    fields = {line[0]: line[1] for line in lines if len(line) == 2}
    kind = next((value for key, value in fields.items() if key.startswith(b"PuTTY-User-Key-File-")), b"")
    cipher = fields.get(b"Encryption", b"none")
    encrypted = cipher != b"none"
    facts = {"key_type": kind.decode("ascii", "replace"), "encrypted": "yes" if encrypted else "no"}
    return Verdict(True, facts, ENCRYPTED_SCORE if encrypted else None)
