"""Root: no access keys, and MFA."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict


def _run(scope: Scope) -> Verdict:
    summary = scope.connection.call("iam:GetAccountSummary").get("SummaryMap") or {}
    failing = []
    if summary.get("AccountAccessKeysPresent", 0):
        failing.append("root has access keys")
    if not summary.get("AccountMFAEnabled", 0):
        failing.append("root has no MFA")
    if failing:
        return Verdict(State.FAIL, " and ".join(failing))
    return Verdict(State.PASS, "root has MFA and no access keys")


CHECK = Check(
    id="root-user",
    title="The root user has MFA and no access keys",
    why="A leaked root key cannot be limited by any policy.",
    fix="Sign in as root, delete its access keys and register an MFA device.",
    severity=Severity.CRITICAL,
    regional=False,
    run=_run,
)
