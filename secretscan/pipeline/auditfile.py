"""What an audit remembers, as a file: private, checked before use, replaced as a whole.

It names the objects that were scanned and, for each secret seen, the objects that hold it and where one of them
does. No plaintext and no hash of any: the secret itself is read from the repository again. A file that is
damaged, of another user or open to others is as good as none.
"""

from __future__ import annotations

import json
import os
import stat
import struct
import tempfile
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

MARK_BYTES: Final = 8
"""Length of the mark of the place that an object was scanned under."""
_MAGIC: Final = b"secretscan-audit-1\n"
_CHECK_BYTES: Final = 32
_SALT_BYTES: Final = 16
_KEPT_FILES: Final = 64
_KEPT_BYTES: Final = 1 << 30
"""Files, and bytes in all, that are kept per user; those that were not used for longest go first."""

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
        record = struct.Struct(f"<{width}sI")
        payload = b"".join(
            (
                struct.pack("<I", len(text)),
                text,
                b"".join([record.pack(entry, size) for entry, size in self.entries.items()]),
                array("I", [number for group in self.groups for number in group.members]).tobytes(),
                bytes(codes[state] for group in self.groups for state in group.states),
            )
        )
        return _MAGIC + _check(payload) + payload

    @classmethod
    def unpack(cls, content: bytes, key: str) -> AuditFile | None:
        """Return what `pack` wrote with the same key; None for anything else."""
        payload = memoryview(content)[len(_MAGIC) + _CHECK_BYTES :]
        check = content[len(_MAGIC) : len(_MAGIC) + _CHECK_BYTES]
        if not content.startswith(_MAGIC) or _check(payload) != check:
            return None
        try:
            return cls._of_payload(payload, key)
        except (ValueError, LookupError, TypeError, struct.error):
            return None  # written by another program

    @classmethod
    def _of_payload(cls, payload: memoryview, key: str) -> AuditFile | None:
        at = 4 + int.from_bytes(payload[:4], "little")
        head: dict[str, Any] = json.loads(bytes(payload[4:at]))
        if head["key"] != key:
            return None
        record = struct.Struct(f"<{head['width']}sI")
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
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                return None
            content = file.read()
    except OSError:
        return None
    with suppress(OSError):
        os.utime(path)  # used: not among the first to be dropped
    return AuditFile.unpack(content, key)


def write_audit(path: Path, audit: AuditFile, key: str) -> None:
    """Replace the file at `path`, readable by the user alone, and drop what was not used for longest.

    Raises OSError when that is not possible; the file that was there is then still whole.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(audit.pack(key))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _drop_oldest(folder, path)


def _drop_oldest(folder: Path, newest: Path) -> None:
    saved = [(file.stat(), file) for file in folder.iterdir() if file != newest]
    room = _KEPT_BYTES - newest.stat().st_size
    for number, (state, file) in enumerate(sorted(saved, key=lambda row: -row[0].st_mtime), 2):
        room -= state.st_size
        if number > _KEPT_FILES or room < 0:
            file.unlink(missing_ok=True)


def _is_private(state: os.stat_result) -> bool:
    """Whether this is a file that only this user can have written: a false one could hide secrets."""
    if not stat.S_ISREG(state.st_mode):
        return False
    return not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)


def _check(payload: bytes | memoryview) -> bytes:
    return blake2b(payload, digest_size=_CHECK_BYTES).digest()
