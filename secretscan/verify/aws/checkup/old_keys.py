"""Access keys: rotated in time and in use."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.keys import ROOT, audit_account


def _run(scope: Scope) -> Verdict:
    audit = audit_account(scope.connection, max_age_days=scope.max_age_days)
    failing = [
        f"{key.user} {key.key_id}: {', '.join(key.problems)}"
        for key in audit.keys
        if key.problems and key.user != ROOT
    ]
    return verdict(
        failing,
        fine=f"no active key is unused or older than {scope.max_age_days} days",
        one=f"1 active key is unused or older than {scope.max_age_days} days",
        bad=f"{{count}} active keys are unused or older than {scope.max_age_days} days",
    )


CHECK = Check(
    id="old-keys",
    title="Access keys are rotated and used",
    why="The older a key, the more places it has leaked to, and the less anyone knows what needs it.",
    fix="Replace the keys by roles; rotate the rest (`secretscan aws deactivate KEY_ID --rotate SECRET`).",
    severity=Severity.MEDIUM,
    regional=False,
    run=_run,
)
