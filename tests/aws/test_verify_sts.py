"""Verification of AWS key pairs at the wire: what each answer of STS proves, and what a fault does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_servers import Reply, ScriptedServer, error_xml, identity_xml, key_id_of, secret_of

from secretscan.model.finding import Confidence, Finding, Severity, Status, Verification
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.rules.model import Rule
from secretscan.verify import verify_findings
from secretscan.verify.options import VerifyOptions

ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}:user/ci"
RULE = Rule(
    id="aws-access-key",
    name="AWS access key",
    description="",
    provider="aws",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    pattern="",
    verifier="aws-sts",
)


def finding(seed: int, *, key_id: str = "", secret: str = "", token: str = "") -> Finding:
    return Finding(
        rule_id="aws-access-key",
        secret=Secret((secret or secret_of(seed)).encode()),
        span=Span(0, 40),
        region=Region(1, 1, 1, 41),
        score=0.99,
        attributes={"key_id": key_id or key_id_of(ACCOUNT, seed)},
        parts={"session_token": Secret(token.encode())} if token else {},
    )


def verified(*findings: Finding, **options: Any) -> list[Verification]:
    chosen = VerifyOptions(
        **{"timeout_s": 1.0, "attempts": 1, "rate": 1000.0, "same_key_pause_s": 0.2, **options}
    )
    results = verify_findings(findings, {RULE.id: RULE}, chosen)
    return [results[one.rule_id, one.secret] for one in findings]


def always(body: str, status: int = 200, **reply: Any) -> Callable[[object], Reply]:
    return lambda seen: Reply(status, body, **reply)


def test_a_pair_that_sts_names_is_active(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    assert verified(finding(1)) == [Verification(Status.ACTIVE, f"works as {ARN}")]


def test_requests_say_who_asks(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    verified(finding(1))
    assert scripted.seen[0].headers["User-Agent"].startswith("secretscan/")


REFUSALS = {
    "InvalidClientTokenId": (403, Status.INACTIVE),
    "ExpiredToken": (403, Status.INACTIVE),
    "SignatureDoesNotMatch": (403, Status.UNKNOWN),
    "AccessDenied": (403, Status.UNKNOWN),
    "Throttling": (400, Status.UNKNOWN),
    "ServiceUnavailable": (503, Status.UNKNOWN),
    "SomethingNew": (400, Status.UNKNOWN),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_proves_inactive_only_where_aws_disowns_the_key(
    scripted: ScriptedServer, code: str
) -> None:
    status, expected = REFUSALS[code]
    scripted.answer = always(error_xml(code), status)
    result = verified(finding(1))[0]
    assert result.status is expected
    assert code in result.detail


@pytest.mark.parametrize(
    ("body", "status"),
    [("<html>blocked</html>", 403), ("<html>hello</html>", 200), ("", 200), ("{}", 200), ("<a><b></a>", 200)],
)
def test_a_page_of_some_middlebox_proves_nothing(scripted: ScriptedServer, body: str, status: int) -> None:
    scripted.answer = always(body, status)
    assert verified(finding(1))[0].status is Status.UNKNOWN


def test_a_wrong_clock_is_named_and_not_mistaken_for_a_wrong_secret(scripted: ScriptedServer) -> None:
    message = "Signature expired: 20260101T000000Z is now earlier than 20260102T000000Z (… - 15 min.)"
    scripted.answer = always(error_xml("SignatureDoesNotMatch", message), 403)
    result = verified(finding(1))[0]
    assert (result.status, "clock" in result.detail) == (Status.UNKNOWN, True)


def test_a_hanging_server_costs_the_timeout_and_gives_unknown(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN), delay_s=5)
    started = time.monotonic()
    assert verified(finding(1), timeout_s=0.3) == [
        Verification(Status.UNKNOWN, "aws: sts:GetCallerIdentity got no answer from AWS: the time ran out")
    ]
    assert time.monotonic() - started < 3


def test_no_network_gives_unknown(scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert verified(finding(1))[0].status is Status.UNKNOWN


def test_throttling_is_retried(scripted: ScriptedServer) -> None:
    def throttle_once(seen: object) -> Reply:
        if len(scripted.seen) == 1:
            return Reply(400, error_xml("Throttling"))
        return Reply(200, identity_xml(ACCOUNT, ARN))

    scripted.answer = throttle_once
    assert verified(finding(1), attempts=3)[0].status is Status.ACTIVE
    assert len(scripted.seen) == 2


def test_partitions_are_asked_in_turn_until_one_knows_the_key(scripted: ScriptedServer) -> None:
    china = "arn:aws-cn:iam::123456789012:user/ci"

    def only_china(seen: Any) -> Reply:
        if seen.region == "cn-north-1":
            return Reply(200, identity_xml(ACCOUNT, china))
        return Reply(403, error_xml("InvalidClientTokenId"))

    scripted.answer = only_china
    assert verified(finding(1))[0].status is Status.INACTIVE
    result = verified(finding(1), partitions=("aws", "aws-cn", "aws-us-gov"))[0]
    assert result == Verification(Status.ACTIVE, f"works as {china}")
    assert [seen.region for seen in scripted.seen] == ["us-east-1", "us-east-1", "cn-north-1"]


def test_a_partition_that_cannot_be_asked_leaves_the_key_unknown(scripted: ScriptedServer) -> None:
    def only_aws(seen: Any) -> Reply:
        return Reply(403, error_xml("InvalidClientTokenId" if seen.region == "us-east-1" else "AccessDenied"))

    scripted.answer = only_aws
    assert verified(finding(1), partitions=("aws", "aws-cn"))[0].status is Status.UNKNOWN


def test_a_session_token_is_sent_with_a_temporary_key(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    key_id = key_id_of(ACCOUNT, 1, "ASIA")
    assert verified(finding(1, key_id=key_id, token="tok"))[0].status is Status.ACTIVE
    assert scripted.seen[0].headers["X-Amz-Security-Token"] == "tok"


TOKEN_CASES = {
    "active": (identity_xml(ACCOUNT, ARN), 200, Status.ACTIVE),
    "expired": (error_xml("ExpiredToken"), 403, Status.INACTIVE),
    "perhaps-of-another-key": (error_xml("InvalidClientTokenId"), 403, Status.UNKNOWN),
}


@pytest.mark.parametrize("case", TOKEN_CASES)
def test_a_token_from_elsewhere_in_the_scan_is_tried_but_proves_no_end(
    scripted: ScriptedServer, case: str
) -> None:
    body, status, expected = TOKEN_CASES[case]
    scripted.answer = always(body, status)
    key = finding(1, key_id=key_id_of(ACCOUNT, 1, "ASIA"))
    token = replace(finding(2), rule_id="aws-session-token", secret=Secret(b"tok"), attributes={})
    assert verified(key, token)[0].status is expected
    assert scripted.seen[0].headers["X-Amz-Security-Token"] == "tok"


@pytest.mark.parametrize("case", ["temporary-without-token", "no-key-id", "malformed-key-id", "not-ascii"])
def test_what_cannot_be_asked_is_not_sent(scripted: ScriptedServer, case: str) -> None:
    cases = {
        "temporary-without-token": finding(1, key_id=key_id_of(ACCOUNT, 1, "ASIA")),
        "no-key-id": finding(1, key_id="-"),
        "malformed-key-id": finding(1, key_id="AKIA12"),
        "not-ascii": finding(1, secret="ü" * 20),
    }
    result = verified(cases[case])[0]
    assert result.status is Status.UNKNOWN
    assert result.detail.startswith("not tried")
    assert scripted.seen == []


def test_a_canary_is_recognised_and_not_called(scripted: ScriptedServer) -> None:
    canary = finding(1, key_id=key_id_of("052310077262", 1))
    result = verified(canary)[0]
    assert (result.status, scripted.seen) == (Status.CANARY, [])
    scripted.answer = always(identity_xml("052310077262", "arn:aws:iam::052310077262:user/canary"))
    assert verified(canary, verify_canaries=True)[0].status is Status.ACTIVE


def test_own_honeytoken_accounts_are_canaries_too(scripted: ScriptedServer) -> None:
    own = frozenset({ACCOUNT})
    assert verified(finding(1), canary_accounts=own)[0].status is Status.CANARY
    assert scripted.seen == []


def test_each_pair_is_asked_once_however_often_it_was_found(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    verified(*[finding(1)] * 20, finding(2))
    assert len(scripted.seen) == 2


def test_two_secrets_for_one_id_follow_each_other_with_a_pause(scripted: ScriptedServer) -> None:
    scripted.answer = always(error_xml("SignatureDoesNotMatch"), 403)
    key_id = key_id_of(ACCOUNT, 7)
    verified(finding(1, key_id=key_id), finding(2, key_id=key_id), same_key_pause_s=0.4)
    first, second = (seen.time for seen in scripted.seen)
    assert second - first >= 0.4


def test_other_secrets_are_left_alone_once_one_works(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    key_id = key_id_of(ACCOUNT, 7)
    results = verified(finding(1, key_id=key_id), finding(2, key_id=key_id))
    assert [result.status for result in results] == [Status.ACTIVE, Status.UNKNOWN]
    assert len(scripted.seen) == 1


def test_signatures_belong_to_their_own_pair_when_many_are_under_way(scripted: ScriptedServer) -> None:
    def echo(seen: Any) -> Reply:
        arn = f"arn:aws:iam::{ACCOUNT}:user/{seen.key_id}"
        return Reply(200, identity_xml(ACCOUNT, arn), delay_s=0.02)

    scripted.answer = echo
    findings = [finding(seed) for seed in range(60)]
    for one, result in zip(findings, verified(*findings), strict=True):
        assert result.detail.endswith(one.attributes["key_id"])


def test_500_pairs_are_verified_within_the_rate_limit(scripted: ScriptedServer) -> None:
    scripted.answer = always(identity_xml(ACCOUNT, ARN))
    rate = 150.0
    results = verified(*(finding(seed) for seed in range(500)), rate=rate)
    assert {result.status for result in results} == {Status.ACTIVE}
    times = sorted(seen.time for seen in scripted.seen)
    assert len(times) == 500
    for start in range(0, 500, 10):
        in_a_second = sum(1 for moment in times if times[start] <= moment < times[start] + 1)
        assert in_a_second <= 2 * rate + 2  # the first burst and a second's worth


def test_calls_are_in_the_audit_log_and_no_secret_is(scripted: ScriptedServer, tmp_path: Path) -> None:
    scripted.answer = always(error_xml("SignatureDoesNotMatch", "canonical string …"), 403)
    one = finding(1, key_id=key_id_of(ACCOUNT, 1, "ASIA"), token="t" * 60)
    result = verified(one, audit_log=tmp_path / "audit.jsonl")[0]
    text = (tmp_path / "audit.jsonl").read_text()
    entries = [json.loads(line) for line in text.splitlines()]
    assert [entry["event"] for entry in entries] == ["run", "call", "result"]
    assert (entries[2]["code"], entries[2]["request_id"]) == ("SignatureDoesNotMatch", "req-2")
    for plaintext in (secret_of(1), "t" * 60):
        assert plaintext not in text
        assert plaintext not in repr(result)
