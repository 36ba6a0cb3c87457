"""`secretscan aws publish`: Security Hub and SNS on moto, limits and refusals at the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_servers import (
    ACCOUNT,
    Account,
    Pair,
    Reply,
    ScriptedServer,
    Seen,
    identity_xml,
    record,
    saved_report,
    secret_of,
)

from secretscan.errors import VerificationError
from secretscan.model.finding import Status, Verification
from secretscan.model.report import Report, ScanStats
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.publish.asff import Sender, asff
from secretscan.verify.aws.publish.securityhub import batches, publish
from secretscan.verify.aws.publish.sns import summary_text

SENDER = Sender(ACCOUNT, "us-east-1", "aws", "github.com/acme/shop")
NOW = "2026-06-01T00:00:00.000Z"
PUBLISHER = ("securityhub:BatchImportFindings", "securityhub:GetFindings", "sns:Publish")


@pytest.fixture
def publisher(account: Account) -> Pair:
    hub = account.client("securityhub")
    for finding in hub.get_findings()["Findings"]:
        finding["RecordState"] = "ARCHIVED"
        hub.batch_import_findings(Findings=[finding])
    made = account.user("publisher", *PUBLISHER)
    account.lock()
    return made


def in_hub(account: Account, source: str) -> dict[str, str]:
    account.unlock()
    findings = account.client("securityhub").get_findings()["Findings"]
    account.lock()
    ours = [finding for finding in findings if finding["ProductFields"]["secretscan/source"] == source]
    return {finding["Id"].rpartition("/")[2][-1]: finding["RecordState"] for finding in ours}


def test_findings_are_imported_once_and_archived_when_gone(
    account: Account, publisher: Pair, tmp_path: Path
) -> None:
    source = f"github.com/acme/{tmp_path.name}"
    first = saved_report(tmp_path / "1.json", record(1), record(2), target=source)
    for _ in range(2):
        done = account.run("publish", str(first), signer=publisher)
        assert done.code == 0, done.err
    assert in_hub(account, source) == {"1": "ACTIVE", "2": "ACTIVE"}
    second = saved_report(tmp_path / "2.json", record(2), record(3), target=source)
    done = account.run("publish", str(second), "-f", "json", signer=publisher)
    assert done.json["security_hub"] == {"imported": 2, "archived": 1, "failed": [], "not_archived": ""}
    assert in_hub(account, source) == {"1": "ARCHIVED", "2": "ACTIVE", "3": "ACTIVE"}


@pytest.mark.parametrize("scan", [{"complete": False}, {"kind": "range"}, {"kind": "staged"}])
def test_a_report_that_did_not_see_everything_archives_nothing(
    account: Account, publisher: Pair, tmp_path: Path, scan: dict[str, Any]
) -> None:
    source = f"github.com/acme/{tmp_path.name}"
    whole = saved_report(tmp_path / "1.json", record(1), target=source)
    partial = saved_report(tmp_path / "2.json", record(2), target=source, **scan)
    account.run("publish", str(whole), signer=publisher)
    done = account.run("publish", str(partial), signer=publisher)
    assert "nothing archived" in done.out
    assert in_hub(account, source) == {"1": "ACTIVE", "2": "ACTIVE"}


def test_a_report_of_a_mere_folder_needs_a_name(account: Account, publisher: Pair, tmp_path: Path) -> None:
    report = saved_report(tmp_path / "1.json", record(1), target=".")
    done = account.run("publish", str(report), signer=publisher)
    assert (done.code, "--source" in done.err, "nothing was sent" in done.err) == (2, True, True)


def test_a_dry_run_sends_nothing(account: Account, publisher: Pair, tmp_path: Path) -> None:
    source = f"github.com/acme/{tmp_path.name}"
    report = saved_report(tmp_path / "1.json", record(1), target=source)
    done = account.run("publish", str(report), "--dry-run", signer=publisher)
    assert "Nothing was sent" in done.out
    assert in_hub(account, source) == {}


def test_a_summary_goes_to_the_topic_and_not_into_the_log(
    account: Account, publisher: Pair, tmp_path: Path
) -> None:
    account.unlock()
    topic = account.client("sns").create_topic(Name="leaks")["TopicArn"]
    account.lock()
    report = saved_report(tmp_path / "1.json", record(1), target="github.com/acme/shop")
    done = account.run("publish", str(report), "--topic", topic, signer=publisher)
    assert "summary sent as" in done.out
    entries = [json.loads(line) for line in account.log.read_text().splitlines()]
    sent = next(entry for entry in entries if entry.get("action") == "sns:Publish")
    assert sent["parameters"]["Message"] == "(not recorded)"


def test_a_summary_that_fails_is_told_with_what_was_sent_before(
    account: Account, publisher: Pair, tmp_path: Path
) -> None:
    source = f"github.com/acme/{tmp_path.name}"
    report = saved_report(tmp_path / "1.json", record(1), record(2), target=source)
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:gone"
    done = account.run("publish", str(report), "--topic", topic, signer=publisher)
    assert done.code == 2
    assert f"done: {source}: 2 sent to Security Hub, 0 archived there" in done.err
    assert f"NOT done: the summary to {topic}" in done.err
    assert in_hub(account, source) == {"1": "ACTIVE", "2": "ACTIVE"}


@pytest.mark.parametrize("topic", ["leaks", "arn:aws:sqs:us-east-1:123456789012:leaks"])
def test_a_topic_that_is_no_arn_is_refused_before_anything_is_sent(
    account: Account, publisher: Pair, tmp_path: Path, topic: str
) -> None:
    report = saved_report(tmp_path / "1.json", record(1), target="github.com/acme/shop")
    for command in (["publish"], ["respond", "--apply", "--yes", "--reason", "x"]):
        done = account.run(command[0], str(report), *command[1:], "--topic", topic, signer=publisher)
        assert (done.code, "is not the ARN of an SNS topic; nothing was sent" in done.err) == (2, True)
    assert not account.log.exists()


def test_a_batch_that_fails_is_told_with_those_before(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    def answer(seen: Seen) -> Reply:
        if "import" in seen.operation and len(seen.parameters["Findings"]) == 100:
            return Reply(200, json.dumps({"FailedCount": 0, "SuccessCount": 100, "FailedFindings": []}))
        return Reply(403, json.dumps({"__type": "AccessDeniedException", "Message": "no"}))

    scripted.answer = answer
    many = tuple(record(number) for number in range(1, 121))
    report = Report("1", "d", ScanStats("range", "x"), many)
    with pytest.raises(VerificationError) as caught:
        publish(connect(), report, SENDER, NOW)
    assert "done: 100 sent to Security Hub; NOT done: 20 more" in caught.value.problem


def test_no_secret_or_snippet_is_sent_even_from_a_report_with_secrets() -> None:
    shown = record(1, secret=secret_of(1))
    text = json.dumps(asff(shown, SENDER, NOW)) + summary_text_of(shown)
    assert secret_of(1) not in text
    assert "SNIPPET" not in text


def summary_text_of(finding: Any) -> str:
    from secretscan.model.report import Report, ScanStats

    return summary_text(Report("1", "d", ScanStats("history", "x"), (finding,)), "x")


def test_an_aws_key_is_its_own_resource_and_an_active_one_critical() -> None:
    active = record(1, verification=Verification(Status.ACTIVE, "works"))
    sent: Any = asff(active, SENDER, NOW)
    key_id = active.attributes["key_id"]
    assert sent["Resources"][0]["Type"] == "AwsIamAccessKey"
    assert sent["Resources"][0]["Details"] == {
        "AwsIamAccessKey": {"AccessKeyId": key_id, "AccountId": ACCOUNT}
    }
    assert sent["FindingProviderFields"]["Severity"] == {"Label": "CRITICAL"}
    assert sent["CreatedAt"] == "2026-01-02T03:04:05Z"


def test_texts_keep_to_the_limits_of_the_format() -> None:
    long = record(1, title="t" * 999, description="d" * 9999, remedy="r" * 9999, provider="x", attributes={})
    sent: Any = asff(long, SENDER, NOW)
    assert (len(sent["Title"]), len(sent["Description"])) == (256, 1024)
    assert len(sent["Remediation"]["Recommendation"]["Text"]) == 512


def test_batches_hold_a_hundred_findings_and_six_megabytes() -> None:
    small = [{"Id": str(number)} for number in range(250)]
    assert [len(batch) for batch in batches(small)] == [100, 100, 50]
    large = [{"Id": "x" * 2_500_000} for _ in range(5)]
    assert [len(batch) for batch in batches(large)] == [2, 2, 1]


def test_refused_findings_are_named(scripted: ScriptedServer, connect: Callable[..., Connection]) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.service == "sts":
            return Reply(200, identity_xml(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/x"))
        if "import" in seen.operation:
            ids = [finding["Id"] for finding in seen.parameters["Findings"]]
            failed = [{"Id": ids[0], "ErrorCode": "InvalidInput", "ErrorMessage": "bad"}]
            body = {"FailedCount": 1, "SuccessCount": len(ids) - 1, "FailedFindings": failed}
            return Reply(200, json.dumps(body))
        return Reply(200, json.dumps({"Findings": []}))

    scripted.answer = answer
    from secretscan.model.report import Report, ScanStats

    report = Report("1", "d", ScanStats("history", "x"), (record(1), record(2)))
    done = publish(connect(), report, SENDER, NOW)
    assert (done.imported, len(done.failed)) == (1, 1)
    assert "InvalidInput" in done.failed[0]
