"""One CloudTrail event, reduced to what a responder asks about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from secretscan.verify.aws.connection import Json
from secretscan.verify.aws.identify import moment


@dataclass(frozen=True, slots=True)
class Event:
    """A call that was made with the key."""

    time: str
    """RFC 3339 in UTC."""
    region: str
    service: str
    """Like `iam`, from the event source."""
    action: str
    address: str
    """Source address, or the name of the AWS service that called."""
    agent: str
    error: str
    """AWS's error code; empty for a call that succeeded."""
    principal: str
    """ARN of the caller."""

    @property
    def is_denied(self) -> bool:
        """Whether AWS refused the call for want of permission."""
        return "AccessDenied" in self.error or "Unauthorized" in self.error


def event_of(answer: Json, region: str) -> Event:
    """Return an element of LookupEvents' answer. The full record lies in it as JSON text, and may be damaged."""
    record = _record(answer.get("CloudTrailEvent"))
    identity = record.get("userIdentity")
    source = str(record.get("eventSource") or answer.get("EventSource") or "")
    return Event(
        time=str(record.get("eventTime") or "") or moment(answer.get("EventTime")),
        region=str(record.get("awsRegion") or region),
        service=source.removesuffix(".amazonaws.com"),
        action=str(record.get("eventName") or answer.get("EventName") or ""),
        address=str(record.get("sourceIPAddress") or ""),
        agent=str(record.get("userAgent") or ""),
        error=str(record.get("errorCode") or ""),
        principal=str(identity.get("arn") or "") if isinstance(identity, Mapping) else "",
    )


def _record(text: object) -> dict[str, object]:
    try:
        record = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}
