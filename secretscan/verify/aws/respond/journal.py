"""How far a response has come, on disk, so that it can be taken up again after any interruption."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from secretscan.errors import SecretScanError, UsageError

_VERSION: Final = 1


class Journal:
    """The stages that are done, by key. Written after each, atomically, readable by its owner only."""

    def __init__(self, path: Path, report_digest: str) -> None:
        """Read the journal at `path`, or start one. Raises `UsageError` when it is of another report."""
        self.path = path
        self._digest = report_digest
        self._keys: dict[str, dict[str, str]] = self._read()

    def done(self, key_id: str) -> Mapping[str, str]:
        """Return the stages of a key that are done, each with its result."""
        return self._keys.get(key_id, {})

    def record(self, key_id: str, stage: str, result: str) -> None:
        """Note that a stage is done, before the next begins."""
        self._keys.setdefault(key_id, {})[stage] = result
        content = {"version": _VERSION, "report": self._digest, "keys": self._keys}
        temporary = self.path.with_suffix(".tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError as error:
            raise SecretScanError(
                f"the state file {self.path} cannot be written ({error.strerror}); {stage} of {key_id} is done",
                help="make room or give another file with --state, then repeat the command",
            ) from error

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            content = json.loads(self.path.read_text("utf-8"))
            if content["version"] == _VERSION and content["report"] == self._digest:
                return {str(key): dict(stages) for key, stages in content["keys"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        raise UsageError(
            f"the state file {self.path} is not of this report; nothing was changed",
            help="give another file with --state, or delete it to begin again",
        )


def report_digest(raw: bytes) -> str:
    """Return what identifies a saved report: the SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()
