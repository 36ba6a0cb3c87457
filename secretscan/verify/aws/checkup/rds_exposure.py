"""RDS: no instance reachable from the whole world."""

from __future__ import annotations

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict, verdict
from secretscan.verify.aws.checkup.open_groups import security_groups, world_ranges
from secretscan.verify.aws.connection import Json


def _run(scope: Scope) -> Verdict:
    instances = list(scope.connection.pages("rds:DescribeDBInstances", "DBInstances", region=scope.region))
    if not instances:
        return Verdict(State.PASS, "there is no RDS instance")
    groups = security_groups(scope.connection, scope.region)
    failing = []
    for instance in instances:
        problems = ["is public"] if instance.get("PubliclyAccessible") else []
        problems += ["its security group is open to the world"] if _open(instance, groups) else []
        if problems:
            failing.append(f"{instance['DBInstanceIdentifier']}: {' and '.join(problems)}")
    return verdict(
        failing,
        fine="no RDS instance is public or open",
        one="1 RDS instance is public or open",
        bad="{count} RDS instances are public or open",
    )


def _open(instance: Json, groups: dict[str, Json]) -> bool:
    port = int((instance.get("Endpoint") or {}).get("Port") or 0)
    ids = [str(one.get("VpcSecurityGroupId")) for one in instance.get("VpcSecurityGroups", ())]
    return any(first <= port <= last for one in ids for first, last in world_ranges(groups.get(one, {})))


CHECK = Check(
    id="rds-exposure",
    title="RDS instances are closed to the world",
    why="A leaked database password is enough when the database answers everyone.",
    fix="Set PubliclyAccessible to false and limit the security group to the application.",
    severity=Severity.HIGH,
    regional=True,
    run=_run,
)
