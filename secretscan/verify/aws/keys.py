"""The rotation audit: every access key of an account, with its age and last use, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from secretscan.verify.aws.connection import Connection, Json
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.facts import LastUse
from secretscan.verify.aws.identify import last_use, moment

ROOT: Final = "<root>"
"""How the audit names the root user, as IAM's credential report does in spirit: no user can be called so."""
_USERS_AT_ONCE: Final = 6
_GRACE_DAYS: Final = 7
"""A key younger than this may not have been used yet."""


@dataclass(frozen=True, slots=True)
class AuditedKey:
    """One key. `problems` is empty for a key that is in order."""

    account: str
    user: str
    key_id: str
    """Empty for a root key, whose id only root can read."""
    status: str
    age_days: int
    """-1 where AWS does not tell, as for root keys."""
    created: str
    last_use: LastUse | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountAudit:
    """The keys of one account."""

    account: str
    keys: tuple[AuditedKey, ...]
    problem: str = ""
    """Why the account could not be read, or not wholly."""


def audit_account(connection: Connection, *, max_age_days: int, now: datetime | None = None) -> AccountAudit:
    """Return the audit of the account the connection is signed in to, the gravest keys first."""
    account = connection.caller().account
    moment_now = now or datetime.now(UTC)
    users = [str(user["UserName"]) for user in connection.pages("iam:ListUsers", "Users")]
    with ThreadPoolExecutor(_USERS_AT_ONCE, "keys") as pool:
        per_user = pool.map(
            lambda user: list(_keys(connection, account, user, max_age_days, moment_now)), users
        )
        keys = [key for found in per_user for key in found]
    keys.extend(_root_keys(connection, account))
    return AccountAudit(account, tuple(sorted(keys, key=_gravity)))


def _gravity(key: AuditedKey) -> tuple[object, ...]:
    return (key.user != ROOT, not key.problems, -key.age_days, key.user, key.key_id)


def _keys(
    connection: Connection, account: str, user: str, max_age_days: int, now: datetime
) -> Iterator[AuditedKey]:
    for key in connection.pages("iam:ListAccessKeys", "AccessKeyMetadata", UserName=user):
        answer = connection.call("iam:GetAccessKeyLastUsed", AccessKeyId=key["AccessKeyId"])
        yield _audited(account, user, key, last_use(answer.get("AccessKeyLastUsed") or {}), max_age_days, now)


def _audited(
    account: str, user: str, key: Json, use: LastUse | None, max_age_days: int, now: datetime
) -> AuditedKey:
    created = key.get("CreateDate")
    age = (now - created).days if isinstance(created, datetime) else -1
    status = str(key.get("Status", ""))
    problems = []
    if status == "Active" and age > max_age_days:
        problems.append(f"{age} days old, over {max_age_days}")
    if status == "Active" and use is None and age >= _GRACE_DAYS:
        problems.append("never used")
    return AuditedKey(
        account, user, str(key["AccessKeyId"]), status, age, moment(created), use, tuple(problems)
    )


def _root_keys(connection: Connection, account: str) -> Iterator[AuditedKey]:
    summary = connection.call("iam:GetAccountSummary").get("SummaryMap") or {}
    for _ in range(int(summary.get("AccountAccessKeysPresent", 0))):
        yield AuditedKey(account, ROOT, "", "Active", -1, "", None, ("the root user has an access key",))


def audit_organization(connection: Connection, *, role: str, max_age_days: int) -> tuple[AccountAudit, ...]:
    """Return the audit of every active account of the organization, each entered through `role`.

    An account that cannot be entered or read is listed with its problem.
    """
    own = connection.caller()
    accounts = sorted(
        str(account["Id"])
        for account in connection.pages("organizations:ListAccounts", "Accounts")
        if account.get("Status", "ACTIVE") == "ACTIVE"
    )
    audits = []
    for account in accounts:
        try:
            member = connection if account == own.account else _enter(connection, account, role)
            audits.append(audit_account(member, max_age_days=max_age_days))
        except AwsError as error:
            if error.kind in (Kind.NETWORK, Kind.EXPIRED, Kind.CLOCK):
                raise
            audits.append(AccountAudit(account, (), error.problem))
    return tuple(audits)


def _enter(connection: Connection, account: str, role: str) -> Connection:
    arn = f"arn:{connection.partition}:iam::{account}:role/{role}"
    answer = connection.call("sts:AssumeRole", RoleArn=arn, RoleSessionName="secretscan-keys")
    return connection.assume(answer["Credentials"])
