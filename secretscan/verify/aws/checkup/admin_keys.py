"""Administrators without access keys."""

from __future__ import annotations

from typing import Final

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.checkup.users import managed_policies, users_with_keys

_ADMINISTRATOR: Final = (":aws:policy/AdministratorAccess", ":aws:policy/IAMFullAccess")
"""Ends of the ARNs of managed policies that make their owner an administrator, or able to become one."""


def _run(scope: Scope) -> Verdict:
    failing = [
        f"{user}: {arn.rpartition('/')[2]} {through}"
        for user in users_with_keys(scope.connection)
        for arn, through in managed_policies(scope.connection, user)
        if arn.endswith(_ADMINISTRATOR)
    ]
    return verdict(
        failing,
        fine="no user with an active access key is an administrator",
        one="1 administrator right belongs to a user with an active access key",
        bad="{count} administrator rights belong to users with active access keys",
    )


CHECK = Check(
    id="admin-keys",
    title="Administrators have no access keys",
    why="Whoever finds such a key owns the account.",
    fix="Give administrators roles with short sessions (IAM Identity Center) and delete their keys.",
    severity=Severity.CRITICAL,
    regional=False,
    run=_run,
)
