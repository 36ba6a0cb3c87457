"""AWS access keys: the account inside a key id, and what can be no secret access key."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from secretscan.engine.structure.verdict import Verdict

_HOLDS_ACCOUNT = frozenset(b"QRSTUVWXYZ234567")
_KINDS = {
    b"AKIA": "long-term",
    b"ASIA": "temporary",
    b"ABIA": "STS service bearer",
    b"ACCA": "context-specific",
}
_ACCOUNT_MASK = 0x7FFFFFFFFF80
_ACCOUNT_SHIFT = 7


def aws_key_id(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Return the id itself, which is no secret, the kind of the key and, for ids of the present generation, its account.

    Source: docs.aws.amazon.com, IAM identifiers (prefixes); the account is in 40 bits of the base32 body
    when its first letter is one of Q-Z or 2-7 (published by A. Bekkerman and by WithSecure Labs).
    """
    facts = {"key_id": secret.decode("ascii", "backslashreplace"), "key_type": _KINDS.get(secret[:4], "")}
    if secret[4] in _HOLDS_ACCOUNT:
        value = int.from_bytes(base64.b32decode(secret[4:20])[:6], "big")
        facts["account_id"] = f"{(value & _ACCOUNT_MASK) >> _ACCOUNT_SHIFT:012d}"
    return Verdict(attributes={key: value for key, value in facts.items() if value})


_HASH = re.compile(rb"[0-9a-f]{40}|[0-9A-F]{40}")
_PATH = re.compile(rb"(?:[A-Za-z]{3,20}/){3,}[A-Za-z]{3,20}|/?(?:[a-z]{2,15}/){3,}[A-Za-z]{2,20}")


def aws_secret(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Drop what has the alphabet of a secret access key and is a SHA-1, a path or a name.

    A key is 30 random bytes in base64: without a digit, or without either case, it is one in ten thousand.
    """
    if _HASH.fullmatch(secret) or _PATH.search(secret):
        return None
    kinds = (
        any(48 <= b <= 57 for b in secret),
        any(65 <= b <= 90 for b in secret),
        any(97 <= b <= 122 for b in secret),
    )
    return Verdict() if all(kinds) and len(set(secret)) >= 16 else None
