"""Decoding that never raises: what tokens embed, or `None` when they embed nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

_DEEP_ENOUGH = 64 * 1024


def base64_bytes(text: bytes) -> bytes | None:
    """Return the bytes that `text` encodes in base64 or base64url, padded or not; `None` if it does not."""
    bare = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def json_object(text: bytes | None) -> Mapping[str, object] | None:
    """Return the JSON object that `text` is; `None` for anything else."""
    if text is None or len(text) > _DEEP_ENOUGH:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
