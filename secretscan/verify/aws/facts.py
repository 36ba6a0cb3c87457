"""`KeyFacts`: what is known about a key before anyone decides about it."""

from __future__ import annotations

from dataclasses import dataclass

from secretscan.model.aws_account import KeyKind
from secretscan.verify.aws.principal import UNKNOWN, Principal


@dataclass(frozen=True, slots=True)
class LastUse:
    """The last signed request AWS knows of. AWS updates it with some minutes' delay."""

    date: str
    """RFC 3339 in UTC."""
    service: str
    region: str


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A policy that gives the owner rights."""

    name: str
    arn: str
    """Empty for an inline policy."""
    through: str
    """`user`, or `group NAME`."""


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key of a user."""

    key_id: str
    status: str
    """`Active`, `Inactive` or `Expired`, as AWS spells it."""
    created: str
    last_use: LastUse | None = None


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key, its owner, and what the owner may do. What could not be read is listed, not guessed."""

    key_id: str
    kind: KeyKind
    account: str
    """Twelve digits, or empty for a key id that does not carry it."""
    owner: Principal = UNKNOWN
    arn: str = ""
    user_created: str = ""
    status: str = ""
    """Empty when it could not be read."""
    created: str = ""
    last_use: LastUse | None = None
    policies: tuple[AttachedPolicy, ...] = ()
    groups: tuple[str, ...] = ()
    quarantine: str = ""
    """Name of AWS's quarantine policy on the user: AWS has seen this leak, too."""
    sessions_blocked: bool = False
    """Whether secretscan's deny policy on older sessions is in place."""
    other_keys: tuple[KeyState, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read, and why; one sentence each."""
