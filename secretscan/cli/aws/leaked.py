"""The leaked secret on its way in: from a prompt or standard input, never from the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from secretscan.errors import UsageError
from secretscan.model.secret import Secret

if TYPE_CHECKING:
    from secretscan.verify.aws.connection import LeakedKey


def read_leaked_key(key_id: str) -> LeakedKey:
    """Return the pair of `key_id`, asked for without echo, or read from the lines of standard input.

    The first line is the secret access key; for a temporary key the second is the session token.
    """
    from secretscan.model.aws_account import KeyKind
    from secretscan.verify.aws.connection import LeakedKey
    from secretscan.verify.aws.identify import checked_kind

    temporary = checked_kind(key_id) is KeyKind.TEMPORARY
    asked = ["secret access key", "session token"][: 2 if temporary else 1]
    values = [_read(what, key_id) for what in asked]
    if not all(values):
        raise UsageError(
            f"no secret was given for {key_id}; nothing was changed",
            help="type it when asked, or give it on standard input",
        )
    return LeakedKey(key_id, Secret(values[0].encode()), Secret(values[1].encode()) if temporary else None)


def _read(what: str, key_id: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    from getpass import getpass

    return getpass(f"{what} of {key_id}: ").strip()
