"""Public load balancers: a web ACL in front of each, and Shield Advanced where they exist."""

from __future__ import annotations

from collections.abc import Iterator

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict, verdict
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.partition import home_region


def _public(scope: Scope) -> Iterator[tuple[str, str, str]]:
    """Yield name, ARN and type of the load balancers that face the Internet."""
    found = scope.connection.pages(
        "elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers", region=scope.region
    )
    for one in found:
        if one.get("Scheme") == "internet-facing":
            yield str(one["LoadBalancerName"]), str(one["LoadBalancerArn"]), str(one.get("Type"))


def _web_acls(scope: Scope) -> Verdict:
    failing = []
    for name, arn, kind in _public(scope):
        if kind == "application" and not _has_web_acl(scope, arn):  # AWS WAF guards no other type
            failing.append(name)
    return verdict(
        failing,
        fine="every public application load balancer has a web ACL",
        one="1 public application load balancer has no web ACL",
        bad="{count} public application load balancers have no web ACL",
    )


def _has_web_acl(scope: Scope, arn: str) -> bool:
    try:
        answer = scope.connection.call("wafv2:GetWebACLForResource", region=scope.region, ResourceArn=arn)
    except AwsError as error:
        if error.code == "WAFNonexistentItemException" or error.kind is Kind.NOT_FOUND:
            return False
        raise
    return bool(answer.get("WebACL"))


def _shield(scope: Scope) -> Verdict:
    names = [name for name, _, _ in _public(scope)]
    if not names:
        return Verdict(State.PASS, "there is no public load balancer")
    answer = scope.connection.call(
        "shield:GetSubscriptionState", region=home_region(scope.connection.partition)
    )
    if answer.get("SubscriptionState") == "ACTIVE":
        return Verdict(State.PASS, "Shield Advanced is subscribed")
    reason = "only Shield Standard, which is always on, stands before the public load balancers"
    return Verdict(State.FAIL, reason, tuple(sorted(names)))


WEB_ACL = Check(
    id="web-acl",
    title="Public load balancers have a web ACL",
    why="Credential stuffing with leaked passwords comes through the front door.",
    fix="Associate an AWS WAF web ACL with rate limits and AWS's managed rules.",
    severity=Severity.MEDIUM,
    regional=True,
    run=_web_acls,
)
SHIELD = Check(
    id="shield",
    title="Public load balancers are under Shield Advanced",
    why="It pays back the cost of scaling under attack; Shield Standard does not.",
    fix="Weigh its fixed monthly fee against what an attack would cost; accept the risk on record otherwise.",
    severity=Severity.LOW,
    regional=True,
    run=_shield,
)
