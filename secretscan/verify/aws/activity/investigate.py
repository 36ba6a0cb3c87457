"""From a key id to an `Investigation`: events, summary and GuardDuty's findings over the regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from secretscan.verify.aws.activity.cloudtrail import HISTORY_DAYS, lookup
from secretscan.verify.aws.activity.guardduty import Threat, threats
from secretscan.verify.aws.activity.summary import Summary, summarise
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.principal import User, principal_of_arn
from secretscan.verify.aws.regions import chosen_regions

_COMPARE_DAYS: Final = 14
"""Days before the exposure whose addresses count as known."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A region that a service did not tell of, or not to the end."""

    service: str
    region: str
    problem: str
    is_partial: bool = False
    """Whether a part of it was read all the same."""


@dataclass(frozen=True, slots=True)
class Investigation:
    """What a key did, where it was looked for, and where it could not be."""

    key_id: str
    since: str
    regions: tuple[str, ...]
    summary: Summary
    threats: tuple[Threat, ...]
    unwatched: tuple[str, ...]
    """Regions in which GuardDuty is off."""
    unread: tuple[str, ...]
    """Regions that could not be read, with the reason; the answer is incomplete if there are any."""
    gaps: tuple[Gap, ...] = ()
    """The same, taken apart."""


def investigate(
    connection: Connection,
    key_id: str,
    *,
    since: datetime | None,
    regions: Sequence[str] = (),
    limit: int = 5000,
) -> Investigation:
    """Return what the key did since a time; `None`: as far back as CloudTrail's history goes."""
    connection.caller()
    oldest = datetime.now(UTC) - timedelta(days=HISTORY_DAYS)
    start = max(since, oldest) if since else oldest
    places = chosen_regions(connection, regions)
    found = lookup(
        connection, key_id, places, since=max(start - timedelta(days=_COMPARE_DAYS), oldest), limit=limit
    )
    events = sorted(
        (event for one in found for event in one.events), key=lambda event: (event.time, event.action)
    )
    begun = start.isoformat(timespec="seconds").replace("+00:00", "Z")
    summary = summarise(events, begun)
    watched = threats(connection, key_id, _user(summary), places)
    gaps = [Gap("CloudTrail", one.region, one.problem, bool(one.events)) for one in found if one.problem]
    gaps += [Gap("GuardDuty", one.region, one.problem) for one in watched if one.problem]
    return Investigation(
        key_id=key_id,
        since=begun,
        regions=places,
        summary=summary,
        threats=tuple(threat for one in watched for threat in one.threats),
        unwatched=tuple(one.region for one in watched if not one.watched and not one.problem),
        unread=tuple(f"{gap.service} in {gap.region}: {gap.problem}" for gap in gaps),
        gaps=tuple(gaps),
    )


def _user(summary: Summary) -> str:
    """Return the name of the user behind the calls, where it is a single one."""
    owners = {principal_of_arn(arn) for arn in summary.principals}
    users = [owner for owner in owners if isinstance(owner, User)]
    return users[0].name if len(owners) == len(users) == 1 else ""
