"""GuardDuty's findings about a key or its user."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from secretscan.verify.aws.connection import Connection, Json
from secretscan.verify.aws.errors import AwsError, Kind

_BATCH: Final = 50
"""Findings one GetFindings returns. Source: GuardDuty API reference."""
_REGIONS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Threat:
    """One finding."""

    region: str
    kind: str
    """GuardDuty's type, like `UnauthorizedAccess:IAMUser/MaliciousIPCaller`."""
    title: str
    severity: float
    """GuardDuty's scale: from 7.0 high, from 4.0 medium."""
    count: int
    first: str
    last: str
    finding_id: str


@dataclass(frozen=True, slots=True)
class RegionThreats:
    """What one region said."""

    region: str
    threats: tuple[Threat, ...]
    watched: bool
    """Whether GuardDuty is on there."""
    problem: str = ""


def threats(
    connection: Connection, key_id: str, user: str, regions: Sequence[str]
) -> tuple[RegionThreats, ...]:
    """Return the findings about the key, and about the user where a name is given, by region."""
    with ThreadPoolExecutor(_REGIONS_AT_ONCE, "guardduty") as pool:
        return tuple(pool.map(lambda region: _region(connection, key_id, user, region), regions))


def _region(connection: Connection, key_id: str, user: str, region: str) -> RegionThreats:
    try:
        detectors = [
            str(d) for d in connection.pages("guardduty:ListDetectors", "DetectorIds", region=region)
        ]
        found: dict[str, Threat] = {}
        for detector in detectors:
            for field, value in (("accessKeyId", key_id), ("userName", user)):
                if value:
                    found |= _findings(connection, region, detector, field, value)
    except AwsError as error:
        if error.kind in (Kind.NO_CREDENTIALS, Kind.WRONG_SECRET, Kind.EXPIRED, Kind.CLOCK):
            raise
        return RegionThreats(region, (), watched=False, problem=error.problem)
    ordered = sorted(found.values(), key=lambda threat: (-threat.severity, threat.kind, threat.finding_id))
    return RegionThreats(region, tuple(ordered), watched=bool(detectors))


def _findings(
    connection: Connection, region: str, detector: str, field: str, value: str
) -> dict[str, Threat]:
    criterion = {"Criterion": {f"resource.accessKeyDetails.{field}": {"Equals": [value]}}}
    listed = connection.pages(
        "guardduty:ListFindings", "FindingIds", region=region, DetectorId=detector, FindingCriteria=criterion
    )
    ids = [str(finding) for finding in listed]
    found: dict[str, Threat] = {}
    for start in range(0, len(ids), _BATCH):
        batch = ids[start : start + _BATCH]
        answer = connection.call(
            "guardduty:GetFindings", region=region, DetectorId=detector, FindingIds=batch
        )
        found |= {str(finding["Id"]): _threat(finding, region) for finding in answer.get("Findings", ())}
    return found


def _threat(finding: Json, region: str) -> Threat:
    service = finding.get("Service") or {}
    return Threat(
        region=str(finding.get("Region") or region),
        kind=str(finding.get("Type", "")),
        title=str(finding.get("Title", "")),
        severity=float(finding.get("Severity", 0.0)),
        count=int(service.get("Count", 1)),
        first=str(service.get("EventFirstSeen", "")),
        last=str(service.get("EventLastSeen", "")),
        finding_id=str(finding["Id"]),
    )
