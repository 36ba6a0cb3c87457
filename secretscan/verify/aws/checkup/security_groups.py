"""EC2: no security group open to the world, web ports aside."""

from __future__ import annotations

from typing import Final

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.checkup.open_groups import range_text, security_groups, world_ranges

_WEB: Final = frozenset({(80, 80), (443, 443)})
"""Ranges that are open to the world on purpose."""


def _run(scope: Scope) -> Verdict:
    failing = [
        f"{group_id} ({group.get('GroupName')}): {range_text(ports)}"
        for group_id, group in security_groups(scope.connection, scope.region).items()
        for ports in world_ranges(group)
        if ports not in _WEB
    ]
    return verdict(
        failing,
        fine="no security group opens more than web ports to the world",
        one="1 rule opens ports other than 80 and 443 to the world",
        bad="{count} rules open ports other than 80 and 443 to the world",
    )


CHECK = Check(
    id="security-groups",
    title="Security groups are closed to the world, web ports aside",
    why="SSH, RDP and databases on the open Internet are where leaked passwords get used.",
    fix="Limit the rules to known addresses, or use Session Manager instead of SSH.",
    severity=Severity.HIGH,
    regional=True,
    run=_run,
)
