"""Users, their active keys and the managed policies they have, for the checks that look at them."""

from __future__ import annotations

from collections.abc import Iterator

from secretscan.verify.aws.connection import Connection


def users_with_keys(connection: Connection) -> Iterator[str]:
    """Yield the users that have an active access key."""
    for user in connection.pages("iam:ListUsers", "Users"):
        name = str(user["UserName"])
        keys = connection.pages("iam:ListAccessKeys", "AccessKeyMetadata", UserName=name)
        if any(key.get("Status") == "Active" for key in keys):
            yield name


def managed_policies(connection: Connection, user: str) -> Iterator[tuple[str, str]]:
    """Yield ARN and origin (`directly`, `through group …`) of each managed policy of a user."""
    for policy in connection.pages("iam:ListAttachedUserPolicies", "AttachedPolicies", UserName=user):
        yield str(policy["PolicyArn"]), "directly"
    for group in connection.pages("iam:ListGroupsForUser", "Groups", UserName=user):
        name = str(group["GroupName"])
        for policy in connection.pages("iam:ListAttachedGroupPolicies", "AttachedPolicies", GroupName=name):
            yield str(policy["PolicyArn"]), f"through group {name}"
