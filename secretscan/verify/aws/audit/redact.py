"""What of a call's parameters may stand in the audit log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

_HIDDEN: Final = "(not recorded)"
_LONGEST: Final = 2048
"""Characters of one text that are kept; of a longer one its length and hash are."""
_MOST_ITEMS: Final = 20
"""Elements of one list that are kept. Batches of findings would otherwise fill the log."""
_LONGEST_ENTRY: Final = 16 * 1024
"""Bytes of all parameters together; keeps a line well within what `AuditLog` reads back."""
_NAMES: Final = frozenset(
    {
        "secretstring",
        "secretbinary",
        "secretaccesskey",
        "sessiontoken",
        "password",
        "message",
        "webidentitytoken",
    }
)
"""Parameters that are hidden even where the service model does not mark them as sensitive."""


def parameters_for_log(shape: Shape | None, values: Mapping[str, object]) -> dict[str, object]:
    """Return `values` without what AWS's service model marks as sensitive, and without bulk."""
    kept = _structure(shape, values)
    text = json.dumps(kept, sort_keys=True, default=str).encode()
    if len(text) <= _LONGEST_ENTRY:
        return kept
    return {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}


def _structure(shape: Shape | None, values: Mapping[str, object]) -> dict[str, object]:
    members = shape.members if isinstance(shape, StructureShape) else {}
    return {
        name: _HIDDEN if name.lower() in _NAMES else _reduced(members.get(name), value)
        for name, value in values.items()
    }


def _reduced(shape: Shape | None, value: object) -> object:
    if shape is not None and shape.metadata.get("sensitive"):
        return _HIDDEN
    if isinstance(value, Mapping):
        if isinstance(shape, MapShape):
            return {str(key): _reduced(shape.value, item) for key, item in value.items()}
        return _structure(shape, {str(key): item for key, item in value.items()})
    if isinstance(value, list | tuple):
        member = shape.member if isinstance(shape, ListShape) else None
        kept: list[object] = [_reduced(member, item) for item in value[:_MOST_ITEMS]]
        rest = len(value) - len(kept)
        return [*kept, f"… and {rest} more"] if rest else kept
    if isinstance(value, str) and len(value) > _LONGEST:
        digest = hashlib.sha256(value.encode()).hexdigest()
        return f"({len(value)} characters, sha256 {digest})"
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    return value
