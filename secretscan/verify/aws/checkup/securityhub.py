"""Security Hub: on."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict
from secretscan.verify.aws.errors import AwsError, Kind


def _run(scope: Scope) -> Verdict:
    try:
        scope.connection.call("securityhub:DescribeHub", region=scope.region)
    except AwsError as error:
        if error.code == "InvalidAccessException" or error.kind is Kind.NOT_FOUND:
            return Verdict(State.FAIL, "Security Hub is off")
        raise
    return Verdict(State.PASS, "Security Hub is on")


CHECK = Check(
    id="securityhub",
    title="Security Hub is on",
    why="Findings about a leak have nowhere to arrive together.",
    fix="Turn Security Hub on; then `secretscan aws publish` can send to it.",
    severity=Severity.MEDIUM,
    regional=True,
    run=_run,
)
