"""GuardDuty: on."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict


def _run(scope: Scope) -> Verdict:
    for detector in scope.connection.pages("guardduty:ListDetectors", "DetectorIds", region=scope.region):
        answer = scope.connection.call("guardduty:GetDetector", region=scope.region, DetectorId=str(detector))
        if str(answer.get("Status", "")).upper() == "ENABLED":
            return Verdict(State.PASS, "GuardDuty is on")
    return Verdict(State.FAIL, "GuardDuty is off")


CHECK = Check(
    id="guardduty",
    title="GuardDuty is on",
    why="It is what notices a stolen key at work: strange addresses, mining, data leaving.",
    fix="Turn GuardDuty on for the organization, in every region.",
    severity=Severity.HIGH,
    regional=True,
    run=_run,
)
