"""From a key id to `KeyFacts`: the account offline, the rest from IAM with the responder's credentials."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar, assert_never

from secretscan.errors import UsageError
from secretscan.model.aws_account import KeyKind, account_of_key, key_kind
from secretscan.verify.aws.connection import Caller, Connection, Json
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.facts import AttachedPolicy, KeyFacts, KeyState, LastUse
from secretscan.verify.aws.principal import Principal, Role, Root, Unknown, User, principal_of_arn

QUARANTINE_PREFIX: Final = "AWSCompromisedKeyQuarantine"
"""Start of the names of the policies AWS attaches to users whose keys it found in public."""
BLOCK_POLICY: Final = "SecretscanDenyOlderSessions"
"""Name of the inline policy with which secretscan ends sessions. Its own, so that undoing touches no other."""
_LIKE_A_SECRET: Final = re.compile(r"[A-Za-z0-9/+]{40}")  # secretscan:allow generic-secret -- a pattern

T = TypeVar("T")


def checked_kind(key_id: str) -> KeyKind:
    """Return the kind of a key id; raises `UsageError` for anything that is not one.

    What was given is never repeated: it may be the secret.
    """
    kind = key_kind(key_id)
    if kind is None:
        cause, step = _no_key_id(key_id)
        raise UsageError(
            f"what was given ({len(key_id)} characters) is not an AWS access key ID{cause}; "
            "nothing was asked and nothing was changed",
            help=f"a key ID has 20 characters and starts with AKIA or ASIA; {step}",
        )
    return kind


def _no_key_id(given: str) -> tuple[str, str]:
    """Return why it is none, as far as that can be told, and what to do about it."""
    if _LIKE_A_SECRET.fullmatch(given):
        return (
            ": it looks like the secret access key, and now stands in the history of the shell",
            "give the ID that belongs to it, and delete the line from that history",
        )
    if key_kind(given.upper()) is not None:
        return ": it has lower-case letters", "write it in capitals, as AWS does"
    return "", "it is not the secret"


def offline_facts(key_id: str) -> KeyFacts:
    """Return what the id alone says: kind and account."""
    return KeyFacts(key_id, checked_kind(key_id), account_of_key(key_id))


def identify(connection: Connection, key_id: str) -> KeyFacts:
    """Return all that can be read about a key.

    Raises `AwsError` when the caller cannot be known, the key is of another account or does not exist there.
    """
    facts = offline_facts(key_id)
    caller = connection.caller()
    facts = replace(facts, account=_checked_account(connection, facts, caller))
    if connection.leaked is not None and connection.leaked.key_id == key_id:
        return _with_user(connection, _of_caller(facts, caller))
    if facts.kind is not KeyKind.LONG_TERM:
        return replace(facts, unread=("AWS tells nothing about a temporary key but its CloudTrail events",))
    return _with_user(connection, _of_key(connection, facts))


def _checked_account(connection: Connection, facts: KeyFacts, caller: Caller) -> str:
    account = facts.account
    if not account:
        account = str(connection.call("sts:GetAccessKeyInfo", AccessKeyId=facts.key_id)["Account"])
    if account != caller.account:
        raise AwsError(
            f"key {facts.key_id} belongs to account {account}, but {caller.arn} is of account {caller.account}",
            help=f"use a --profile of account {account}; if it is not yours, tell its owner",
            kind=Kind.OTHER_ACCOUNT,
        )
    return account


def _of_caller(facts: KeyFacts, caller: Caller) -> KeyFacts:
    """The key signs for itself: STS has named its owner."""
    return replace(facts, owner=principal_of_arn(caller.arn), arn=caller.arn)


def _of_key(connection: Connection, facts: KeyFacts) -> KeyFacts:
    try:
        answer = connection.call("iam:GetAccessKeyLastUsed", AccessKeyId=facts.key_id)
    except AwsError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        raise AwsError(
            f"account {facts.account} has no access key {facts.key_id}: it was deleted, or never existed",
            help=f"see what it did with `secretscan aws activity {facts.key_id}`",
            kind=Kind.NOT_FOUND,
        ) from None
    name = str(answer.get("UserName") or "")
    owner: Principal = User(name) if name and name != "<root_account>" else Root()
    return replace(facts, owner=owner, last_use=last_use(answer.get("AccessKeyLastUsed") or {}))


def _with_user(connection: Connection, facts: KeyFacts) -> KeyFacts:
    """Add status, dates, policies, groups and other keys, as far as they may be read."""
    unread: list[str] = []

    def attempt(what: str, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return read()
        except AwsError as error:
            if error.kind not in (Kind.DENIED, Kind.NOT_FOUND):
                raise
            unread.append(f"{what}: {error.problem}")
            return ()

    user: Json = {}
    keys: tuple[KeyState, ...] = ()
    groups: tuple[str, ...] = ()
    policies: tuple[AttachedPolicy, ...] = ()
    match facts.owner:
        case User(name):
            user = next(iter(attempt("the user", lambda: _user(connection, name))), {})
            keys = attempt("the keys", lambda: _keys(connection, facts.key_id, UserName=name))
            groups = attempt("the groups", lambda: _groups(connection, name))
            policies = attempt("the policies", lambda: _policies(connection, name, groups))
        case Root():
            keys = _keys(connection, facts.key_id) if connection.caller().is_root else ()
        case Role() | Unknown():
            return facts
        case other:
            assert_never(other)
    own = next((key for key in keys if key.key_id == facts.key_id), None)
    quarantine = [policy.name for policy in policies if policy.name.startswith(QUARANTINE_PREFIX)]
    return replace(
        facts,
        arn=str(user.get("Arn", "")) or facts.arn,
        user_created=moment(user.get("CreateDate")),
        status=own.status if own else "",
        created=own.created if own else "",
        policies=policies,
        groups=groups,
        quarantine=quarantine[0] if quarantine else "",
        sessions_blocked=any(policy.name == BLOCK_POLICY and not policy.arn for policy in policies),
        other_keys=tuple(key for key in keys if key.key_id != facts.key_id),
        unread=tuple(unread),
    )


def _user(connection: Connection, name: str) -> tuple[Json, ...]:
    return (connection.call("iam:GetUser", UserName=name)["User"],)


def _keys(connection: Connection, skip: str, **user: str) -> tuple[KeyState, ...]:
    states = []
    for key in connection.pages("iam:ListAccessKeys", "AccessKeyMetadata", **user):
        state = KeyState(str(key["AccessKeyId"]), str(key["Status"]), moment(key.get("CreateDate")))
        states.append(state if state.key_id == skip else _with_last_use(connection, state))
    return tuple(sorted(states, key=lambda state: (state.created, state.key_id)))


def _with_last_use(connection: Connection, state: KeyState) -> KeyState:
    try:
        answer = connection.call("iam:GetAccessKeyLastUsed", AccessKeyId=state.key_id)
    except AwsError as error:
        if error.kind is Kind.DENIED:
            return state
        raise
    return replace(state, last_use=last_use(answer.get("AccessKeyLastUsed") or {}))


def _groups(connection: Connection, user: str) -> tuple[str, ...]:
    found = connection.pages("iam:ListGroupsForUser", "Groups", UserName=user)
    return tuple(sorted(str(group["GroupName"]) for group in found))


def _policies(connection: Connection, user: str, groups: tuple[str, ...]) -> tuple[AttachedPolicy, ...]:
    found = [
        AttachedPolicy(str(policy["PolicyName"]), str(policy["PolicyArn"]), "user")
        for policy in connection.pages("iam:ListAttachedUserPolicies", "AttachedPolicies", UserName=user)
    ]
    inline = connection.pages("iam:ListUserPolicies", "PolicyNames", UserName=user)
    found.extend(AttachedPolicy(str(name), "", "user") for name in inline)
    for group in groups:
        through = f"group {group}"
        attached = connection.pages("iam:ListAttachedGroupPolicies", "AttachedPolicies", GroupName=group)
        found.extend(AttachedPolicy(str(p["PolicyName"]), str(p["PolicyArn"]), through) for p in attached)
        own = connection.pages("iam:ListGroupPolicies", "PolicyNames", GroupName=group)
        found.extend(AttachedPolicy(str(name), "", through) for name in own)
    return tuple(sorted(found, key=lambda policy: (policy.through != "user", policy.through, policy.name)))


def last_use(answer: Json) -> LastUse | None:
    """Return the last use out of IAM's `AccessKeyLastUsed`; `None` for a key that was never used."""
    if not answer.get("LastUsedDate"):
        return None
    return LastUse(
        moment(answer["LastUsedDate"]), str(answer.get("ServiceName", "")), str(answer.get("Region", ""))
    )


def moment(value: object) -> str:
    """Return a time of a botocore answer as RFC 3339 in UTC, to the second; empty for none."""
    if not isinstance(value, datetime):
        return ""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
