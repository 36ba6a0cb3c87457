"""`secretscan aws checkup`: each check passes and fails on a moto account made so, or at the wire."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_servers import ACCOUNT, Account, Reply, ScriptedServer, Seen, identity_xml

from secretscan.cli.aws.checkup import _text
from secretscan.verify.aws.checkup import CHECKS
from secretscan.verify.aws.checkup.inline_star import allows_everything
from secretscan.verify.aws.checkup.model import Scope, State, Verdict
from secretscan.verify.aws.checkup.open_groups import world_ranges
from secretscan.verify.aws.checkup.runner import Result, run_checks
from secretscan.verify.aws.connection import Connection

BY_ID = {check.id: check for check in CHECKS}
EMPTY, USED = "eu-north-1", "eu-west-3"
"""Regions of the moto account: one that stays empty, one that tests fill."""


@pytest.fixture
def look(
    account: Account, connect: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Verdict]]:
    """Runs one check on the moto account."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    account.clean()
    connection = connect(timeout_s=20.0)

    def run(check: str, region: str = "us-east-1", **limits: int) -> Verdict:
        return BY_ID[check].run(Scope(connection, ACCOUNT, region, **limits))

    yield run


def test_root_without_mfa_fails(look: Callable[..., Verdict]) -> None:
    outcome = look("root-user")
    assert outcome == Verdict(State.FAIL, "root has no MFA")


def test_an_administrator_with_a_key_fails_directly_and_through_a_group(
    account: Account, look: Callable[..., Verdict]
) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam = account.client("iam")
    account.user("harmless")
    assert look("admin-keys").state is State.PASS
    account.user("direct")
    iam.attach_user_policy(UserName="direct", PolicyArn=arn)
    iam.create_group(GroupName="admins")
    iam.attach_group_policy(GroupName="admins", PolicyArn=arn)
    account.user("member")
    iam.add_user_to_group(GroupName="admins", UserName="member")
    iam.create_user(UserName="keyless")
    iam.attach_user_policy(UserName="keyless", PolicyArn=arn)
    outcome = look("admin-keys")
    assert outcome.resources == (
        "direct: AdministratorAccess directly",
        "member: AdministratorAccess through group admins",
    )
    iam.detach_user_policy(UserName="keyless", PolicyArn=arn)


def test_an_inline_policy_that_allows_everything_fails(
    account: Account, look: Callable[..., Verdict]
) -> None:
    account.user("narrow", "s3:GetObject")
    assert look("inline-star").state is State.PASS
    account.user("wide", "*")
    assert look("inline-star").resources == ("user wide: test",)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Effect": "Allow", "Action": "*", "Resource": "*"}, True),
        ({"Effect": "Allow", "Action": ["s3:*", "*:*"], "Resource": ["*"]}, True),
        ([{"Effect": "Allow", "Action": "*", "Resource": "*"}], True),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "Resource": "arn:x"}, False),
        ({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}, False),
        ("nonsense", False),
    ],
)
def test_only_an_unconditional_allow_of_all_counts(statement: object, expected: bool) -> None:
    document = {"Version": "2012-10-17", "Statement": statement}
    assert allows_everything(document) is expected
    assert allows_everything(json.dumps(document)) is expected


def test_cloudtrail_must_log_all_regions_with_validation(
    account: Account, look: Callable[..., Verdict]
) -> None:
    trail, s3 = account.client("cloudtrail"), account.client("s3")
    assert look("cloudtrail").reason == "no trail covers all regions"
    s3.create_bucket(Bucket="trail-logs")
    trail.create_trail(Name="trail", S3BucketName="trail-logs", IsMultiRegionTrail=True)
    assert "no log file validation" in look("cloudtrail").reason
    trail.update_trail(Name="trail", EnableLogFileValidation=True)
    assert "does not log" in look("cloudtrail").reason
    trail.start_logging(Name="trail")
    assert look("cloudtrail").state is State.PASS
    trail.delete_trail(Name="trail")


def test_guardduty_off_fails_and_on_passes(account: Account, look: Callable[..., Verdict]) -> None:
    assert look("guardduty", EMPTY).state is State.FAIL
    account.client("guardduty", USED).create_detector(Enable=True)
    assert look("guardduty", USED).state is State.PASS


def test_a_billing_alarm_must_have_an_action(account: Account, look: Callable[..., Verdict]) -> None:
    watch = account.client("cloudwatch")
    alarm: dict[str, Any] = {
        "AlarmName": "bill",
        "Namespace": "AWS/Billing",
        "MetricName": "EstimatedCharges",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 10.0,
        "Period": 21600,
        "Statistic": "Maximum",
    }
    watch.put_metric_alarm(**alarm)
    assert look("spending").state is State.FAIL
    watch.put_metric_alarm(**alarm, AlarmActions=["arn:aws:sns:us-east-1:123456789012:bill"])
    assert look("spending") == Verdict(State.PASS, "billing alarm bill notifies")
    watch.delete_alarms(AlarmNames=["bill"])


@pytest.mark.parametrize(
    ("subscribers", "state"),
    [([], State.FAIL), ([{"SubscriptionType": "SNS", "Address": "ops"}], State.PASS)],
)
def test_a_budget_must_have_a_subscriber(
    look: Callable[..., Verdict], monkeypatch: pytest.MonkeyPatch, subscribers: list[object], state: State
) -> None:
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
    answers = {
        "DescribeBudgets": {"Budgets": [{"BudgetName": "all"}]},
        "DescribeNotificationsForBudget": {"Notifications": [notification]},
        "DescribeSubscribersForNotification": {"Subscribers": subscribers},
    }
    server = ScriptedServer()
    server.answer = lambda seen: Reply(200, json.dumps(answers[seen.operation]))
    monkeypatch.setenv("AWS_ENDPOINT_URL_BUDGETS", server.url)
    outcome = look("spending")
    server.close()
    assert outcome.state is state


@pytest.mark.parametrize(("limit", "state"), [(90, State.PASS), (-1, State.FAIL)])
def test_keys_over_the_limit_fail(
    account: Account, look: Callable[..., Verdict], limit: int, state: State
) -> None:
    account.user("somebody")
    assert look("old-keys", max_age_days=limit).state is state


def test_a_security_group_open_beyond_web_ports_fails(account: Account, look: Callable[..., Verdict]) -> None:
    assert look("security-groups", EMPTY).state is State.PASS
    ec2 = account.client("ec2", USED)
    group = ec2.create_security_group(GroupName="web", Description="d")["GroupId"]

    def opened(first: int, last: int, cidr: str = "0.0.0.0/0") -> None:
        rule = {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": cidr}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    opened(443, 443)
    opened(22, 22, "198.51.100.0/24")
    assert look("security-groups", USED).state is State.PASS
    opened(22, 22)
    assert look("security-groups", USED).resources == (f"{group} (web): port 22",)


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        ({"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, [(0, 65535)]),
        (
            {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 10, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            [(0, 10)],
        ),
        ({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, []),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, []),
    ],
)
def test_world_ranges_are_those_of_every_address(permission: object, expected: object) -> None:
    assert list(world_ranges({"IpPermissions": [permission]})) == expected


def test_a_public_database_fails(account: Account, look: Callable[..., Verdict]) -> None:
    assert look("rds-exposure", EMPTY).reason == "there is no RDS instance"
    rds = account.client("rds", USED)
    made = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t3.micro",
        "MasterUsername": "u",
        "AllocatedStorage": 20,
    }
    rds.create_db_instance(
        DBInstanceIdentifier="open", PubliclyAccessible=True, MasterUserPassword="x" * 12, **made
    )
    rds.create_db_instance(
        DBInstanceIdentifier="shut", PubliclyAccessible=False, MasterUserPassword="x" * 12, **made
    )
    assert look("rds-exposure", USED).resources == ("open: is public",)


def test_a_customer_key_without_rotation_fails(account: Account, look: Callable[..., Verdict]) -> None:
    kms = account.client("kms", USED)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert look("kms-rotation", USED).resources == (key,)
    kms.enable_key_rotation(KeyId=key)
    assert look("kms-rotation", USED).state is State.PASS


def test_a_certificate_about_to_expire_fails(account: Account, look: Callable[..., Verdict]) -> None:
    account.client("acm", USED).request_certificate(DomainName="example.com", ValidationMethod="DNS")
    outcome = look("acm-expiry", USED, expiry_days=1)
    assert outcome.state is State.PASS
    assert look("acm-expiry", USED, expiry_days=10000).state is State.FAIL


def test_a_public_load_balancer_needs_a_web_acl(account: Account, look: Callable[..., Verdict]) -> None:
    assert look("web-acl", EMPTY).state is State.PASS
    assert look("shield", EMPTY).reason == "there is no public load balancer"
    ec2, elb, waf = (account.client(name, USED) for name in ("ec2", "elbv2", "wafv2"))
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    made = elb.create_load_balancer(Name="front", Subnets=subnets, Scheme="internet-facing")
    elb.create_load_balancer(Name="inside", Subnets=subnets, Scheme="internal")
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    assert look("web-acl", USED).resources == ("front",)
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    acl = waf.create_web_acl(
        Name="a", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible
    )
    waf.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=arn)
    assert look("web-acl", USED).state is State.PASS


def test_a_bucket_open_to_everybody_fails_unless_it_ignores_that(
    account: Account, look: Callable[..., Verdict]
) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="closed-bucket")
    assert look("public-s3").state is State.PASS
    s3.create_bucket(Bucket="open-bucket", ACL="public-read")
    assert look("public-s3").resources == ("open-bucket: its ACL lets everybody in",)
    block = {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket="open-bucket", PublicAccessBlockConfiguration=block)
    assert look("public-s3").state is State.PASS


def test_inspector_and_security_hub_tell_on_from_off(account: Account, look: Callable[..., Verdict]) -> None:
    assert look("inspector", EMPTY).state is State.FAIL
    account.client("inspector2", USED).enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
    assert look("inspector", USED).state is State.PASS
    assert look("securityhub", EMPTY).state is State.FAIL
    account.client("securityhub", USED).enable_security_hub()
    assert look("securityhub", USED).state is State.PASS


@pytest.mark.parametrize(("subscribed", "state"), [("ACTIVE", State.PASS), ("INACTIVE", State.FAIL)])
def test_public_load_balancers_want_shield_advanced(
    scripted: ScriptedServer, connect: Callable[..., Connection], subscribed: str, state: State
) -> None:
    member = (
        "<member><LoadBalancerName>front</LoadBalancerName><LoadBalancerArn>arn:x</LoadBalancerArn>"
        "<Scheme>internet-facing</Scheme><Type>network</Type></member>"
    )
    result = (
        f"<DescribeLoadBalancersResult><LoadBalancers>{member}</LoadBalancers></DescribeLoadBalancersResult>"
    )
    balancers = f"<DescribeLoadBalancersResponse>{result}</DescribeLoadBalancersResponse>"

    def answer(seen: Seen) -> Reply:
        if seen.service == "shield":
            return Reply(200, json.dumps({"SubscriptionState": subscribed}))
        return Reply(200, balancers)

    scripted.answer = answer
    outcome = BY_ID["shield"].run(Scope(connect(), ACCOUNT, "eu-west-1"))
    assert outcome.state is state
    assert outcome.resources == (("front",) if state is State.FAIL else ())


@pytest.mark.parametrize(
    ("analyzers", "state"), [([{"name": "a", "status": "ACTIVE"}], State.PASS), ([], State.FAIL)]
)
def test_access_analyzer_needs_an_active_analyzer(
    scripted: ScriptedServer, connect: Callable[..., Connection], analyzers: list[object], state: State
) -> None:
    scripted.answer = lambda seen: Reply(200, json.dumps({"analyzers": analyzers}))
    outcome = BY_ID["access-analyzer"].run(Scope(connect(), ACCOUNT, "us-east-1"))
    assert outcome.state is state


def test_what_may_not_be_seen_is_unknown_and_never_a_pass(
    scripted: ScriptedServer, connect: Callable[..., Connection]
) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.operation == "GetCallerIdentity":
            return Reply(200, identity_xml(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/x"))
        denied = {"__type": "AccessDeniedException", "message": "no"}
        xml = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
        return Reply(403, json.dumps(denied) if "X-Amz-Target" in seen.headers else xml)

    scripted.answer = answer
    results = run_checks(connect(attempts=1), CHECKS, ["us-east-1"])
    assert [result.check for result in results] == [check.id for check in CHECKS]
    assert {result.state for result in results} == {State.UNKNOWN}


def test_the_command_answers_as_text_json_and_asff(account: Account, tmp_path: Path) -> None:
    account.clean()
    auditor = account.user("auditor", "iam:*")
    account.lock()
    only = ("--only", "root-user,inline-star,kms-rotation", "--regions", EMPTY)
    text = account.run("checkup", *only, signer=auditor)
    assert text.code == 1, text.err
    assert "FAIL  root-user  root has no MFA  (critical)" in text.out
    assert f"?     kms-rotation  cannot tell in {EMPTY}: kms:ListKeys" in text.out
    assert text.out.endswith("3 checks: 1 fail, 1 cannot tell, 1 pass\n")
    states = {
        one["check"]: one["state"]
        for one in account.run("checkup", *only, "-f", "json", signer=auditor).json["results"]
    }
    assert states == {"root-user": "fail", "inline-star": "pass", "kms-rotation": "unknown"}
    findings = account.run("checkup", *only, "--asff", signer=auditor).json
    assert [finding["Compliance"]["Status"] for finding in findings] == ["FAILED", "PASSED", "NOT_AVAILABLE"]
    assert not any(json.loads(line).get("changes") for line in account.log.read_text().splitlines())


def test_a_check_that_fails_in_many_regions_is_one_block(account: Account) -> None:
    account.clean()
    auditor = account.user("auditor")
    regions = ["ap-south-1", "ca-central-1", "sa-east-1"]
    only = ("--only", "inline-star,guardduty", "--regions", ",".join(regions))
    done = account.run("checkup", *only, signer=auditor)
    assert done.code == 1, done.err
    _, failed, why, fix, totals = done.out.splitlines()
    assert failed == (
        "  FAIL  guardduty  GuardDuty is off in 3 regions (ap-south-1, ca-central-1, sa-east-1)  (high)"
    )
    assert (why.split()[0], fix.split()[0]) == ("why", "fix")
    assert totals == "2 checks: 1 fail, 0 cannot tell, 1 pass"
    shown = account.run("checkup", *only, "-f", "json", signer=auditor)
    assert len(shown.json["results"]) == 4


def test_what_fails_is_listed_with_its_region() -> None:
    def result(check: str, region: str, state: State, reason: str, *names: str) -> Result:
        return Result(check, "t", "high", region, state, reason, names, "w", "f")

    results = (
        result("kms", "r1", State.PASS, "fine"),
        result("kms", "r2", State.FAIL, "1 key", "k1"),
        result("kms", "r3", State.FAIL, "2 keys", "k2", "k3"),
    )
    assert _text(results, ACCOUNT)[1:] == [
        "  FAIL  kms  1 key in r2  (high)",
        "        also 2 keys in r3",
        "          r2: k1",
        "          r3: k2",
        "          r3: k3",
        "        why  w",
        "        fix  f",
        "1 check: 1 fail, 0 cannot tell, 0 pass",
    ]


def test_an_unknown_check_is_refused(account: Account) -> None:
    done = account.run("checkup", "--only", "nonsense")
    assert done.code == 2
    assert "root-user" in done.err
