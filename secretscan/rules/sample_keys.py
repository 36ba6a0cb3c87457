"""Sample private keys: the right containers around random numbers, so they parse and open nothing."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable, Mapping
from typing import Final

from secretscan.rules.checksums import crc24


def der(tag: int, content: bytes) -> bytes:
    """Return one DER element. Source: ITU-T X.690, section 8.1."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def der_integer(value: int) -> bytes:
    """Return a DER integer."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def armour(label: str, data: bytes, *headers: str) -> str:
    """Return the PEM block of `data`, 64 characters a line. Source: RFC 7468."""
    text = base64.b64encode(data).decode()
    lines = [text[place : place + 64] for place in range(0, len(text), 64)]
    head = [*headers, ""] if headers else []
    return "\n".join([f"-----BEGIN {label}-----", *head, *lines, f"-----END {label}-----"])


def _odd(rng: random.Random, bits: int) -> int:
    return rng.getrandbits(bits) | 1 << bits - 1 | 1


def _rsa(rng: random.Random, bits: int = 1024) -> bytes:
    half = bits // 2
    sizes = (bits, 17, bits - 1, half, half, half, half, half)
    return der(0x30, der_integer(0) + b"".join(der_integer(_odd(rng, size)) for size in sizes))


def _ec(rng: random.Random) -> bytes:
    curve = der(0xA0, der(0x06, bytes.fromhex("2a8648ce3d030107")))
    return der(0x30, der_integer(1) + der(0x04, rng.randbytes(32)) + curve)


def _dsa(rng: random.Random) -> bytes:
    return der(
        0x30, der_integer(0) + b"".join(der_integer(_odd(rng, size)) for size in (1024, 160, 1023, 1022, 159))
    )


def _pkcs8(rng: random.Random) -> bytes:
    algorithm = der(0x30, der(0x06, bytes.fromhex("2a864886f70d010101")) + der(0x05, b""))
    return der(0x30, der_integer(0) + algorithm + der(0x04, _rsa(rng)))


def _encrypted_pkcs8(rng: random.Random) -> bytes:
    scheme = der(
        0x30, der(0x06, bytes.fromhex("2a864886f70d01050d")) + der(0x30, der(0x04, rng.randbytes(16)))
    )
    return der(0x30, scheme + der(0x04, rng.randbytes(640)))


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _openssh(rng: random.Random, cipher: bytes = b"none") -> bytes:
    """Source: openssh, PROTOCOL.key."""
    public, seed = rng.randbytes(32), rng.randbytes(32)
    check = rng.randbytes(4)
    inner = (
        check + check + _string(b"ssh-ed25519") + _string(public) + _string(seed + public) + _string(b"ci")
    )
    inner += bytes(range(1, 1 + -len(inner) % 8))
    kdf = (
        (b"none", b"")
        if cipher == b"none"
        else (b"bcrypt", _string(rng.randbytes(16)) + struct.pack(">I", 16))
    )
    head = b"openssh-key-v1\0" + _string(cipher) + _string(kdf[0]) + _string(kdf[1]) + struct.pack(">I", 1)
    return head + _string(_string(b"ssh-ed25519") + _string(public)) + _string(inner)


def _pgp(rng: random.Random, _: str) -> str:
    body = b"\x04" + struct.pack(">I", 1_600_000_000) + b"\x01" + rng.randbytes(500)
    packet = b"\xc5\xff" + struct.pack(">I", len(body)) + body
    block = armour("PGP PRIVATE KEY BLOCK", packet, "Version: GnuPG v2").split("\n")
    block.insert(-1, "=" + base64.b64encode(crc24(packet).to_bytes(3, "big")).decode())
    return "\n".join(block)


def _putty(rng: random.Random, encryption: str) -> str:
    def lines(size: int) -> list[str]:
        text = base64.b64encode(rng.randbytes(size)).decode()
        return [text[place : place + 64] for place in range(0, len(text), 64)]

    public, private = lines(96), lines(48)
    return "\n".join(
        [
            "PuTTY-User-Key-File-2: ssh-rsa",
            f"Encryption: {encryption or 'none'}",
            "Comment: ci",
            f"Public-Lines: {len(public)}",
            *public,
            f"Private-Lines: {len(private)}",
            *private,
            f"Private-MAC: {rng.randbytes(20).hex()}",
        ]
    )


def _ssh2(rng: random.Random, _: str) -> str:
    text = base64.b64encode(b"\x3f\x6f\xf9\xeb" + rng.randbytes(380)).decode()
    body = [text[place : place + 70] for place in range(0, len(text), 70)]
    return "\n".join(
        [
            "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
            'Comment: "ci"',
            *body,
            "---- END SSH2 ENCRYPTED PRIVATE KEY ----",
        ]
    )


def _encrypted_rsa(rng: random.Random) -> str:
    info = f"DEK-Info: AES-128-CBC,{rng.randbytes(16).hex().upper()}"
    return armour("RSA PRIVATE KEY", rng.randbytes(608), "Proc-Type: 4,ENCRYPTED", info)


_PEM: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "rsa": lambda rng: armour("RSA PRIVATE KEY", _rsa(rng)),
    "rsa-encrypted": _encrypted_rsa,
    "rsa-random": lambda rng: armour("RSA PRIVATE KEY", rng.randbytes(608)),
    "ec": lambda rng: armour("EC PRIVATE KEY", _ec(rng)),
    "dsa": lambda rng: armour("DSA PRIVATE KEY", _dsa(rng)),
    "pkcs8": lambda rng: armour("PRIVATE KEY", _pkcs8(rng)),
    "pkcs8-encrypted": lambda rng: armour("ENCRYPTED PRIVATE KEY", _encrypted_pkcs8(rng)),
    "openssh": lambda rng: armour("OPENSSH PRIVATE KEY", _openssh(rng)),
    "openssh-encrypted": lambda rng: armour("OPENSSH PRIVATE KEY", _openssh(rng, b"aes256-ctr")),
    "public": lambda rng: armour("PUBLIC KEY", _pkcs8(rng)),
    "certificate": lambda rng: armour("CERTIFICATE", _pkcs8(rng)),
}


def _pem(rng: random.Random, kind: str) -> str:
    return _PEM[kind or "rsa"](rng)


def _pem_one_line(rng: random.Random, kind: str) -> str:
    return _pem(rng, kind).replace("\n", "\\n")


def _pem_base64(rng: random.Random, kind: str) -> str:
    return base64.b64encode((_pem(rng, kind) + "\n").encode()).decode()


def _bare(rng: random.Random, kind: str) -> str:
    return "".join(_pem(rng, kind).split("\n")[1:-1])


FORMATS: Final[Mapping[str, Callable[[random.Random, str], str]]] = {
    "pem": _pem,
    "pem-escaped": _pem_one_line,
    "pem-base64": _pem_base64,
    "der": _bare,
    "pgp": _pgp,
    "putty": _putty,
    "ssh2": _ssh2,
}
"""Placeholder name to its maker; `{{pem:ec}}`, `{{pem-escaped:pkcs8}}` (line breaks as `\\n`), `{{pgp}}` …"""
