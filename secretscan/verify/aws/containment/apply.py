"""Carrying out a plan, one step after the other, each confirmed. Takes a plan and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from secretscan.errors import SecretScanError
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.plan import (
    AttachQuarantine,
    BlockSessions,
    DetachQuarantine,
    Plan,
    RotateKey,
    SetKeyStatus,
    Step,
    UnblockSessions,
    step_text,
)
from secretscan.verify.aws.containment.readback import WAIT_S, key_has_status, wait_until
from secretscan.verify.aws.containment.rotate import rotate
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.principal import Role, User

_MARGIN = timedelta(seconds=60)
"""Added for users, whose key may go on issuing sessions until IAM has spread the change."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was carried out and read back."""

    step: Step
    result: str
    """What reading back showed."""


class HalfDoneError(SecretScanError):
    """A step failed. Says which were done, which were not, and that repeating is safe."""

    def __init__(self, cause: SecretScanError, done: tuple[Done, ...], left: tuple[Step, ...]) -> None:
        """Take the failure, the steps before it and the steps from it on."""
        finished = "; ".join(step_text(one.step) for one in done)
        open_steps = "; ".join(step_text(step) for step in left)
        state = f"done: {finished}" if done else "nothing was changed"
        super().__init__(
            f"{cause.problem}; {state}; NOT done: {open_steps}",
            help=f"{cause.help}; then repeat the command: steps that are done are recognised",
        )
        self.done = done
        self.left = left


def apply(connection: Connection, plan: Plan, *, wait_s: float = WAIT_S) -> Iterator[Done]:
    """Yield each step as it is done. Raises `HalfDoneError` at the first that fails, and stops there."""
    done: list[Done] = []
    for number, step in enumerate(plan.steps):
        try:
            done.append(Done(step, _carry_out(connection, step, wait_s)))
        except SecretScanError as error:
            raise HalfDoneError(error, tuple(done), plan.steps[number:]) from error
        yield done[-1]


def _carry_out(connection: Connection, step: Step, wait_s: float) -> str:
    match step:
        case SetKeyStatus():
            return _set_status(connection, step, wait_s)
        case BlockSessions(principal, policy):
            return _block(connection, principal, policy, wait_s)
        case UnblockSessions(principal, policy):
            return _unblock(connection, principal, policy)
        case AttachQuarantine(user, arn):
            connection.call("iam:AttachUserPolicy", UserName=user.name, PolicyArn=arn)
            return _confirm_attached(connection, user, arn, True, wait_s)
        case DetachQuarantine(user, arn):
            connection.call("iam:DetachUserPolicy", UserName=user.name, PolicyArn=arn)
            return _confirm_attached(connection, user, arn, False, wait_s)
        case RotateKey():
            return f"the new key is {rotate(connection, step)}"
        case other:
            assert_never(other)


def _set_status(connection: Connection, step: SetKeyStatus, wait_s: float) -> str:
    user = {"UserName": step.owner.name} if isinstance(step.owner, User) else {}
    connection.call("iam:UpdateAccessKey", AccessKeyId=step.key_id, Status=step.status, **user)
    if not wait_until(lambda: key_has_status(connection, step), wait_s):
        raise _unconfirmed(
            "iam:UpdateAccessKey", f"key {step.key_id} does not read {step.status} yet", wait_s
        )
    return f"read back: {step.status}"


def _block(connection: Connection, principal: User | Role, policy: str, wait_s: float) -> str:
    margin = _MARGIN if isinstance(principal, User) else timedelta()
    before = (datetime.now(UTC) + margin).isoformat(timespec="seconds").replace("+00:00", "Z")
    document = json.dumps(deny_older_sessions(before))
    match principal:
        case User(name):
            connection.call("iam:PutUserPolicy", UserName=name, PolicyName=policy, PolicyDocument=document)
        case Role(name):
            connection.call("iam:PutRolePolicy", RoleName=name, PolicyName=policy, PolicyDocument=document)
    if not wait_until(lambda: _has_policy(connection, principal, policy), wait_s):
        raise _unconfirmed("reading the policy back", f"policy {policy} does not show yet", wait_s)
    return f"read back: sessions issued before {before} are denied"


def deny_older_sessions(before: str) -> dict[str, object]:
    """Return the policy that denies everything to sessions issued before a time (RFC 3339, UTC).

    Long-term keys carry no issue time, so the condition does not touch them. Source: IAM User Guide,
    "Revoking IAM role temporary security credentials".
    """
    condition = {"DateLessThan": {"aws:TokenIssueTime": before}}
    statement = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _unblock(connection: Connection, principal: User | Role, policy: str) -> str:
    match principal:
        case User(name):
            connection.call("iam:DeleteUserPolicy", UserName=name, PolicyName=policy)
        case Role(name):
            connection.call("iam:DeleteRolePolicy", RoleName=name, PolicyName=policy)
    return "AWS confirms the deletion"


def _has_policy(connection: Connection, principal: User | Role, policy: str) -> bool:
    match principal:
        case User(name):
            found = connection.pages("iam:ListUserPolicies", "PolicyNames", UserName=name)
        case Role(name):
            found = connection.pages("iam:ListRolePolicies", "PolicyNames", RoleName=name)
    return policy in [str(one) for one in found]


def _confirm_attached(connection: Connection, user: User, arn: str, wanted: bool, wait_s: float) -> str:
    def holds() -> bool:
        attached = connection.pages("iam:ListAttachedUserPolicies", "AttachedPolicies", UserName=user.name)
        return any(policy["PolicyArn"] == arn for policy in attached) is wanted

    if not wait_until(holds, wait_s):
        raise _unconfirmed(
            "reading the policies back", f"the change to {user.name} does not show yet", wait_s
        )
    return "read back: attached" if wanted else "read back: detached"


def _unconfirmed(action: str, what: str, wait_s: float) -> AwsError:
    return AwsError(
        f"AWS accepted the change, but after {wait_s:g} s {what}",
        help="look again in a minute with `secretscan aws identify KEY_ID`",
        kind=Kind.OTHER,
        action=action,
    )
