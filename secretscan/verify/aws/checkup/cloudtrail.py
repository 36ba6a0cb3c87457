"""CloudTrail: on in all regions, with log file validation."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict


def _run(scope: Scope) -> Verdict:
    trails = scope.connection.call("cloudtrail:DescribeTrails", region=scope.region).get("trailList", [])
    wide = [trail for trail in trails if trail.get("IsMultiRegionTrail")]
    checked = [trail for trail in wide if trail.get("LogFileValidationEnabled")]
    for trail in checked:
        status = scope.connection.call(
            "cloudtrail:GetTrailStatus", region=str(trail["HomeRegion"]), Name=str(trail["TrailARN"])
        )
        if status.get("IsLogging"):
            return Verdict(State.PASS, f"trail {trail['Name']} logs all regions with validation")
    if checked:
        return Verdict(State.FAIL, "the trail over all regions does not log", (str(checked[0]["Name"]),))
    if wide:
        return Verdict(
            State.FAIL, "the trail over all regions has no log file validation", (str(wide[0]["Name"]),)
        )
    return Verdict(State.FAIL, "no trail covers all regions")


CHECK = Check(
    id="cloudtrail",
    title="CloudTrail logs all regions, with log file validation",
    why="Without it nobody can say what a leaked key did after 90 days, or prove that the log is whole.",
    fix="Create a trail for all regions with log file validation, into a bucket of another account.",
    severity=Severity.HIGH,
    regional=False,
    run=_run,
)
