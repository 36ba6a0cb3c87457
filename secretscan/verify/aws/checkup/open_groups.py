"""Security groups that let the whole world in, for the checks on EC2 and RDS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from secretscan.verify.aws.connection import Connection, Json

_WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
_ALL_PORTS: Final = (0, 65535)


def world_ranges(group: Json) -> Iterator[tuple[int, int]]:
    """Yield the port ranges, both ends included, that a security group opens to every address."""
    for permission in group.get("IpPermissions", ()):
        ranges = {str(one.get("CidrIp")) for one in permission.get("IpRanges", ())}
        ranges |= {str(one.get("CidrIpv6")) for one in permission.get("Ipv6Ranges", ())}
        if not _WORLD & ranges or str(permission.get("IpProtocol")).startswith("icmp"):
            continue
        first, last = permission.get("FromPort"), permission.get("ToPort")
        yield _ALL_PORTS if first is None or last is None else (int(first), int(last))


def security_groups(connection: Connection, region: str) -> dict[str, Json]:
    """Return the security groups of a region by id."""
    found = connection.pages("ec2:DescribeSecurityGroups", "SecurityGroups", region=region)
    return {str(group["GroupId"]): group for group in found}


def range_text(ports: tuple[int, int]) -> str:
    """Return a port range in words."""
    first, last = ports
    if ports == _ALL_PORTS:
        return "all ports"
    return f"port {first}" if first == last else f"ports {first}-{last}"
