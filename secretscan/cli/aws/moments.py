"""Dates as users write them."""

from __future__ import annotations

from datetime import UTC, datetime

from secretscan.errors import UsageError


def parsed_moment(text: str) -> datetime | None:
    """Return an ISO 8601 date or time, in UTC where it names no zone; `None` for an empty text."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f'"{text}" is no date', help="write it like 2026-01-31 or 2026-01-31T12:00:00Z"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def utc_now() -> str:
    """Return the time, RFC 3339 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
