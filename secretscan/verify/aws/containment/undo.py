"""The way back: from `KeyFacts` to the plan that undoes a deactivation, and nothing that others did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from secretscan.errors import UsageError
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.plan import (
    DetachQuarantine,
    Keep,
    Plan,
    SetKeyStatus,
    Step,
    UnblockSessions,
)
from secretscan.verify.aws.containment.planner import QUARANTINE_POLICY
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.facts import KeyFacts
from secretscan.verify.aws.identify import BLOCK_POLICY
from secretscan.verify.aws.principal import Principal, Role, Root, User, described

_ATTACH: Final = "iam:AttachUserPolicy"


def plan_reactivation(
    connection: Connection,
    facts: KeyFacts,
    *,
    sessions_of: Principal | None = None,
    detach_quarantine: bool = False,
) -> Plan:
    """Return the plan that opens a key again.

    The quarantine policy goes only if this audit log shows that secretscan attached it, or the responder
    says so with `detach_quarantine`: AWS asks not to remove its own before the case is closed.
    """
    parts: list[Step | Keep] = []
    match facts.owner:
        case User() | Root() as owner if facts.status == "Inactive":
            parts.append(SetKeyStatus(facts.key_id, owner, "Active"))
        case User() | Root():
            parts.append(
                Keep(f"key {facts.key_id}", f"it is {facts.status or 'of unknown status'}, not inactive")
            )
        case _:
            pass
    if facts.sessions_blocked and isinstance(facts.owner, User):
        parts.append(UnblockSessions(facts.owner, BLOCK_POLICY))
    if isinstance(sessions_of, User | Role) and sessions_of != facts.owner:
        parts.append(_unblock(connection, sessions_of))
    if facts.quarantine and isinstance(facts.owner, User):
        parts.append(_quarantine(connection, facts, facts.owner, detach_quarantine))
    if not parts:
        raise UsageError(
            f"{facts.key_id} is a temporary key; nothing was changed",
            help="name whose sessions to let work again with --role or --user",
        )
    steps = tuple(part for part in parts if not isinstance(part, Keep))
    return Plan(
        facts,
        steps,
        kept=tuple(part for part in parts if isinstance(part, Keep)),
        warnings=("the leaked secret works again: whoever has it can use it",) if steps else (),
    )


def _unblock(connection: Connection, principal: User | Role) -> Step | Keep:
    try:
        match principal:
            case User(name):
                connection.call("iam:GetUserPolicy", UserName=name, PolicyName=BLOCK_POLICY)
            case Role(name):
                connection.call("iam:GetRolePolicy", RoleName=name, PolicyName=BLOCK_POLICY)
    except AwsError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        return Keep(f"sessions of {described(principal)}", "secretscan does not block them")
    return UnblockSessions(principal, BLOCK_POLICY)


def _quarantine(connection: Connection, facts: KeyFacts, user: User, detach: bool) -> Step | Keep:
    policy = next(policy for policy in facts.policies if policy.name == facts.quarantine)
    ours = policy.name == QUARANTINE_POLICY and _attached_by_us(
        connection.log.path, facts.account, user, policy.arn
    )
    if ours or detach:
        return DetachQuarantine(user, policy.arn)
    return Keep(
        policy.name, "this audit log does not show that secretscan attached it (--quarantine detaches it)"
    )


def _attached_by_us(log: Path, account: str, user: User, arn: str) -> bool:
    """Whether the log has a successful AttachUserPolicy of this policy to this user of this account."""
    begun: set[tuple[object, object]] = set()
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        call = (entry.get("run"), entry.get("call"))
        wanted = {"UserName": user.name, "PolicyArn": arn}
        if entry.get("event") == "call" and entry.get("action") == _ATTACH:
            if entry.get("parameters") == wanted and f":{account}:" in str(entry.get("identity")):
                begun.add(call)
        elif call in begun and entry.get("outcome") == "ok":
            return True
    return False
