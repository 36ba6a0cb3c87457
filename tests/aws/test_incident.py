"""A whole incident from the command line: a key in a commit, found, verified, shut down, undone, on the record."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from aws_servers import (
    RESPONDER,
    ROOT,
    Account,
    Outcome,
    Pair,
    Reply,
    ScriptedServer,
    error_xml,
    identity_xml,
    key_id_of,
    record,
    secret_of,
)

from secretscan.cli.aws.saved import exposed_since, read_report
from secretscan.model.report import Report, ScanStats
from secretscan.verify.aws.respond.candidates import candidates

GO = ("--apply", "--yes", "--reason", "leaked in the last commit")


def findable_user(account: Account, name: str) -> Pair:
    """A user whose key id has AWS's own alphabet; moto's ids are wider."""
    iam = account.client("iam")
    pair = account.user(name, "s3:*")
    while not re.fullmatch(r"AKIA[A-Z2-7]{16}", pair.key_id):
        iam.delete_access_key(UserName=name, AccessKeyId=pair.key_id)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        pair = Pair(key["AccessKeyId"], key["SecretAccessKey"], name)
    return pair


def leak(folder: Path, key_id: str, secret: str, token: str = "") -> Path:
    """A repository whose only commit holds the pair."""
    repo = folder / "repo"
    repo.mkdir()
    lines = [f"aws_access_key_id = {key_id}", f"aws_secret_access_key = {secret}"]
    (repo / "credentials").write_text(
        "\n".join([*lines, f"aws_session_token = {token}" if token else ""]) + "\n"
    )
    config = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*config, "commit", "-qm", "add"]):
        subprocess.run(["git", *command], cwd=repo, check=True)
    return repo


def scan(account: Account, repo: Path, *arguments: str, **environment: str) -> Outcome:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(account.work),
        "XDG_STATE_HOME": str(account.work / "state"),
        "XDG_CACHE_HOME": str(account.work / "cache"),
        "AWS_ENDPOINT_URL": account.url,
        "PYTHONPATH": str(ROOT),
    } | environment
    done = subprocess.run(
        [sys.executable, "-m", "secretscan", "history", str(repo), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr, 0)


def test_a_leaked_key_is_found_active_shut_down_and_its_undoing_works(
    account: Account, tmp_path: Path
) -> None:
    leaked = findable_user(account, "ci-leaky")
    responder = account.user(
        "responder", *RESPONDER, "securityhub:BatchImportFindings", "securityhub:GetFindings"
    )
    account.lock()
    report = tmp_path / "report.json"
    repo = leak(tmp_path, leaked.key_id, leaked.secret)
    found = scan(account, repo, "--verify", "--format", "json", "-o", str(report))
    assert found.code == 1, found.err
    assert '"status": "active"' in report.read_text()
    assert "user/ci-leaky" in report.read_text()

    plan = account.run("respond", str(report), signer=responder)
    assert "the report has proof that it is active" in plan.out
    assert account.status(leaked) == "Active"

    account.lock()
    done = account.run("respond", str(report), *GO, "--source", "github.com/acme/shop", signer=responder)
    assert done.code == 0, done.out + done.err
    assert "1 sent to Security Hub" in done.out
    assert account.status(leaked) == "Inactive"

    account.lock()
    undone = account.run("reactivate", leaked.key_id, *GO, signer=responder)
    assert undone.code == 0, undone.err
    assert account.status(leaked) == "Active"

    assert account.run("log", "verify").code == 0
    everything = found.out + found.err + plan.out + done.out + done.err + account.log.read_text()
    assert leaked.secret not in everything + report.read_text()


def test_key_ids_without_a_secret_are_named_for_the_responder(
    scripted: ScriptedServer, tmp_path: Path
) -> None:
    """A key id is no secret: without it nobody could ask what the key did."""
    ids = [key_id_of("123456789012", seed) for seed in (31, 32, 33)]
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / "ids.txt").write_text("".join(f"id: {key_id}\n" for key_id in ids))
    config = ["-c", "user.name=n", "-c", "user.email=n@example.com"]
    for command in (["init", "-q"], ["add", "-A"], [*config, "commit", "-qm", "add"]):
        subprocess.run(["git", *command], cwd=repo, check=True)
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    report = tmp_path / "report.json"
    scan(account, repo, "--format", "json", "-o", str(report))
    text = scan(account, repo).out
    assert all(f"key_id {key_id}" in text for key_id in ids)

    scripted.answer = lambda seen: Reply(
        200, identity_xml("123456789012", "arn:aws:iam::123456789012:user/r")
    )
    signer = Pair(key_id_of("123456789012", 2), secret_of(2), "r")
    responded = account.run("respond", str(report), signer=signer)
    assert [line for line in responded.out.splitlines() if "left alone" in line] == [
        f"{key_id}  left alone: only the key id was found, not its secret" for key_id in sorted(ids)
    ]
    for key_id in ids:
        assert exposed_since(read_report(report), key_id)


def test_ids_that_look_the_same_when_redacted_are_each_left_alone() -> None:
    """Reports of earlier versions have no id of them."""
    lone = [record(n, rule="aws-access-key-id", secret="AKIA…(20)", attributes={}) for n in (1, 2, 3)]
    report = Report("1", "d", ScanStats("history", "x"), tuple(lone))
    assert len(candidates(report)[1]) == 3


def test_without_verify_nothing_is_sent_and_boto_is_not_imported(
    scripted: ScriptedServer, tmp_path: Path
) -> None:
    repo = leak(tmp_path, key_id_of("123456789012", 3), secret_of(3))
    code = (
        "import sys; from secretscan.cli.main import run; run(['history', sys.argv[1]]);"
        "print('LOADED', [m for m in sys.modules if m.split('.')[0] in ('boto3', 'botocore')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(repo)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert "LOADED []" in done.stdout
    assert scripted.seen == []


FAULTS = {
    "refused": Reply(403, error_xml("SignatureDoesNotMatch", "The Canonical String for this request …")),
    "expired": Reply(403, error_xml("ExpiredToken", "The security token included in the request is expired")),
    "throttled": Reply(400, error_xml("Throttling")),
    "garbled": Reply(200, "<html>"),
    "broken": Reply(500, "\x00\xff"),
    "hanging": Reply(200, "", delay_s=3),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_leaves_the_process_under_any_fault(
    scripted: ScriptedServer, tmp_path: Path, fault: str
) -> None:
    scripted.answer = lambda seen: FAULTS[fault]
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    secret, key_id = secret_of(6), key_id_of("123456789012", 6)
    scanned = scan(
        account,
        leak(tmp_path, key_id, secret),
        "--verify",
        "--format",
        "json",
    )
    commands = [
        account.run(*command, key_id, *rest, "--timeout", "0.5", stdin=f"{secret}\n")
        for command, rest in (
            (["verify"], []),
            (["deactivate"], ["--with-leaked-key", *GO]),
        )
    ]
    texts = [scanned.out, scanned.err, account.log.read_text()]
    texts += [text for done in commands for text in (done.out, done.err)]
    assert all(secret not in text for text in texts)
    assert '"status": "active"' not in scanned.out
    assert commands[1].code == 2
    assert all("Traceback" not in text for text in texts)


SKEWED = "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z"
RESPONDER_FAULTS = {
    "throttled": (
        Reply(400, error_xml("Throttling")),
        "kept throttling sts:GetCallerIdentity",
        "wait a minute",
    ),
    "expired": (Reply(403, error_xml("ExpiredToken")), "has expired", "sign in again"),
    "clock": (
        Reply(403, error_xml("SignatureDoesNotMatch", SKEWED)),
        "clock is wrong",
        "set this machine's clock",
    ),
    "unknown-key": (
        Reply(403, error_xml("InvalidClientTokenId")),
        "does not accept the credentials",
        "--profile",
    ),
    "hanging": (Reply(200, "", delay_s=2), "the time ran out", "--timeout"),
    "garbled": (Reply(200, "<html>"), "something that is not AWS", "audit log"),
}


@pytest.mark.parametrize("fault", RESPONDER_FAULTS)
def test_a_fault_of_the_responders_own_session_is_named_with_the_next_step(
    scripted: ScriptedServer, tmp_path: Path, fault: str
) -> None:
    reply, problem, step = RESPONDER_FAULTS[fault]
    scripted.answer = lambda seen: reply
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    signer = Pair(key_id_of("123456789012", 2), secret_of(2), "x")
    done = account.run("deactivate", key_id_of("123456789012", 6), *GO, "--timeout", "0.4", signer=signer)
    assert done.code == 2
    assert problem in done.err
    assert step in done.err
    assert signer.secret not in done.out + done.err + account.log.read_text()
    assert account.calls() == ["sts:GetCallerIdentity"]


def test_secrets_are_not_among_the_arguments_of_any_command() -> None:
    """No option takes a secret: what is on the command line can be read by every process of the machine."""
    helps = [
        subprocess.run(
            [sys.executable, "-m", "secretscan", "aws", command, "--help"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            capture_output=True,
            text=True,
        ).stdout
        for command in ("verify", "deactivate", "respond")
    ]
    assert all("Usage" in text for text in helps)
    assert not any(re.search(r"--(secret|token|password)", text) for text in helps)


DIES = """
import os, sys
from botocore.client import BaseClient

real = BaseClient._make_api_call

def die(self, name, parameters):
    if name == "UpdateAccessKey":
        os._exit(9)
    return real(self, name, parameters)

BaseClient._make_api_call = die
from secretscan.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


def test_a_call_that_never_returned_is_seen_in_the_log(account: Account) -> None:
    """The line before the call is written before the request leaves: a process that dies there proves it."""
    leaked = account.user("ci", "s3:*")
    responder = account.user("responder", *RESPONDER)
    account.lock()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(account.work),
        "XDG_STATE_HOME": str(account.work / "state"),
        "AWS_ENDPOINT_URL": account.url,
        "AWS_ACCESS_KEY_ID": responder.key_id,
        "AWS_SECRET_ACCESS_KEY": responder.secret,
    }
    done = subprocess.run(
        [sys.executable, "-c", DIES, "aws", "deactivate", leaked.key_id, *GO],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 9, done.stderr
    checked = account.run("log", "verify")
    assert "begun and not completed: iam:UpdateAccessKey" in checked.out
    assert checked.code == 0
