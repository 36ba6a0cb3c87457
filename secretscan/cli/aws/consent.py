"""The question before anything is changed."""

from __future__ import annotations

import sys

from secretscan.errors import UsageError


def require_reason(reason: str) -> None:
    """Raise `UsageError` without a reason: the audit log is worth little without one."""
    if not reason.strip():
        raise UsageError(
            "--apply needs --reason; nothing was changed",
            help='say why, for the record: --reason "leaked in commit …, ticket …"',
        )


def consent(question: str, *, yes: bool) -> bool:
    """Return whether the user agrees; `--yes` answers for them. Without a terminal to ask on, raises `UsageError`."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on; nothing was changed",
            help="add --yes to go ahead without the question",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
