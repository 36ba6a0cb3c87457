"""`secretscan aws keys` against moto, and the rules of the audit on made-up ages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aws_servers import (
    ACCOUNT,
    Account,
    Pair,
    Reply,
    ScriptedServer,
    Seen,
    identity_xml,
    key_id_of,
    secret_of,
)

from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.keys import ROOT, audit_account, audit_organization

AUDITOR = ("iam:ListUsers", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:GetAccountSummary")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_young_keys_pass(account: Account) -> None:
    account.user("fresh")
    auditor = account.user("auditor", *AUDITOR)
    account.lock()
    done = account.run("keys", "-f", "json", signer=auditor)
    assert done.code == 0, done.err
    (audit,) = done.json["accounts"]
    assert sorted(key["user"] for key in audit["keys"]) == ["auditor", "fresh"]
    assert done.json["flagged"] == 0


def test_a_denied_audit_is_an_error(account: Account) -> None:
    nobody = account.user("nobody")
    account.lock()
    done = account.run("keys", signer=nobody)
    assert done.code == 2
    assert "iam:ListUsers was denied for arn:aws:iam::123456789012:user/nobody" in done.err


def test_member_accounts_that_cannot_be_entered_are_listed(account: Account) -> None:
    organizations = account.client("organizations")
    try:
        organizations.create_organization(FeatureSet="ALL")
    except organizations.exceptions.AlreadyInOrganizationException:
        pass
    organizations.create_account(AccountName="member", Email="m@example.com")
    auditor = account.user("auditor", *AUDITOR, "organizations:ListAccounts")
    account.lock()
    done = account.run("keys", "--organization", "-f", "json", signer=auditor)
    assert done.code == 3, done.out + done.err
    problems = [audit["problem"] for audit in done.json["accounts"]]
    assert sum(bool(problem) for problem in problems) >= 1
    assert any("sts:AssumeRole was denied" in problem for problem in problems)


def test_an_organization_without_accounts_is_not_said_to_be_in_order(
    scripted: ScriptedServer, tmp_path: Path
) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.service == "sts":
            return Reply(200, identity_xml(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/auditor"))
        return Reply(200, json.dumps({"Accounts": []}))

    scripted.answer = answer
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    signer = Pair(key_id_of(ACCOUNT, 2), secret_of(2), "auditor")
    done = account.run("keys", "--organization", signer=signer)
    assert (done.code, done.out) == (3, "nothing was read: the organization lists no active account\n")


def test_one_account_is_one_account(scripted: ScriptedServer, tmp_path: Path) -> None:
    scripted.answer = iam({"u": [(K1, "Inactive", 1, 1)]}, root_keys=0)
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    done = account.run("keys", signer=Pair(key_id_of(ACCOUNT, 2), secret_of(2), "auditor"))
    assert "1 access key in 1 account, 0 flagged" in done.out


def iam(
    users: dict[str, list[tuple[str, str, float, float | None]]], root_keys: int
) -> Callable[[Seen], Reply]:
    """An IAM whose users have keys of (id, status, age in days, days since use)."""

    def when(days: float) -> str:
        return (NOW - timedelta(days=days)).isoformat()

    def answer(seen: Seen) -> Reply:
        match seen.operation:
            case "GetCallerIdentity":
                return Reply(200, identity_xml(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/auditor"))
            case "ListUsers":
                body = (
                    "<Users>"
                    + "".join(f"<member><UserName>{u}</UserName></member>" for u in users)
                    + "</Users>"
                )
            case "ListAccessKeys":
                keys = "".join(
                    f"<member><AccessKeyId>{key}</AccessKeyId><Status>{status}</Status>"
                    f"<CreateDate>{when(age)}</CreateDate></member>"
                    for key, status, age, _ in users[seen.parameters["UserName"]]
                )
                body = f"<AccessKeyMetadata>{keys}</AccessKeyMetadata>"
            case "GetAccessKeyLastUsed":
                used = {key: use for keys in users.values() for key, _, _, use in keys}[
                    seen.parameters["AccessKeyId"]
                ]
                date = f"<LastUsedDate>{when(used)}</LastUsedDate>" if used is not None else ""
                body = f"<AccessKeyLastUsed>{date}<ServiceName>s3</ServiceName><Region>r</Region></AccessKeyLastUsed>"
            case _:
                entry = f"<entry><key>AccountAccessKeysPresent</key><value>{root_keys}</value></entry>"
                body = f"<SummaryMap>{entry}</SummaryMap>"
        name = seen.operation
        return Reply(200, f"<{name}Response><{name}Result>{body}</{name}Result></{name}Response>")

    return answer


K1, K2, K3, K4 = (key_id_of(ACCOUNT, seed) for seed in (21, 22, 23, 24))


@pytest.mark.parametrize(
    ("key", "problems"),
    [
        ((K1, "Active", 91, 1), ("91 days old, over 90",)),
        ((K1, "Active", 90, 1), ()),
        ((K1, "Active", 30, None), ("never used",)),
        ((K1, "Active", 6, None), ()),
        ((K1, "Active", 400, None), ("400 days old, over 90", "never used")),
        ((K1, "Inactive", 400, None), ()),
    ],
)
def test_old_and_unused_keys_are_flagged(
    scripted: ScriptedServer,
    connect: Callable[..., Connection],
    key: tuple[str, str, float, float],
    problems: object,
) -> None:
    scripted.answer = iam({"u": [key]}, root_keys=0)
    audit = audit_account(connect(), max_age_days=90, now=NOW)
    assert [one.problems for one in audit.keys] == [problems]


def test_root_keys_are_always_flagged_and_come_first(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = iam(
        {"u": [(K1, "Active", 400, 1), (K2, "Active", 1, 1)], "v": [(K3, "Active", 95, 2)]}, 1
    )
    audit = audit_account(connect(), max_age_days=90, now=NOW)
    assert [(key.user, bool(key.problems)) for key in audit.keys] == [
        (ROOT, True),
        ("u", True),
        ("v", True),
        ("u", False),
    ]
    assert json.dumps([key.age_days for key in audit.keys]) == "[-1, 400, 95, 1]"


def test_listings_are_read_to_their_last_page(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    def answer(seen: Seen) -> Reply:
        page = int(seen.parameters.get("Marker", 0))
        more = (
            f"<IsTruncated>true</IsTruncated><Marker>{page + 1}</Marker>"
            if page < 2
            else "<IsTruncated>false</IsTruncated>"
        )
        users = f"<Users><member><UserName>user{page}</UserName></member></Users>"
        return Reply(
            200, f"<ListUsersResponse><ListUsersResult>{users}{more}</ListUsersResult></ListUsersResponse>"
        )

    scripted.answer = answer
    users = [user["UserName"] for user in connect().pages("iam:ListUsers", "Users")]
    assert users == ["user0", "user1", "user2"]


def test_member_accounts_are_entered_through_the_role_and_read(
    account: Account, connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    account.clean()
    organizations = account.client("organizations")
    try:
        organizations.create_organization(FeatureSet="ALL")
    except organizations.exceptions.AlreadyInOrganizationException:
        pass
    member = organizations.create_account(AccountName="m2", Email="m2@example.com")["CreateAccountStatus"][
        "AccountId"
    ]
    role = f"arn:aws:iam::{member}:role/Audit"
    entered = account.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    iam = account.admin.create_client(
        "iam",
        region_name="us-east-1",
        endpoint_url=account.url,
        aws_access_key_id=entered["AccessKeyId"],
        aws_secret_access_key=entered["SecretAccessKey"],
        aws_session_token=entered["SessionToken"],
    )
    iam.create_user(UserName="of-member")
    key_id = iam.create_access_key(UserName="of-member")["AccessKey"]["AccessKeyId"]
    audits = audit_organization(connect(timeout_s=20.0), role="Audit", max_age_days=90)
    theirs = next(audit for audit in audits if audit.account == member)
    assert [(key.user, key.key_id) for key in theirs.keys] == [("of-member", key_id)]
