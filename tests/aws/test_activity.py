"""`secretscan aws activity` at the wire: CloudTrail's event history and GuardDuty, which moto does not speak."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_servers import (
    ACCOUNT,
    Account,
    Reply,
    ScriptedServer,
    Seen,
    error_xml,
    identity_xml,
    key_id_of,
    record,
    saved_report,
    secret_of,
)

from secretscan.model.report import Exposure, Moment
from secretscan.verify.aws.activity.event import Event, event_of
from secretscan.verify.aws.activity.investigate import investigate
from secretscan.verify.aws.activity.summary import summarise
from secretscan.verify.aws.connection import Connection

KEY = key_id_of(ACCOUNT, 11)
ARN = f"arn:aws:iam::{ACCOUNT}:user/ci"
NOW = datetime.now(UTC)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


def trail_event(days: float, action: str, address: str = "198.51.100.7", error: str = "") -> dict[str, Any]:
    record = {
        "eventTime": ago(days),
        "eventSource": "s3.amazonaws.com",
        "eventName": action,
        "awsRegion": "us-east-1",
        "sourceIPAddress": address,
        "userAgent": "aws-cli/2",
        "userIdentity": {"arn": ARN},
    } | ({"errorCode": error} if error else {})
    when = (NOW - timedelta(days=days)).timestamp()
    return {"EventName": action, "EventTime": when, "CloudTrailEvent": json.dumps(record)}


FINDING = {
    "id": "f-1",
    "region": "us-east-1",
    "type": "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
    "title": "t",
    "severity": 8.0,
    "service": {"count": 3, "eventFirstSeen": ago(2), "eventLastSeen": ago(1)},
}


def cloud(pages: dict[str, list[list[dict[str, Any]]]]) -> Callable[[Seen], Reply]:
    """An AWS that holds `pages` of events by region; eu-west-1 denies CloudTrail, GuardDuty is on in us-east-1."""

    def answer(seen: Seen) -> Reply:
        match seen.service, seen.operation:
            case "sts", _:
                return Reply(200, identity_xml(ACCOUNT, ARN))
            case "ec2", "DescribeRegions":
                items = "".join(f"<item><regionName>{region}</regionName></item>" for region in pages)
                return Reply(
                    200,
                    f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>",
                )
            case "cloudtrail", "LookupEvents" if seen.region == "eu-west-1":
                body = json.dumps({"__type": "AccessDeniedException", "Message": "no"})
                return Reply(400, body)
            case "cloudtrail", "LookupEvents":
                number = int(seen.parameters.get("NextToken", 0))
                chosen = pages[seen.region]
                more = {"NextToken": str(number + 1)} if number + 1 < len(chosen) else {}
                return Reply(200, json.dumps({"Events": chosen[number] if chosen else [], **more}))
            case "guardduty", operation if operation.startswith("GET /detector"):
                return Reply(200, json.dumps({"detectorIds": ["d1"] if seen.region == "us-east-1" else []}))
            case "guardduty", operation if operation.endswith("/findings"):
                return Reply(200, json.dumps({"findingIds": ["f-1"]}))
            case "guardduty", operation if operation.endswith("/findings/get"):
                return Reply(200, json.dumps({"findings": [FINDING]}))
        return Reply(400, error_xml("InvalidAction"))

    return answer


EVENTS = [
    [trail_event(1, "ListBuckets"), trail_event(2, "PutObject", "203.0.113.9", "AccessDenied")],
    [trail_event(3, "GetObject", "203.0.113.9"), trail_event(12, "ListBuckets")],
]


def test_calls_are_summarised_suspicious_ones_first(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "us-west-2": []})
    found = investigate(connect(), KEY, since=NOW - timedelta(days=10))
    summary = found.summary
    assert (summary.calls, summary.denied, summary.from_new_addresses, summary.compared_with) == (3, 1, 2, 1)
    assert [(row.action, row.denied, row.new_address) for row in summary.rows] == [
        ("PutObject", True, True),
        ("GetObject", False, True),
        ("ListBuckets", False, False),
    ]
    assert [(one.address, one.new) for one in summary.addresses] == [
        ("203.0.113.9", True),
        ("198.51.100.7", False),
    ]
    assert summary.principals == (ARN,)


def test_each_region_is_asked_for_this_key_over_all_pages(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "us-west-2": []})
    investigate(connect(), KEY, since=None)
    asked = [seen for seen in scripted.seen if seen.operation == "LookupEvents"]
    assert sorted(seen.region for seen in asked) == ["us-east-1", "us-east-1", "us-west-2"]
    attribute = {"AttributeKey": "AccessKeyId", "AttributeValue": KEY}
    assert all(seen.parameters["LookupAttributes"] == [attribute] for seen in asked)


def test_guardduty_findings_on_key_and_user_are_listed_once(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "us-west-2": []})
    found = investigate(connect(), KEY, since=None)
    assert [(threat.kind, threat.severity, threat.count) for threat in found.threats] == [
        ("UnauthorizedAccess:IAMUser/MaliciousIPCaller", 8.0, 3)
    ]
    criteria = [
        s.parameters["findingCriteria"]["criterion"]
        for s in scripted.seen
        if s.operation.endswith("/findings")
    ]
    assert [list(criterion) for criterion in criteria] == [
        ["resource.accessKeyDetails.accessKeyId"],
        ["resource.accessKeyDetails.userName"],
    ]
    assert found.unwatched == ("us-west-2",)


def test_a_region_that_refuses_is_stated(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "eu-west-1": []})
    found = investigate(connect(), KEY, since=None)
    assert len(found.unread) == 1
    assert "eu-west-1: cloudtrail:LookupEvents was denied" in found.unread[0]


def test_calls_of_one_region_stay_within_two_a_second(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": [[trail_event(1, "A")] for _ in range(5)]})
    investigate(connect(), KEY, since=None)
    times = [seen.time for seen in scripted.seen if seen.operation == "LookupEvents"]
    assert len(times) == 5
    assert times[-1] - times[0] >= 1.9


def test_reading_stops_at_the_limit_and_says_so(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    scripted.answer = cloud({"us-east-1": [[trail_event(1, "A"), trail_event(1, "B"), trail_event(1, "C")]]})
    found = investigate(connect(), KEY, since=None, limit=2)
    assert found.summary.calls == 2
    assert "only the newest 2 events" in found.unread[0]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"userIdentity": 3, "eventTime": null}', ""])
def test_a_damaged_record_is_still_an_event(text: str) -> None:
    event = event_of({"EventName": "X", "EventSource": "ec2.amazonaws.com", "CloudTrailEvent": text}, "r")
    assert (event.action, event.service, event.region) == ("X", "ec2", "r")


def test_without_earlier_calls_every_address_is_new() -> None:
    event = Event("2026-01-02T00:00:00Z", "r", "s3", "Get", "198.51.100.7", "", "", "")
    summary = summarise([event], "2026-01-01T00:00:00Z")
    assert (summary.compared_with, summary.from_new_addresses) == (0, 1)


def report_file(path: Path, date: str) -> Path:
    exposure = Exposure(Moment("a" * 40, date, "x"), None, in_head=True, days=1)
    return saved_report(path, record(11, KEY, exposure=exposure))


def test_the_command_starts_at_the_commit_that_leaked_the_key(
    scripted: ScriptedServer, tmp_path: Path
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "eu-west-1": []})
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    report = report_file(tmp_path / "report.json", ago(10))
    environment = {"AWS_ACCESS_KEY_ID": key_id_of(ACCOUNT, 2), "AWS_SECRET_ACCESS_KEY": secret_of(2)}
    done = account.run("activity", KEY, "--report", str(report), "-f", "json", **environment)
    assert done.code == 3, done.err  # eu-west-1 refused
    assert done.json["activity"]["since"] == ago(10)
    assert done.json["activity"]["summary"]["calls"] == 3
    text = account.run("activity", KEY, "--report", str(report), "--regions", "us-east-1", **environment)
    assert text.code == 0
    assert "3 calls, 1 denied, 2 from new addresses" in text.out


SIGNER = {"AWS_ACCESS_KEY_ID": key_id_of(ACCOUNT, 2), "AWS_SECRET_ACCESS_KEY": secret_of(2)}


def test_where_nothing_was_read_nothing_is_said_of_the_key(scripted: ScriptedServer, tmp_path: Path) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.service == "sts":
            return Reply(200, identity_xml(ACCOUNT, ARN))
        return Reply(400, json.dumps({"__type": "AccessDeniedException", "Message": "no"}))

    scripted.answer = answer
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    done = account.run("activity", KEY, "--regions", "us-east-1,eu-west-1,eu-west-3", **SIGNER)
    assert done.code == 3, done.err
    assert "CloudTrail: read 0 of 3 regions; nothing is known" in done.out
    assert "GuardDuty: off or unread everywhere" in done.out
    assert "0 calls" not in done.out
    assert "no findings" not in done.out
    unread = [line for line in done.out.splitlines() if "not read" in line]
    assert [line.partition(": ")[2].partition(":")[0] for line in unread] == [
        "CloudTrail in us-east-1, eu-west-1, eu-west-3",
        "GuardDuty in us-east-1, eu-west-1, eu-west-3",
    ]


def test_regions_that_were_read_are_told_from_those_that_were_not(
    scripted: ScriptedServer, tmp_path: Path
) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS, "eu-west-1": []})
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    done = account.run("activity", KEY, **SIGNER)
    assert "CloudTrail: read 1 of 2 regions: us-east-1\n" in done.out
    assert "GuardDuty is off in eu-west-1\n" in done.out


def test_a_report_without_the_key_is_said_to_be_none_of_it(scripted: ScriptedServer, tmp_path: Path) -> None:
    scripted.answer = cloud({"us-east-1": EVENTS})
    account = Account(scripted.url, tmp_path, None)  # type: ignore[arg-type]
    report = saved_report(tmp_path / "report.json", record(12))
    done = account.run("activity", KEY, "--report", str(report), **SIGNER)
    assert done.code == 0, done.err
    assert (
        f"report.json does not hold {KEY}: read as far back as CloudTrail keeps events, 90 days" in done.err
    )
