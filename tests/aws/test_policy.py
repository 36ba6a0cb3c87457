"""`secretscan aws policy`: each command runs under just the policy printed for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from aws_servers import ACCOUNT, Account, Pair, record, saved_report

from secretscan.model.finding import Status, Verification
from secretscan.verify.aws.checkup import CHECKS
from secretscan.verify.aws.checkup.runner import run_checks
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.policy import GRANTS, policy_document

GO = ("--apply", "--yes", "--reason", "test")
IAM_NAMES = {
    "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
}
"""Calls whose permission has another name. Source: AWS Service Authorization Reference."""


def signer_with(account: Account, command: str) -> Pair:
    """A user whose only policy is the one the command prints; moto compares actions, but no resources."""
    document = account.run("policy", "--for", command, "--account", ACCOUNT).json
    for statement in document["Statement"]:
        statement["Resource"] = "*"
    pair = account.user("least")
    account.client("iam").put_user_policy(
        UserName="least", PolicyName="least", PolicyDocument=json.dumps(document)
    )
    return pair


@pytest.fixture
def leaked(account: Account) -> Pair:
    account.clean()
    return account.user("ci-deploy", "s3:*")


COMMANDS = {
    "identify": ["identify", "KEY"],
    "deactivate": ["deactivate", "KEY", "--block-sessions", "--rotate", "least/new", *GO],
    "reactivate": ["reactivate", "KEY", *GO],
    "keys": ["keys"],
    "respond": ["respond", "REPORT", "--block-sessions", *GO],
    "publish": ["publish", "REPORT"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_runs_under_just_its_policy(
    account: Account, leaked: Pair, tmp_path: Path, command: str
) -> None:
    found = record(1, leaked.key_id, verification=Verification(Status.ACTIVE, ""))
    report = saved_report(tmp_path / "report.json", found)
    words = {"KEY": leaked.key_id, "REPORT": str(report)}
    signer = signer_with(account, command)
    if command == "reactivate":
        account.client("iam").update_access_key(
            UserName=leaked.user, AccessKeyId=leaked.key_id, Status="Inactive"
        )
    account.lock()
    done = account.run(*(words.get(word, word) for word in COMMANDS[command]), signer=signer)
    assert done.code == 0, done.out + done.err
    assert "not read" not in done.out


def test_a_command_without_its_policy_is_denied(account: Account, leaked: Pair) -> None:
    signer = signer_with(account, "keys")
    account.lock()
    assert account.run("deactivate", leaked.key_id, "--block-sessions", *GO, signer=signer).code == 2


def test_every_call_of_the_checkup_is_in_its_policy(
    account: Account, connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    connection = connect(timeout_s=20.0, attempts=1)
    run_checks(connection, CHECKS, ["us-east-1", "eu-west-3"])
    entries = [json.loads(line) for line in connection.log.path.read_text().splitlines()]
    called = {entry["action"] for entry in entries if entry["event"] == "call"} - {"sts:GetCallerIdentity"}
    allowed = {action for grant in GRANTS["checkup"] for action in grant.actions}
    assert {IAM_NAMES.get(action, action) for action in called} <= allowed
    assert not any(entry.get("changes") for entry in entries)


def test_a_policy_grants_no_wildcard_action_and_changes_nothing_beyond_its_users() -> None:
    document: Any = policy_document(account=ACCOUNT)
    for statement in document["Statement"]:
        assert not any("*" in action for action in statement["Action"])
        changes = [a for a in statement["Action"] if fnmatch(a, "iam:[!GL]*")]
        if changes:
            assert all(f"::{ACCOUNT}:" in resource for resource in statement["Resource"])


def test_an_unknown_command_is_refused(account: Account) -> None:
    done = account.run("policy", "--for", "everything")
    assert done.code == 2
    assert "identify" in done.err
