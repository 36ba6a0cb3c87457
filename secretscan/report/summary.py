"""The end of every scan in words: what was found, what was read, what was not, what was silenced."""

from __future__ import annotations

from typing import Final

from secretscan.model.blob import Skipped
from secretscan.model.counts import plural
from secretscan.model.report import Report, ScanStats
from secretscan.report.phrases import by_severity, duration, silenced_phrase, size
from secretscan.report.printable import escape_controls, strip_controls

SKIPPED_SHOWN: Final = 5
"""Unread inputs named before the rest becomes a number."""


def summary_line(report: Report) -> str:
    """Return the outcome in one line, without a line break and without colour.

    Like `2 secrets found (1 critical, 1 high) in 3 files (4.1 kB), 0.08 s; silenced: 1 allow comment`.
    """
    parts = [f"{_outcome(report)} in {_read(report.scan)}, {duration(report.scan.seconds)}"]
    silenced = silenced_phrase(report.scan.suppressed)
    if silenced:
        parts.append(f"silenced: {silenced}")
    missed, passed_over = split_skipped(report.scan.skipped)
    if missed:
        parts.append(f"not read: {len(missed):,}")
    if passed_over:
        parts.append(f"left out by design: {len(passed_over):,}")
    if report.scan.interrupted:
        parts.append("interrupted before the end")
    elif not report.scan.complete and not missed:
        parts.append("the scan is incomplete")
    return "; ".join(parts)


def _outcome(report: Report) -> str:
    if report.findings:
        return f"{plural(len(report.findings), 'secret')} found ({by_severity(report.findings)})"
    return "no secrets found" if report.scan.complete else "no secrets found in the part that was read,"


def _read(scan: ScanStats) -> str:
    match scan.kind:
        case "history" | "range":
            known = f", {scan.known_blobs:,} known from an earlier audit" if scan.known_blobs else ""
            blobs = f"{plural(scan.blobs, 'blob')} ({size(scan.bytes)}{known})"
            return f"{plural(scan.commits, 'commit')}, {blobs}"
        case "staged":
            return f"{plural(scan.blobs, 'staged file')} ({size(scan.bytes)})"
        case "stdin":
            return f"standard input ({size(scan.bytes)})"
        case _:
            return f"{plural(scan.blobs, 'file')} ({size(scan.bytes)})"


def split_skipped(skipped: tuple[Skipped, ...]) -> tuple[list[Skipped], list[Skipped]]:
    """Return the inputs that should have been read, and those that no scan reads; both sorted."""
    ordered = sorted(skipped)
    return [s for s in ordered if not s.by_design], [s for s in ordered if s.by_design]


def note_lines(scan: ScanStats) -> list[str]:
    """Return what the configuration took away from the scan, one line each. Every report states all of it."""
    return [strip_controls(note) for note in scan.notes]


def skipped_lines(skipped: list[Skipped], shown: int = SKIPPED_SHOWN) -> list[str]:
    """Return one line per unread input, `what: why`, and `and N more` for those after `shown`."""
    lines = [f"{escape_controls(s.what)}: {strip_controls(s.why)}" for s in skipped[:shown]]
    if len(skipped) > shown:
        lines.append(f"and {len(skipped) - shown:,} more")
    return lines
