"""What an audit remembers, as a file.

It names the objects that were scanned and, for each secret seen, the objects that hold it and where one of them
does. No plaintext and no hash of any: the secret itself is read from the repository again.
"""

from __future__ import annotations

import json
import os
import struct
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from secretscan.privatefile import read_private, write_private

MARK_BYTES: Final = 8
"""Length of the mark of the place that an object was scanned under."""
_MAGIC: Final = b"secretscan-audit-2\n"
_SALT_BYTES: Final = 16

NOWHERE: Final = -1
"""Instead of the number of a witness: the secret has to be looked for in all of its objects again."""


class SavedGroup(NamedTuple):
    """The sightings of one (rule, secret), which is not named here but pointed at."""

    rule_id: str
    witness: int
    """Number of the object whose finding gave score and attributes, or NOWHERE."""
    start: int
    """The bytes of the secret in the witness, as `Finding.span` has them."""
    end: int
    members: Sequence[int]
    """Numbers of the objects that hold the secret."""
    states: Sequence[str]
    """For each of them why it is suppressed there, or empty."""


@dataclass(slots=True)
class AuditFile:
    """Objects scanned to their end, and what was seen in them.

    An object is named by its entry: its id, and a mark of the kind and path it was scanned under. Entries are
    numbered in their order.
    """

    salt: bytes = field(default_factory=lambda: os.urandom(_SALT_BYTES))
    """Key of the marks: other for every file, so that nobody can choose a path to have the mark of another."""
    entries: dict[bytes, int] = field(default_factory=dict)
    """Bytes of text scanned, by entry."""
    groups: list[SavedGroup] = field(default_factory=list)

    def pack(self, key: str) -> bytes:
        """Return the content of the file. All entries have the same length."""
        width = len(next(iter(self.entries), b""))
        states = sorted({state for group in self.groups for state in group.states})
        codes = {state: code for code, state in enumerate(states)}
        head = {
            "key": key,
            "salt": self.salt.hex(),
            "width": width,
            "objects": len(self.entries),
            "states": states,
            "groups": [(g.rule_id, g.witness, g.start, g.end, len(g.members)) for g in self.groups],
        }
        text = json.dumps(head, separators=(",", ":")).encode()
        record = struct.Struct(f"<{width}sQ")
        return b"".join(
            (
                struct.pack("<I", len(text)),
                text,
                b"".join([record.pack(entry, size) for entry, size in self.entries.items()]),
                array("I", [number for group in self.groups for number in group.members]).tobytes(),
                bytes(codes[state] for group in self.groups for state in group.states),
            )
        )

    @classmethod
    def unpack(cls, payload: memoryview, key: str) -> AuditFile | None:
        """Return what `pack` wrote with the same key; None for another. Raises many an error for anything else."""
        at = 4 + int.from_bytes(payload[:4], "little")
        head: dict[str, Any] = json.loads(bytes(payload[4:at]))
        if head["key"] != key:
            return None
        record = struct.Struct(f"<{head['width']}sQ")
        end = at + record.size * head["objects"]
        entries = dict(record.iter_unpack(payload[at:end]))
        total = sum(row[4] for row in head["groups"])
        members = array("I", bytes(payload[end : end + 4 * total]))
        states = [head["states"][code] for code in payload[end + 4 * total :]]
        if len(entries) != head["objects"] or len(members) != total or len(states) != total:
            return None
        groups, done = [], 0
        for rule_id, witness, start, stop, count in head["groups"]:
            part = slice(done, done + count)
            groups.append(SavedGroup(rule_id, witness, start, stop, members[part], states[part]))
            done += count
        return cls(bytes.fromhex(head["salt"]), entries, groups)


def read_audit(path: Path, key: str) -> AuditFile | None:
    """Return the audit saved at `path` under `key`, or None when there is none that can be trusted."""
    payload = read_private(path, _MAGIC)
    with suppress(ValueError, LookupError, TypeError, struct.error):  # written by another program
        return None if payload is None else AuditFile.unpack(payload, key)
    return None


def write_audit(path: Path, audit: AuditFile, key: str) -> None:
    """Replace the file at `path`. Raises OSError when that is not possible."""
    write_private(path, _MAGIC, audit.pack(key))
