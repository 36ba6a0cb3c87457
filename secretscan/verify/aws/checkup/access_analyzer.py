"""IAM Access Analyzer: an active analyzer."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict


def _run(scope: Scope) -> Verdict:
    analyzers = scope.connection.pages("access-analyzer:ListAnalyzers", "analyzers", region=scope.region)
    names = [str(one["name"]) for one in analyzers if one.get("status") == "ACTIVE"]
    if names:
        return Verdict(State.PASS, f"analyzer {names[0]} is active")
    return Verdict(State.FAIL, "there is no active analyzer")


CHECK = Check(
    id="access-analyzer",
    title="IAM Access Analyzer is on",
    why="An intruder's way back in (a role that trusts another account, a shared bucket) stays unseen.",
    fix="Create an analyzer for the account or the organization in each region.",
    severity=Severity.LOW,
    regional=True,
    run=_run,
)
