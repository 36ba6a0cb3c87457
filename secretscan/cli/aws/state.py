"""Where secretscan keeps what must outlive a command: under the user's state directory."""

from __future__ import annotations

import os
from pathlib import Path

from secretscan.errors import UsageError


def state_directory() -> Path:
    """Return the folder for state: `XDG_STATE_HOME`, `LOCALAPPDATA` on Windows, or `~/.local/state`."""
    configured = os.environ.get("XDG_STATE_HOME") or (
        os.environ.get("LOCALAPPDATA") if os.name == "nt" else ""
    )
    try:
        base = Path(configured) if configured else Path.home() / ".local" / "state"
    except RuntimeError:
        raise UsageError(
            "there is no home directory to keep the audit log in; nothing was asked or changed",
            help="set XDG_STATE_HOME, or name a file with --audit-log or SECRETSCAN_AUDIT_LOG",
        ) from None
    return base / "secretscan"


def default_audit_log() -> Path:
    """Return the audit log of AWS calls that is used unless `--audit-log` names another."""
    return state_directory() / "aws-audit.jsonl"
