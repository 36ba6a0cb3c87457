"""Which regions a command looks at."""

from __future__ import annotations

from collections.abc import Sequence

from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.errors import AwsError, Kind


def chosen_regions(connection: Connection, named: Sequence[str]) -> tuple[str, ...]:
    """Return the regions named, or all that the account has enabled.

    Where ec2:DescribeRegions is denied, every region that botocore knows is tried.
    """
    if named:
        return tuple(dict.fromkeys(named))
    try:
        answer = connection.call("ec2:DescribeRegions")
    except AwsError as error:
        if error.kind is not Kind.DENIED:
            raise
        return connection.regions()
    return tuple(sorted(str(region["RegionName"]) for region in answer["Regions"]))
