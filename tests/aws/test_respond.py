"""`secretscan aws respond`: a report answered key by key against moto, and taken up again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_servers import RESPONDER, Account, Pair, key_id_of, record, saved_report

from secretscan.model.finding import Status, Verification

GO = ("--apply", "--yes", "--reason", "leak", "--no-publish")
ALL = (*RESPONDER, "securityhub:BatchImportFindings", "securityhub:GetFindings")


@pytest.fixture
def leaked(account: Account) -> tuple[Pair, Pair]:
    return account.user("ci-a", "s3:*"), account.user("ci-b", "s3:*")


@pytest.fixture
def report(tmp_path: Path, leaked: tuple[Pair, Pair]) -> Path:
    first, second = leaked
    proven = Verification(Status.ACTIVE, "works")
    return saved_report(
        tmp_path / "report.json",
        record(1, first.key_id, verification=proven),
        record(2, second.key_id, secret=second.secret),
        record(3, verification=Verification(Status.CANARY, "a canary")),
        record(4, rule="aws-access-key-id"),
        record(5, key_id_of("210987654321", 5), verification=proven),
    )


def states(out: str) -> dict[str, str]:
    return {key["key_id"]: key["state"] for key in json.loads(out)["keys"]}


def test_a_plan_for_each_confirmed_key_changes_nothing(
    account: Account, leaked: tuple[Pair, Pair], report: Path
) -> None:
    responder = account.user("responder", *ALL)
    account.lock()
    done = account.run("respond", str(report), signer=responder)
    assert "the report has proof that it is active" in done.out
    assert "works as arn:aws:iam::123456789012:user/ci-b" in done.out
    assert "only the key id was found" in done.out
    assert "the report says canary" in done.out
    assert "belongs to account 210987654321" in done.out
    assert "Nothing was changed." in done.out
    assert [account.status(pair) for pair in leaked] == ["Active", "Active"]


def test_apply_shuts_confirmed_keys_down_publishes_and_is_resumable(
    account: Account, leaked: tuple[Pair, Pair], report: Path
) -> None:
    first, second = leaked
    responder = account.user("responder", *ALL)
    account.lock()
    go = ("--apply", "--yes", "--reason", "leak", "-f", "json")
    done = account.run("respond", str(report), *go, signer=responder)
    assert done.code == 3, done.err  # the key of the other account is not ours to handle
    assert states(done.out) == {
        first.key_id: "contained",
        second.key_id: "contained",
        key_id_of("210987654321", 5): "failed",
    }
    assert [account.status(pair) for pair in leaked] == ["Inactive", "Inactive"]
    assert second.secret not in done.out + done.err + account.log.read_text()
    assert "securityhub:BatchImportFindings" in account.calls()
    account.lock()
    again = account.run("respond", str(report), *go, signer=responder)
    assert states(again.out)[first.key_id] == "already-contained"
    assert account.calls().count("iam:UpdateAccessKey") == 2


def test_what_fails_for_one_key_is_taken_up_by_the_next_run(
    account: Account, leaked: tuple[Pair, Pair], report: Path
) -> None:
    poor = account.user("poor", *(action for action in ALL if action != "iam:UpdateAccessKey"))
    able = account.user("able", *ALL)
    account.lock()
    done = account.run("respond", str(report), *GO, signer=poor)
    assert done.code == 3
    assert "NOT done: deactivate key" in done.out
    done = account.run("respond", str(report), *GO, signer=able)
    assert [account.status(pair) for pair in leaked] == ["Inactive", "Inactive"]
    state = next((account.work / "state" / "secretscan").glob("respond-*.json"))
    assert state.stat().st_mode & 0o777 == 0o600
    assert all(pair.secret not in state.read_text() for pair in leaked)


def test_a_state_file_of_another_report_is_refused(account: Account, report: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text('{"version": 1, "report": "other", "keys": {}}')
    responder = account.user("responder", *ALL)
    account.lock()
    done = account.run("respond", str(report), "--state", str(state), signer=responder)
    assert (done.code, "nothing was changed" in done.err) == (2, True)


def test_a_key_without_a_secret_in_the_report_is_confirmed_by_iam(
    account: Account, leaked: tuple[Pair, Pair], tmp_path: Path
) -> None:
    first, second = leaked
    account.client("iam").update_access_key(
        UserName=second.user, AccessKeyId=second.key_id, Status="Inactive"
    )
    report = saved_report(tmp_path / "r.json", record(1, first.key_id), record(2, second.key_id))
    responder = account.user("responder", *ALL)
    account.lock()
    done = account.run("respond", str(report), "-f", "json", signer=responder)
    assert done.code == 0, done.err
    assert states(done.out) == {first.key_id: "planned", second.key_id: "not-confirmed"}
    assert "IAM lists it as active; the secret was not tried" in done.out
