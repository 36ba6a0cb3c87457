"""`AuditLog`: evidence of every AWS call, written before the call and completed after it.

A call is two lines, joined by `run` and `call`: the log is only ever appended to, and calls may overlap.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from secretscan.errors import SecretScanError
from secretscan.verify.aws.audit.chain import GENESIS, encode, line_hash
from secretscan.verify.aws.audit.lock import exclusive

_MODE: Final = 0o600
_TAIL_BYTES: Final = 64 * 1024
"""How far from the end the last line is looked for. Entries are bounded well below it (`redact.py`)."""


class AuditLogError(SecretScanError):
    """The audit log cannot be written, so no call is made."""


class AuditLog:
    """One open log. Safe for threads and for several processes appending to one file."""

    def __init__(self, path: Path, *, command: str, reason: str = "") -> None:
        """Open `path` for appending, creating it with mode 0600, and record who started what and why."""
        self.path = path
        self.run = secrets.token_hex(4)
        self._calls = itertools.count(1)
        self._mutex = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            self._descriptor = os.open(path, flags, _MODE)
            if os.name == "posix":
                os.fchmod(self._descriptor, _MODE)
        except OSError as error:
            raise AuditLogError(
                f"the audit log {path} cannot be opened ({error.strerror}); no AWS call was made",
                help="give a file you can write with --audit-log FILE",
            ) from error
        self._append({"event": "run", "command": command, "reason": reason}, durable=True)

    def begin(
        self, action: str, *, identity: str, region: str, parameters: Mapping[str, object], changes: bool
    ) -> int:
        """Record that a call is about to be made, and return its number within this run.

        `parameters` are written as they are: `redact.py` has taken secrets out. A call that `changes`
        something is on the disk, not only with the operating system, before this returns.
        """
        call = next(self._calls)
        self._append(
            {
                "event": "call",
                "call": call,
                "action": action,
                "identity": identity,
                "region": region,
                "changes": changes,
                "parameters": dict(parameters),
            },
            durable=changes,
        )
        return call

    def finish(self, call: int, action: str, *, result: Mapping[str, object], durable: bool) -> None:
        """Record how the call ended: outcome, error code, HTTP status, request id, retries."""
        self._append({"event": "result", "call": call, "action": action, **result}, durable=durable)

    def close(self) -> None:
        """Close the file. The log must not be used afterwards."""
        os.close(self._descriptor)

    def _append(self, content: Mapping[str, object], *, durable: bool) -> None:
        stamped = {"time": _now(), "run": self.run, **content}
        try:
            with self._mutex, exclusive(self._descriptor):
                number, previous = self._tail()
                os.write(self._descriptor, encode(number + 1, previous, stamped) + b"\n")
                if durable:
                    os.fsync(self._descriptor)
        except OSError as error:
            raise AuditLogError(
                f"the audit log {self.path} cannot be written ({error.strerror}); work stops here",
                help="make room or give another file with --audit-log FILE, then repeat the command",
            ) from error

    def _tail(self) -> tuple[int, str]:
        """Return number and hash of the last line; a torn last line is ended first, and counts as a line."""
        size = os.lseek(self._descriptor, 0, os.SEEK_END)
        if not size:
            return 0, GENESIS
        start = max(0, size - _TAIL_BYTES)
        os.lseek(self._descriptor, start, os.SEEK_SET)
        tail = os.read(self._descriptor, size - start)
        if not tail.endswith(b"\n"):
            os.write(self._descriptor, b"\n")
            return self._count_lines(), line_hash(tail.rsplit(b"\n", 1)[-1])
        last = tail[:-1].rsplit(b"\n", 1)[-1]
        return self._number_of(last), line_hash(last)

    def _number_of(self, line: bytes) -> int:
        head, _, rest = line.partition(b',"prev"')
        digits = head.removeprefix(b'{"n":')
        return int(digits) if rest and digits.isdigit() else self._count_lines()

    def _count_lines(self) -> int:
        return self.path.read_bytes().count(b"\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
