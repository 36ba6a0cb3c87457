"""`secretscan aws deactivate` and `reactivate`, run as a user would against a moto server that checks signatures."""

from __future__ import annotations

import json
import os

import pytest
from aws_servers import RESPONDER, Account, Pair, key_id_of, secret_of

GO = ("--apply", "--yes", "--reason", "leaked in a test")


@pytest.fixture
def leaked(account: Account) -> Pair:
    return account.user("ci-deploy", "s3:*", "iam:UpdateAccessKey", "iam:ListAccessKeys")


@pytest.fixture
def responder(account: Account, leaked: Pair) -> Pair:
    made = account.user("responder", *RESPONDER)
    account.lock()
    return made


def inline_policies(account: Account, user: str) -> list[str]:
    account.unlock()
    names: list[str] = account.client("iam").list_user_policies(UserName=user)["PolicyNames"]
    return names


def attached(account: Account, user: str) -> list[str]:
    account.unlock()
    found = account.client("iam").list_attached_user_policies(UserName=user)["AttachedPolicies"]
    return [policy["PolicyName"] for policy in found]


def test_identify_names_owner_status_and_policies(account: Account, leaked: Pair, responder: Pair) -> None:
    done = account.run("identify", leaked.key_id, "-f", "json", signer=responder)
    assert done.code == 0, done.err
    key = done.json["key"]
    assert (key["account"], key["status"]) == ("123456789012", "Active")
    assert key["owner"] == {"type": "user", "name": "ci-deploy"}
    assert [(policy["name"], policy["through"]) for policy in key["policies"]] == [("test", "user")]


def test_identify_lists_groups_their_policies_quarantine_and_other_keys(
    account: Account, leaked: Pair
) -> None:
    iam = account.client("iam")
    iam.create_group(GroupName="devs")
    iam.add_user_to_group(GroupName="devs", UserName="ci-deploy")
    iam.attach_group_policy(GroupName="devs", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.attach_user_policy(
        UserName="ci-deploy", PolicyArn="arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"
    )
    other = iam.create_access_key(UserName="ci-deploy")["AccessKey"]["AccessKeyId"]
    responder = account.user("responder", *RESPONDER)
    account.lock()
    text = account.run("identify", leaked.key_id, signer=responder).out
    assert "PowerUserAccess (through group devs)" in text
    assert "AWSCompromisedKeyQuarantineV2 is attached: AWS has seen this leak" in text
    assert other in text


def test_a_plan_changes_nothing(account: Account, leaked: Pair, responder: Pair) -> None:
    done = account.run("deactivate", leaked.key_id, signer=responder)
    assert done.code == 0, done.err
    assert f"1. deactivate key {leaked.key_id} of user ci-deploy" in done.out
    assert "Nothing was changed" in done.out
    assert account.status(leaked) == "Active"
    assert "iam:UpdateAccessKey" not in account.calls()


def test_apply_deactivates_and_reads_back_and_reactivate_undoes_it(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    done = account.run("deactivate", leaked.key_id, *GO, signer=responder)
    assert done.code == 0, done.err
    assert "read back: Inactive" in done.out
    assert account.status(leaked) == "Inactive"
    account.lock()
    done = account.run("reactivate", leaked.key_id, *GO, signer=responder)
    assert "read back: Active" in done.out
    assert account.status(leaked) == "Active"


def test_repeating_is_safe(account: Account, leaked: Pair, responder: Pair) -> None:
    account.run("deactivate", leaked.key_id, *GO, signer=responder)
    done = account.run("deactivate", leaked.key_id, *GO, signer=responder)
    assert done.code == 0
    assert "it is already inactive" in done.out
    assert account.calls().count("iam:UpdateAccessKey") == 1


def test_what_stays_as_it_is_is_not_said_to_break(account: Account, leaked: Pair, responder: Pair) -> None:
    active = account.run("deactivate", leaked.key_id, "--block-sessions", signer=responder)
    assert "whatever signs with this key stops" in active.out or "the key was never used" in active.out
    account.run("deactivate", leaked.key_id, *GO, signer=responder)
    done = account.run("deactivate", leaked.key_id, "--block-sessions", signer=responder)
    breaks = done.out.partition("  what breaks\n")[2].partition("  mind\n")[0]
    assert breaks.strip() == "every session issued until now for user ci-deploy is refused"


def test_apply_needs_a_reason_and_consent(account: Account, leaked: Pair, responder: Pair) -> None:
    without_reason = account.run("deactivate", leaked.key_id, "--apply", "--yes", signer=responder)
    without_terminal = account.run("deactivate", leaked.key_id, "--apply", "--reason", "x", signer=responder)
    assert (without_reason.code, without_terminal.code) == (2, 2)
    assert "nothing was changed" in without_reason.err
    assert "nothing was changed" in without_terminal.err
    assert account.status(leaked) == "Active"


@pytest.mark.parametrize("shown", ["text", "json"])
def test_answering_no_changes_nothing_and_says_so(
    account: Account, leaked: Pair, responder: Pair, shown: str
) -> None:
    ours, theirs = os.openpty()
    os.write(ours, b"n\n")
    command = ("deactivate", leaked.key_id, "--apply", "--reason", "x", "-f", shown)
    with os.fdopen(theirs) as terminal:
        done = account.run(*command, signer=responder, stdin=terminal)
    os.close(ours)
    assert done.code == 0, done.err
    if shown == "json":
        assert done.json["applied"] is False
        assert "Nothing was changed." in done.err
    else:
        assert done.out.endswith("\nNothing was changed.\n")
    assert account.status(leaked) == "Active"


def test_missing_permission_is_named_and_nothing_changes(account: Account, leaked: Pair) -> None:
    reader = account.user("reader", *(action for action in RESPONDER if action != "iam:UpdateAccessKey"))
    account.lock()
    done = account.run("deactivate", leaked.key_id, *GO, signer=reader)
    assert done.code == 2
    assert "iam:UpdateAccessKey was denied" in done.err
    assert "nothing was changed" in done.err
    assert f"NOT done: deactivate key {leaked.key_id}" in done.err
    assert account.status(leaked) == "Active"


def test_half_done_work_is_stated_and_can_be_repeated(account: Account, leaked: Pair) -> None:
    iam = account.client("iam")
    half = account.user("half", *(action for action in RESPONDER if action != "iam:PutUserPolicy"))
    account.lock()
    done = account.run("deactivate", leaked.key_id, "--block-sessions", *GO, signer=half)
    assert done.code == 2
    assert f"done: deactivate key {leaked.key_id}" in done.err
    assert "NOT done: deny everything to sessions of user ci-deploy" in done.err
    account.unlock()
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}],
    }
    iam.put_user_policy(UserName="half", PolicyName="more", PolicyDocument=json.dumps(document))
    account.lock()
    done = account.run("deactivate", leaked.key_id, "--block-sessions", *GO, signer=half)
    assert done.code == 0, done.err
    assert "it is already inactive" in done.out
    assert "SecretscanDenyOlderSessions" in inline_policies(account, "ci-deploy")


def test_block_sessions_denies_older_sessions_and_reactivate_lifts_it(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    account.run("deactivate", leaked.key_id, "--block-sessions", *GO, signer=responder)
    account.unlock()
    document = account.client("iam").get_user_policy(
        UserName="ci-deploy", PolicyName="SecretscanDenyOlderSessions"
    )["PolicyDocument"]
    (statement,) = document["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["*"])
    assert list(statement["Condition"]) == ["DateLessThan"]
    account.lock()
    account.run("reactivate", leaked.key_id, *GO, signer=responder)
    assert inline_policies(account, "ci-deploy") == ["test"]


def test_quarantine_goes_instead_of_deactivating_and_is_undone(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    done = account.run("deactivate", leaked.key_id, "--quarantine", *GO, signer=responder)
    assert done.code == 0, done.err
    assert attached(account, "ci-deploy") == ["AWSCompromisedKeyQuarantineV3"]
    assert account.status(leaked) == "Active"
    account.lock()
    account.run("reactivate", leaked.key_id, *GO, signer=responder)
    assert attached(account, "ci-deploy") == []


def test_a_quarantine_of_aws_is_left_alone_unless_asked(account: Account, leaked: Pair) -> None:
    arn = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
    account.client("iam").attach_user_policy(UserName="ci-deploy", PolicyArn=arn)
    responder = account.user("responder", *RESPONDER)
    account.lock()
    done = account.run("reactivate", leaked.key_id, *GO, signer=responder)
    assert "this audit log does not show that secretscan attached it" in done.out
    assert attached(account, "ci-deploy") == ["AWSCompromisedKeyQuarantineV3"]
    account.lock()
    account.run("reactivate", leaked.key_id, "--quarantine", *GO, signer=responder)
    assert attached(account, "ci-deploy") == []


def test_rotate_stores_the_new_key_and_never_shows_it(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    done = account.run("deactivate", leaked.key_id, "--rotate", "ci/key", *GO, signer=responder)
    assert done.code == 0, done.err
    account.unlock()
    stored = account.client("secretsmanager").get_secret_value(SecretId="ci/key")["SecretString"]
    made = json.loads(stored)
    keys = account.client("iam").list_access_keys(UserName="ci-deploy")["AccessKeyMetadata"]
    assert {key["AccessKeyId"]: key["Status"] for key in keys} == {
        leaked.key_id: "Inactive",
        made["AccessKeyId"]: "Active",
    }
    assert made["SecretAccessKey"] not in done.out + done.err + account.log.read_text()
    account.lock()
    again = account.run("deactivate", leaked.key_id, "--rotate", "ci/key", *GO, signer=responder)
    assert f"it already holds the key that replaces {leaked.key_id}" in again.out
    assert account.calls().count("iam:CreateAccessKey") == 1


def test_a_new_key_that_cannot_be_stored_is_deleted_again(account: Account, leaked: Pair) -> None:
    poor = account.user("poor", *(action for action in RESPONDER if action != "secretsmanager:CreateSecret"))
    account.lock()
    done = account.run("deactivate", leaked.key_id, "--rotate", "ci/key", *GO, signer=poor)
    assert done.code == 2
    assert "was deleted again" in done.err
    account.unlock()
    keys = account.client("iam").list_access_keys(UserName="ci-deploy")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [(leaked.key_id, "Active")]


def test_rotation_of_a_user_with_two_keys_is_refused(account: Account, leaked: Pair) -> None:
    account.client("iam").create_access_key(UserName="ci-deploy")
    responder = account.user("responder", *RESPONDER)
    account.lock()
    done = account.run("deactivate", leaked.key_id, "--rotate", "ci/key", *GO, signer=responder)
    assert done.code == 2
    assert "already has two keys" in done.err
    assert account.status(leaked) == "Active"


def test_the_leaked_key_can_deactivate_itself(account: Account, leaked: Pair, responder: Pair) -> None:
    done = account.run("deactivate", leaked.key_id, "--with-leaked-key", *GO, stdin=f"{leaked.secret}\n")
    assert done.code == 0, done.err
    assert account.status(leaked) == "Inactive"
    assert leaked.secret not in done.out + done.err + account.log.read_text()


def test_a_wrong_leaked_secret_is_said_to_be_wrong(account: Account, leaked: Pair, responder: Pair) -> None:
    wrong = secret_of(5)
    done = account.run("deactivate", leaked.key_id, "--with-leaked-key", *GO, stdin=f"{wrong}\n")
    assert done.code == 2
    assert "not with this secret" in done.err
    assert wrong not in done.out + done.err + account.log.read_text()


def test_sessions_of_a_role_are_blocked_for_a_temporary_key(account: Account, responder: Pair) -> None:
    account.unlock()
    iam = account.client("iam")
    iam.create_role(RoleName="app", AssumeRolePolicyDocument="{}")
    account.lock()
    temporary = key_id_of("123456789012", 4, "ASIA")
    refused = account.run("deactivate", temporary, *GO, signer=responder)
    assert refused.code == 2
    assert "AWS cannot deactivate it" in refused.err
    done = account.run("deactivate", temporary, "--block-sessions", "--role", "app", *GO, signer=responder)
    assert done.code == 0, done.err
    account.unlock()
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == ["SecretscanDenyOlderSessions"]
    account.lock()
    account.run("reactivate", temporary, "--role", "app", *GO, signer=responder)
    account.unlock()
    assert iam.list_role_policies(RoleName="app")["PolicyNames"] == []


BAD_KEYS = {
    "malformed": ("AKIA123", "is not an AWS access key ID"),
    "other-account": (key_id_of("210987654321", 3), "belongs to account 210987654321"),
    "deleted": (key_id_of("123456789012", 9), "has no access key"),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_key_that_cannot_be_handled_is_refused(account: Account, responder: Pair, case: str) -> None:
    key_id, message = BAD_KEYS[case]
    done = account.run("deactivate", key_id, *GO, signer=responder)
    assert done.code == 2
    assert message in done.err
    assert "nothing was changed" in done.err
    assert "help:" in done.err


IDENTIFY_REFUSED = {
    "other-account": (key_id_of("210987654321", 3), RESPONDER, "belongs to account 210987654321"),
    "no-rights": (key_id_of("123456789012", 3), (), "iam:GetAccessKeyLastUsed was denied"),
}


@pytest.mark.parametrize("case", IDENTIFY_REFUSED)
def test_identify_shows_what_the_id_says_where_aws_refuses(account: Account, case: str) -> None:
    key_id, rights, cause = IDENTIFY_REFUSED[case]
    reader = account.user("reader", *rights)
    account.lock()
    done = account.run("identify", key_id, signer=reader)
    assert done.code == 3, done.err
    assert "kind     long-term key" in done.out
    assert "owner, status, last use and rights: " in done.out
    assert cause in done.out
    assert "--profile" in done.err
    assert "--with-leaked-key" not in done.out + done.err
    assert "changed" not in done.out + done.err


def test_deactivate_without_rights_names_the_way_by_the_key_itself(account: Account, leaked: Pair) -> None:
    nobody = account.user("nobody")
    reader = account.user("reader", *(action for action in RESPONDER if action != "iam:UpdateAccessKey"))
    account.lock()
    for signer in (nobody, reader):
        done = account.run("deactivate", leaked.key_id, *GO, signer=signer)
        assert done.code == 2
        assert "was denied for" in done.err
        assert "nothing was changed" in done.err
        assert "--with-leaked-key" in done.err


def test_no_credentials_is_an_error_with_a_next_step(account: Account, leaked: Pair) -> None:
    done = account.run("identify", leaked.key_id)
    assert done.code == 2
    assert "there are no usable AWS credentials (NoCredentialsError)" in done.err
    assert "--profile" in done.err


def test_an_unknown_profile_is_an_error_with_a_next_step(account: Account, leaked: Pair) -> None:
    done = account.run("identify", leaked.key_id, "--profile", "nobody")
    assert done.code == 2
    assert 'profile "nobody"' in done.err


def test_no_network_is_an_error_and_nothing_changes(account: Account, leaked: Pair, responder: Pair) -> None:
    done = account.run(
        "deactivate", leaked.key_id, *GO, signer=responder, AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )
    assert done.code == 2
    assert "no answer from AWS" in done.err


def test_a_wrong_partition_is_refused(account: Account, leaked: Pair, responder: Pair) -> None:
    done = account.run("identify", leaked.key_id, "--region", "cn-north-1", signer=responder)
    assert done.code == 2
    assert "does not accept the credentials" in done.err
    assert "--region" in done.err


def test_the_log_of_an_incident_is_whole_and_names_each_change(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    account.run("deactivate", leaked.key_id, *GO, signer=responder)
    done = account.run("log", "verify", "-f", "json")
    assert (done.code, done.json["whole"]) == (0, True)
    entries = [json.loads(line) for line in account.log.read_text().splitlines()]
    run = next(entry for entry in entries if entry["event"] == "run")
    change = next(entry for entry in entries if entry.get("action") == "iam:UpdateAccessKey")
    result = next(e for e in entries if e["event"] == "result" and e["call"] == change["call"])
    assert run["reason"] == "leaked in a test"
    assert change["identity"] == "arn:aws:iam::123456789012:user/responder"
    assert change["parameters"] == {
        "AccessKeyId": leaked.key_id,
        "Status": "Inactive",
        "UserName": "ci-deploy",
    }
    assert (result["outcome"], bool(result["request_id"])) == ("ok", True)
    altered = account.log.read_text().replace("responder", "somebody")
    account.log.write_text(altered)
    assert account.run("log", "verify").code == 1


def test_an_unwritable_audit_log_stops_before_the_first_call(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    done = account.run("deactivate", leaked.key_id, *GO, "--audit-log", "/dev/null/x", signer=responder)
    assert done.code == 2
    assert "no AWS call was made" in done.err
    assert account.status(leaked) == "Active"


def test_verify_asks_about_a_pair_from_standard_input(
    account: Account, leaked: Pair, responder: Pair
) -> None:
    works = account.run("verify", leaked.key_id, "-f", "json", stdin=f"{leaked.secret}\n")
    wrong = account.run("verify", leaked.key_id, "-f", "json", stdin=f"{secret_of(3)}\n")
    unknown = account.run("verify", key_id_of("123456789012", 3), "-f", "json", stdin=f"{secret_of(3)}\n")
    assert [done.json["status"] for done in (works, wrong, unknown)] == ["active", "unknown", "inactive"]
