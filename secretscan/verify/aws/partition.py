"""The partitions of AWS, which share no account, key or endpoint, and the region each is entered by."""

from __future__ import annotations

from typing import Final

from secretscan.errors import UsageError

HOME_REGIONS: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
}
"""A region of each partition whose STS endpoint is on from the start. Source: botocore's endpoints.json."""


def home_region(partition: str) -> str:
    """Return the region a partition is entered by; raises `UsageError` for a name AWS does not have."""
    try:
        return HOME_REGIONS[partition]
    except KeyError:
        known = ", ".join(HOME_REGIONS)
        raise UsageError(f'there is no AWS partition "{partition}"', help=f"use one of {known}") from None


def partition_of_region(region: str) -> str:
    """Return the partition a region name belongs to, from its prefix."""
    prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-isob-": "aws-iso-b", "us-iso-": "aws-iso"}
    for prefix, partition in prefixes.items():
        if region.startswith(prefix):
            return partition
    return "aws-eusc" if region.startswith("eusc-") else "aws"
