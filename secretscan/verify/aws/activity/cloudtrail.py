"""CloudTrail's event history, region by region, within its rate limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from secretscan.verify.aws.activity.event import Event, event_of
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.pace import Pace

CALLS_PER_SECOND: Final = 2.0
"""LookupEvents a second, per account and Region. Source: AWS CloudTrail API reference."""
HISTORY_DAYS: Final = 90
"""How far back the event history goes. Source: CloudTrail User Guide."""
_PAGE: Final = 50
_REGIONS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class RegionEvents:
    """What one region said."""

    region: str
    events: tuple[Event, ...]
    problem: str = ""
    """Why the region could not be read, or not to the end."""


def lookup(
    connection: Connection, key_id: str, regions: Sequence[str], *, since: datetime, limit: int
) -> tuple[RegionEvents, ...]:
    """Return the events of a key since a time, by region in the order given.

    A region that refuses is stated in its `problem`. `limit` bounds the events of one region: a busy key has
    millions, at a hundred a second.
    """
    with ThreadPoolExecutor(_REGIONS_AT_ONCE, "cloudtrail") as pool:
        return tuple(pool.map(lambda region: _region(connection, key_id, region, since, limit), regions))


def _region(connection: Connection, key_id: str, region: str, since: datetime, limit: int) -> RegionEvents:
    events: list[Event] = []
    try:
        for event in _events(connection, key_id, region, since):
            if len(events) == limit:
                return RegionEvents(region, tuple(events), f"only the newest {limit} events were read")
            events.append(event)
    except AwsError as error:
        if error.kind in (Kind.NO_CREDENTIALS, Kind.WRONG_SECRET, Kind.EXPIRED, Kind.CLOCK):
            raise
        return RegionEvents(region, tuple(events), error.problem)
    return RegionEvents(region, tuple(events))


def _events(connection: Connection, key_id: str, region: str, since: datetime) -> Iterator[Event]:
    pace = Pace(CALLS_PER_SECOND, burst=1)
    token: dict[str, object] = {}
    while True:
        pace.wait()
        answer = connection.call(
            "cloudtrail:LookupEvents",
            region=region,
            LookupAttributes=[{"AttributeKey": "AccessKeyId", "AttributeValue": key_id}],
            StartTime=since,
            MaxResults=_PAGE,
            **token,
        )
        if not token:
            pace.restart()
        yield from (event_of(event, region) for event in answer.get("Events", ()))
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}
