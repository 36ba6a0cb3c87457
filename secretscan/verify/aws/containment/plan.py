"""`Plan`: what would be done to a key, as a value. Planning reads; only `apply` changes, and it takes nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from secretscan.verify.aws.facts import KeyFacts
from secretscan.verify.aws.principal import Role, Root, User, described


@dataclass(frozen=True, slots=True)
class SetKeyStatus:
    """Switch a key off (`Inactive`) or on (`Active`)."""

    key_id: str
    owner: User | Root
    status: str


@dataclass(frozen=True, slots=True)
class BlockSessions:
    """Deny everything to sessions issued before the step is carried out, by an inline policy."""

    principal: User | Role
    policy: str


@dataclass(frozen=True, slots=True)
class UnblockSessions:
    """Delete that inline policy."""

    principal: User | Role
    policy: str


@dataclass(frozen=True, slots=True)
class AttachQuarantine:
    """Attach AWS's own quarantine policy to the user."""

    user: User
    arn: str


@dataclass(frozen=True, slots=True)
class DetachQuarantine:
    """Detach a quarantine policy."""

    user: User
    arn: str


@dataclass(frozen=True, slots=True)
class RotateKey:
    """Make a second key for the user and put it into Secrets Manager, before the first goes."""

    user: User
    replaces: str
    secret_name: str
    exists: bool
    """Whether the secret is there already, and gets a new version."""


Step = SetKeyStatus | BlockSessions | UnblockSessions | AttachQuarantine | DetachQuarantine | RotateKey


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays as it is, and why."""

    what: str
    because: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, in their order, and what a person should know before saying yes."""

    facts: KeyFacts
    steps: tuple[Step, ...]
    kept: tuple[Keep, ...] = ()
    breaks: tuple[str, ...] = ()
    """What stops working, one sentence each."""
    warnings: tuple[str, ...] = ()
    """What the plan does not cover."""


def step_text(step: Step) -> str:
    """Return a step in words, as the plan shows it and the report of the work repeats it."""
    match step:
        case SetKeyStatus(key_id, owner, status):
            verb = "deactivate" if status == "Inactive" else "activate"
            return f"{verb} key {key_id} of {described(owner)}"
        case BlockSessions(principal, policy):
            return f"deny everything to sessions of {described(principal)} issued until now (inline policy {policy})"
        case UnblockSessions(principal, policy):
            return f"let sessions of {described(principal)} work again (delete inline policy {policy})"
        case AttachQuarantine(user, arn):
            return f"attach {arn.rpartition('/')[2]} to {described(user)}"
        case DetachQuarantine(user, arn):
            return f"detach {arn.rpartition('/')[2]} from {described(user)}"
        case RotateKey(user, _, secret_name, exists):
            where = "a new version of" if exists else "the new secret"
            return f"create another key for {described(user)} and store it in {where} {secret_name}"
        case other:
            assert_never(other)
