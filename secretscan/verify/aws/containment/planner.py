"""From `KeyFacts` and the wishes of the responder to a `Plan`. Reads what the choice needs; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, assert_never

from secretscan.errors import UsageError
from secretscan.model.aws_account import KeyKind
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.plan import (
    AttachQuarantine,
    BlockSessions,
    Keep,
    Plan,
    RotateKey,
    SetKeyStatus,
    Step,
)
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.facts import KeyFacts
from secretscan.verify.aws.identify import BLOCK_POLICY
from secretscan.verify.aws.principal import Principal, Role, Root, Unknown, User, described

QUARANTINE_POLICY: Final = "AWSCompromisedKeyQuarantineV3"
"""The newest of AWS's quarantine policies. Source: AWS managed policy reference."""
REPLACES_TAG: Final = "secretscan:replaces"
"""Tag of the Secrets Manager secret that names the key its content replaces: a repeated rotation sees it."""
_KEYS_PER_USER: Final = 2
"""Access keys a user can have. Source: IAM quotas; it cannot be raised."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the responder asked for besides switching the key off."""

    block_sessions: bool = False
    quarantine: bool = False
    """Quarantine instead of switching off."""
    rotate_into: str = ""
    """Name of the secret that receives the new key; empty for no rotation."""
    sessions_of: Principal | None = None
    """Whose sessions to block, where the key does not tell."""
    with_leaked_key: bool = False


def plan_deactivation(connection: Connection, facts: KeyFacts, wishes: Wishes) -> Plan:
    """Return what will be done. Raises `UsageError` or `AwsError` when it cannot be; nothing has changed then."""
    if facts.kind is not KeyKind.LONG_TERM:
        return _plan_for_session(facts, wishes)
    owner = _switchable_owner(connection, facts)
    rotation = _rotation(connection, facts, owner, wishes)
    ending = _quarantine(connection, facts, owner) if wishes.quarantine else _switch_off(facts, owner)
    blocking = [BlockSessions(_session_owner(owner), BLOCK_POLICY)] if wishes.block_sessions else []
    # A leaked key that signs for itself must come last: nothing works after it.
    last_two = [*blocking, ending] if wishes.with_leaked_key else [ending, *blocking]
    parts = [rotation, *last_two]
    return Plan(
        facts,
        steps=tuple(part for part in parts if part is not None and not isinstance(part, Keep)),
        kept=tuple(part for part in parts if isinstance(part, Keep)),
        breaks=_breaks(facts, wishes),
        warnings=_warnings(facts, wishes),
    )


def _plan_for_session(facts: KeyFacts, wishes: Wishes) -> Plan:
    principal = wishes.sessions_of or facts.owner
    if not wishes.block_sessions:
        raise UsageError(
            f"{facts.key_id} is a temporary key: AWS cannot deactivate it, it ends by itself; nothing was changed",
            help="end the sessions of whoever issued it with --block-sessions, and --role NAME or --user NAME",
        )
    if not isinstance(principal, User | Role):
        raise UsageError(
            f"{facts.key_id} does not tell who issued it; nothing was changed",
            help=f"name it with --role or --user; `secretscan aws activity {facts.key_id}` shows it",
        )
    return Plan(
        facts,
        steps=(BlockSessions(principal, BLOCK_POLICY),),
        breaks=(
            f"every session of {described(principal)} issued until now is refused, not only the leaked one",
        ),
        warnings=("sessions of service-linked roles cannot be ended this way",),
    )


def _switchable_owner(connection: Connection, facts: KeyFacts) -> User | Root:
    match facts.owner:
        case User() as user:
            return user
        case Root() as root:
            if connection.caller().is_root:
                return root
            raise UsageError(
                f"{facts.key_id} is a key of the root user of account {facts.account}, which only root can switch "
                "off; nothing was changed",
                help="sign in as root and delete it at once (IAM console, My security credentials), "
                "or use --with-leaked-key",
            )
        case Role() | Unknown():
            raise UsageError(
                f"the owner of {facts.key_id} could not be read; nothing was changed",
                help="have iam:GetAccessKeyLastUsed granted (see `secretscan aws policy --for deactivate`)",
            )
        case other:
            assert_never(other)


def _session_owner(owner: User | Root) -> User:
    if isinstance(owner, Root):
        raise UsageError(
            "sessions of the root user cannot be denied by a policy; nothing was changed",
            help="leave --block-sessions out: deactivating the key ends what it signs itself",
        )
    return owner


def _switch_off(facts: KeyFacts, owner: User | Root) -> Step | Keep:
    if facts.status == "Inactive":
        return Keep(f"key {facts.key_id}", "it is already inactive")
    return SetKeyStatus(facts.key_id, owner, "Inactive")


def _quarantine(connection: Connection, facts: KeyFacts, owner: User | Root) -> Step | Keep:
    if isinstance(owner, Root):
        raise UsageError(
            "a quarantine policy does not bind the root user; nothing was changed",
            help="leave --quarantine out and deactivate the key",
        )
    if facts.quarantine:
        return Keep(described(owner), f"{facts.quarantine} is already attached")
    return AttachQuarantine(owner, f"arn:{connection.partition}:iam::aws:policy/{QUARANTINE_POLICY}")


def _rotation(
    connection: Connection, facts: KeyFacts, owner: User | Root, wishes: Wishes
) -> Step | Keep | None:
    if not wishes.rotate_into:
        return None
    if isinstance(owner, Root):
        raise UsageError(
            "the root user should have no key at all, so none is created; nothing was changed",
            help="leave --rotate out",
        )
    try:
        secret = connection.call("secretsmanager:DescribeSecret", SecretId=wishes.rotate_into)
    except AwsError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        secret = {}
    tags = {str(tag.get("Key")): str(tag.get("Value")) for tag in secret.get("Tags", ())}
    if tags.get(REPLACES_TAG) == facts.key_id:
        return Keep(f"secret {wishes.rotate_into}", f"it already holds the key that replaces {facts.key_id}")
    if len(facts.other_keys) + 1 >= _KEYS_PER_USER:
        other = facts.other_keys[0]
        raise UsageError(
            f"{described(owner)} already has two keys, so no third can be made for the rotation; nothing was changed",
            help=f"delete {other.key_id} ({other.status}) if nothing uses it, or leave --rotate out",
        )
    return RotateKey(owner, facts.key_id, wishes.rotate_into, exists=bool(secret))


def _breaks(facts: KeyFacts, wishes: Wishes) -> tuple[str, ...]:
    """Return what the plan's steps stop; what stays as it is stops nothing."""
    is_ended = bool(facts.quarantine) if wishes.quarantine else facts.status == "Inactive"
    lines = [] if is_ended else [_broken_by_the_end(facts, wishes)]
    if wishes.block_sessions:
        lines.append(f"every session issued until now for {described(facts.owner)} is refused")
    return tuple(lines)


def _broken_by_the_end(facts: KeyFacts, wishes: Wishes) -> str:
    if wishes.quarantine:
        return (
            "the user loses what the quarantine policy denies (EC2, Lambda, Bedrock, IAM …); the key stays on"
        )
    if facts.last_use is not None:
        use = facts.last_use
        return f"whatever signs with this key stops; last seen {use.date}: {use.service} in {use.region}"
    if facts.created:
        return "nothing, as far as AWS knows: the key was never used"
    return "whatever signs with this key stops; when it was last used could not be read"


def _warnings(facts: KeyFacts, wishes: Wishes) -> tuple[str, ...]:
    lines = []
    if not wishes.block_sessions:
        lines.append(
            "sessions that were issued with this key stay valid up to 36 hours; --block-sessions ends them"
        )
    else:
        lines.append(
            "sessions of roles that this user assumed are not covered: see `secretscan aws activity`"
        )
    active = [key.key_id for key in facts.other_keys if key.status == "Active"]
    if active:
        lines.append(f"the user keeps another active key: {', '.join(active)}")
    if facts.quarantine:
        lines.append(
            f"AWS has attached {facts.quarantine}: it knows of the leak, and a support case may be open"
        )
    lines.extend(f"not read: {line}" for line in facts.unread)
    return tuple(lines)
