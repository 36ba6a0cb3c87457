"""Inspector: on."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict


def _run(scope: Scope) -> Verdict:
    answer = scope.connection.call(
        "inspector2:BatchGetAccountStatus", region=scope.region, accountIds=[scope.account]
    )
    states = [str((one.get("state") or {}).get("status", "")) for one in answer.get("accounts", ())]
    if states == ["ENABLED"]:
        return Verdict(State.PASS, "Inspector is on")
    return Verdict(State.FAIL, f"Inspector is {states[0].lower() if states and states[0] else 'off'}")


CHECK = Check(
    id="inspector",
    title="Inspector is on",
    why="Secrets leak from vulnerable functions and images as well as from commits.",
    fix="Turn Amazon Inspector on for EC2, ECR and Lambda.",
    severity=Severity.LOW,
    regional=True,
    run=_run,
)
