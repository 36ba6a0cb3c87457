"""How a call ended, as the audit log states it."""

from __future__ import annotations

import time
from collections.abc import Mapping


def call_result(answer: Mapping[str, object] | None, code: str, started: float) -> dict[str, object]:
    """Return outcome, code, HTTP status, request id, retries and the seconds since `started` (monotonic)."""
    metadata = (answer or {}).get("ResponseMetadata", {})  # botocore's network errors carry no answer
    known = metadata if isinstance(metadata, Mapping) else {}
    return {
        "outcome": "error" if code else "ok",
        "code": code,
        "status": known.get("HTTPStatusCode", 0),
        "request_id": known.get("RequestId", ""),
        "retries": known.get("RetryAttempts", 0),
        "seconds": round(time.monotonic() - started, 3),
    }
