"""Whose sessions a command is about, from `--role` and `--user`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.errors import UsageError

if TYPE_CHECKING:
    from secretscan.verify.aws.principal import Principal


def session_owner(role: str, user: str) -> Principal | None:
    """Return the principal named, or `None` when the key decides."""
    from secretscan.verify.aws.principal import Role, User

    if role and user:
        raise UsageError("--role and --user exclude each other; nothing was changed", help="give one of them")
    if role:
        return Role(role)
    return User(user) if user else None
