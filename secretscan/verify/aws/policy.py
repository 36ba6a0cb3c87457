"""The least-privilege IAM policy of each command, as data. A test runs each command under just its policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from secretscan.errors import UsageError
from secretscan.verify.aws.identify import QUARANTINE_PREFIX


@dataclass(frozen=True, slots=True)
class Grant:
    """Some actions on some resources."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    """With `{partition}` and `{account}` to be filled in."""
    condition: Mapping[str, Mapping[str, object]] | None = None


_USERS: Final = ("arn:{partition}:iam::{account}:user/*",)
_READ_KEYS: Final = Grant(
    "ReadKeysAndTheirOwners",
    (
        "iam:GetAccessKeyLastUsed",
        "iam:GetUser",
        "iam:ListAccessKeys",
        "iam:ListAttachedUserPolicies",
        "iam:ListGroupsForUser",
        "iam:ListUserPolicies",
    ),
)
_READ_GROUPS: Final = Grant("ReadGroupPolicies", ("iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"))
_OLD_IDS: Final = Grant("AccountOfOldKeyIds", ("sts:GetAccessKeyInfo",))
_IDENTIFY: Final = (_READ_KEYS, _READ_GROUPS, _OLD_IDS)
_SWITCH: Final = Grant("SwitchKeys", ("iam:UpdateAccessKey",), _USERS)
_BLOCK: Final = Grant(
    "BlockSessions",
    ("iam:DeleteUserPolicy", "iam:GetUserPolicy", "iam:PutUserPolicy"),
    _USERS,
)
_BLOCK_ROLES: Final = Grant(
    "BlockRoleSessions",
    ("iam:DeleteRolePolicy", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:PutRolePolicy"),
    ("arn:{partition}:iam::{account}:role/*",),
)
_QUARANTINE: Final = Grant(
    "Quarantine",
    ("iam:AttachUserPolicy", "iam:DetachUserPolicy"),
    _USERS,
    {"ArnLike": {"iam:PolicyARN": f"arn:*:iam::aws:policy/{QUARANTINE_PREFIX}*"}},
)
_ROTATE: Final = (
    Grant("RotateKeys", ("iam:CreateAccessKey", "iam:DeleteAccessKey"), _USERS),
    Grant(
        "StoreRotatedKeys",
        (
            "secretsmanager:CreateSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:PutSecretValue",
            "secretsmanager:TagResource",
        ),
        ("arn:{partition}:secretsmanager:*:{account}:secret:*",),
    ),
)
_CONTAIN: Final = (_SWITCH, _BLOCK, _BLOCK_ROLES, _QUARANTINE)
_REGIONS: Final = Grant("ListRegions", ("ec2:DescribeRegions",))
_ACTIVITY: Final = (
    _REGIONS,
    Grant(
        "ReadActivity",
        (
            "cloudtrail:LookupEvents",
            "guardduty:GetFindings",
            "guardduty:ListDetectors",
            "guardduty:ListFindings",
        ),
    ),
)
_KEYS: Final = (
    Grant(
        "AuditKeys",
        ("iam:GetAccessKeyLastUsed", "iam:GetAccountSummary", "iam:ListAccessKeys", "iam:ListUsers"),
    ),
)
_ORGANIZATION: Final = (
    Grant("ListAccounts", ("organizations:ListAccounts",)),
    Grant("EnterMemberAccounts", ("sts:AssumeRole",), ("arn:{partition}:iam::*:role/*",)),
)
_PUBLISH: Final = (
    Grant("PublishFindings", ("securityhub:BatchImportFindings", "securityhub:GetFindings")),
    Grant("PublishSummary", ("sns:Publish",), ("arn:{partition}:sns:*:{account}:*",)),
)
_CHECKUP: Final = (
    _REGIONS,
    Grant(
        "ReadIam",
        (
            "iam:GetAccessKeyLastUsed",
            "iam:GetAccountSummary",
            "iam:GetGroupPolicy",
            "iam:GetRolePolicy",
            "iam:GetUserPolicy",
            "iam:ListAccessKeys",
            "iam:ListAttachedGroupPolicies",
            "iam:ListAttachedUserPolicies",
            "iam:ListGroupPolicies",
            "iam:ListGroups",
            "iam:ListGroupsForUser",
            "iam:ListRolePolicies",
            "iam:ListRoles",
            "iam:ListUserPolicies",
            "iam:ListUsers",
        ),
    ),
    Grant(
        "ReadSafetyNets",
        (
            "access-analyzer:ListAnalyzers",
            "acm:ListCertificates",
            "budgets:ViewBudget",
            "cloudtrail:DescribeTrails",
            "cloudtrail:GetTrailStatus",
            "cloudwatch:DescribeAlarms",
            "ec2:DescribeSecurityGroups",
            "elasticloadbalancing:DescribeLoadBalancers",
            "guardduty:GetDetector",
            "guardduty:ListDetectors",
            "inspector2:BatchGetAccountStatus",
            "kms:DescribeKey",
            "kms:GetKeyRotationStatus",
            "kms:ListKeys",
            "rds:DescribeDBInstances",
            "s3:GetBucketAcl",
            "s3:GetBucketPolicyStatus",
            "s3:GetBucketPublicAccessBlock",
            "s3:ListAllMyBuckets",
            "securityhub:DescribeHub",
            "shield:GetSubscriptionState",
            "wafv2:GetWebACLForResource",
        ),
    ),
)

GRANTS: Final[Mapping[str, tuple[Grant, ...]]] = {
    "identify": _IDENTIFY,
    "deactivate": (*_IDENTIFY, *_CONTAIN, *_ROTATE),
    "reactivate": (*_IDENTIFY, *_CONTAIN),
    "activity": _ACTIVITY,
    "keys": _KEYS,
    "keys-organization": (*_KEYS, *_ORGANIZATION),
    "publish": _PUBLISH,
    "respond": (*_IDENTIFY, *_CONTAIN, *_PUBLISH),
    "checkup": _CHECKUP,
}
"""What each command needs. `verify` and every first sts:GetCallerIdentity need nothing at all."""


def policy_document(command: str = "", *, partition: str = "aws", account: str = "*") -> dict[str, object]:
    """Return the policy for `command`, or for all of them together; raises `UsageError` for an unknown one."""
    if command and command not in GRANTS:
        raise UsageError(f'no command "{command}" needs a policy', help=f"use one of {', '.join(GRANTS)}")
    chosen = GRANTS[command] if command else [grant for grants in GRANTS.values() for grant in grants]
    distinct = {grant.sid: grant for grant in chosen}
    statements = [_statement(grant, partition, account) for grant in distinct.values()]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(grant: Grant, partition: str, account: str) -> dict[str, object]:
    resources = [resource.format(partition=partition, account=account) for resource in grant.resources]
    statement: dict[str, object] = {
        "Sid": grant.sid,
        "Effect": "Allow",
        "Action": list(grant.actions),
        "Resource": resources if resources != ["*"] else "*",
    }
    return statement | ({"Condition": dict(grant.condition)} if grant.condition else {})
