"""What an AWS access key ID says about itself, without asking AWS: its form, its kind and its account."""

from __future__ import annotations

import base64
import binascii
import re
from enum import StrEnum
from typing import Final

_KEY_ID: Final = re.compile(r"A[A-Z]{3}[A-Z0-9]{16}")
"""Four letters name the kind, sixteen follow. Not held to base32: AWS promises no alphabet beyond `\\w`."""
_PREFIX_LENGTH: Final = 4
_ACCOUNT_CHARACTERS: Final = 10
"""Base32 characters that cover the 48 bits in which the account number lies."""
_ACCOUNT_MASK: Final = 0x7FFF_FFFF_FF80
_ACCOUNT_SHIFT: Final = 7
_NEW_GENERATION: Final = frozenset("QRSTUVWXYZ234567")
"""First characters of bodies with the top bit set: only those ids carry the account (from about 2019 on)."""


class KeyKind(StrEnum):
    """What the prefix of an access key ID stands for. Source: IAM User Guide, unique identifiers."""

    LONG_TERM = "long-term"
    TEMPORARY = "temporary"
    BEARER = "bearer"
    CONTEXT = "context"


_KINDS: Final = {
    "AKIA": KeyKind.LONG_TERM,
    "ASIA": KeyKind.TEMPORARY,
    "ABIA": KeyKind.BEARER,
    "ACCA": KeyKind.CONTEXT,
}


def key_kind(key_id: str) -> KeyKind | None:
    """Return what kind of credential the id names; `None` when it is no access key ID at all."""
    if not _KEY_ID.fullmatch(key_id):
        return None
    return _KINDS.get(key_id[:_PREFIX_LENGTH])


def account_of_key(key_id: str) -> str:
    """Return the twelve digits of the account a key ID belongs to, or an empty string.

    The account is 40 bits of the base32-decoded body. Ids made before AWS moved to that layout do not carry
    it; they are told apart by the top bit of the body, and give an empty string rather than a wrong number.
    """
    if key_kind(key_id) is None or key_id[_PREFIX_LENGTH] not in _NEW_GENERATION:
        return ""
    body = key_id[_PREFIX_LENGTH : _PREFIX_LENGTH + _ACCOUNT_CHARACTERS]
    try:
        head = base64.b32decode(body + "=" * 6)
    except binascii.Error:
        return ""
    account = (int.from_bytes(head[:6], "big") & _ACCOUNT_MASK) >> _ACCOUNT_SHIFT
    return f"{account:012d}"
