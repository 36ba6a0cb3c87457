"""What a SARIF reader must know beside the results: what was not read, and what was cut off."""

from __future__ import annotations

from typing import Any, Final

from secretscan.model.counts import plural
from secretscan.model.report import ScanStats
from secretscan.report.summary import note_lines, skipped_lines, split_skipped

SHOWN_BY_GITHUB: Final = 5_000
"""Results GitHub displays of the 25,000 it takes."""
SKIPPED_LISTED: Final = 100
"""Unread inputs with a notice of their own."""


def notices(scan: ScanStats, *, left_out: int, shown: int) -> list[dict[str, Any]]:
    """Return the notifications of the invocation, gravest first."""
    found: list[dict[str, Any]] = []
    if scan.interrupted:
        found.append(_notice("interrupted", "error", "The scan was interrupted before its end."))
    missed, passed_over = split_skipped(scan.skipped)
    if not scan.complete and not scan.interrupted and not missed:
        found.append(_notice("incomplete", "error", "The scan is incomplete."))
    for line in skipped_lines(missed, SKIPPED_LISTED):
        found.append(_notice("not-read", "error", f"Not read: {line}"))
    if left_out:
        text = f"{plural(left_out, 'result')} left out, for code scanning refuses more: see the JSON report."
        found.append(_notice("truncated", "warning", text))
    if shown > SHOWN_BY_GITHUB:
        text = f"Code scanning displays {SHOWN_BY_GITHUB:,} of the {shown:,} results, most severe first."
        found.append(_notice("many-results", "warning", text))
    found += [_notice("configured", "note", line) for line in note_lines(scan)]
    found += [
        _notice("left-out", "note", f"Left out by design: {line}")
        for line in skipped_lines(passed_over, SKIPPED_LISTED)
    ]
    return found


def _notice(name: str, level: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": f"secretscan/{name}"}, "level": level, "message": {"text": text}}
