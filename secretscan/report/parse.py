"""A saved JSON report back into a `Report`, for `secretscan report` and `secretscan aws respond`.

The file may come from another version or another hand, so every field is checked. Errors name the file and
the field, never a value that could be a secret.
"""

from __future__ import annotations

import json
from typing import Any

from secretscan.errors import UsageError
from secretscan.model.blob import Skipped
from secretscan.model.finding import Confidence, Severity, Status, Verification
from secretscan.model.report import (
    SCHEMA_VERSION,
    Exposure,
    FindingRecord,
    Location,
    Moment,
    Report,
    RuleInfo,
    ScanStats,
)
from secretscan.report.fields import Fields


def parse_report(raw: bytes, name: str) -> Report:
    """Return the report that `raw`, the contents of the file `name`, was written from by `--format json`.

    Raises `UsageError` when it is not such a report, or one of a newer schema.
    """
    fields = Fields(_object(raw, name), name)
    version = fields.whole("schema_version")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"{name}: schema version {version}, and this secretscan reads version {SCHEMA_VERSION}",
            help="use the version of secretscan that wrote the report, or scan again",
        )
    tool = fields.child("tool")
    return Report(
        version=tool.text("version"),
        rules_digest=tool.text("rules_digest"),
        scan=_scan(fields.child("scan")),
        findings=tuple(_finding(entry) for entry in fields.children("findings")),
        suppressed=tuple(_finding(entry) for entry in fields.children("suppressed", optional=True)),
        rules={rule.id: rule for rule in map(_rule, fields.children("rules", optional=True))},
    )


def _object(raw: bytes, name: str) -> dict[str, Any]:
    # A shell that redirects may have made UTF-16 of the report (PowerShell) or put a byte order mark first.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        document = json.loads(raw.decode(encoding))
    except UnicodeDecodeError:
        raise _not_a_report(name, "not text in UTF-8") from None
    except json.JSONDecodeError as error:
        # Not chained: the exception carries the whole document.
        raise _not_a_report(name, f"not JSON (line {error.lineno}, column {error.colno})") from None
    except (RecursionError, ValueError):
        raise _not_a_report(name, "JSON that no report holds") from None
    if not isinstance(document, dict) or "schema_version" not in document:
        raise _not_a_report(name, "JSON, but not a report of secretscan")
    return document


def _not_a_report(name: str, problem: str) -> UsageError:
    return UsageError(f"{name}: {problem}", help="make a report with --format json --output FILE")


def _scan(fields: Fields) -> ScanStats:
    return ScanStats(
        kind=fields.text("kind"),
        target=fields.text("target"),
        complete=fields.flag("complete"),
        interrupted=fields.flag("interrupted", False),
        seconds=fields.number("seconds"),
        commits=fields.whole("commits"),
        blobs=fields.whole("blobs"),
        bytes=fields.whole("bytes"),
        known_blobs=fields.whole("known_blobs", 0),
        scanned_bytes=fields.optional_whole("scanned_bytes"),
        skipped=tuple(
            Skipped(entry.text("what"), entry.text("why"), entry.flag("by_design", False))
            for entry in fields.children("skipped")
        ),
        suppressed=fields.child("suppressed").counts(),
        notes=fields.listed("notes"),
    )


def _finding(fields: Fields) -> FindingRecord:
    verification = fields.child("verification")
    locations = tuple(_location(entry) for entry in fields.children("locations"))
    if not locations:
        raise fields.error("locations", "must not be empty")
    return FindingRecord(
        rule=fields.text("rule"),
        title=fields.text("title"),
        description=fields.text("description", ""),
        provider=fields.text("provider"),
        severity=fields.choice("severity", Severity),
        confidence=fields.choice("confidence", Confidence),
        score=fields.number("score"),
        secret=fields.text("secret"),
        fingerprint=fields.text("fingerprint"),
        entropy=fields.number("entropy"),
        attributes=fields.child("attributes").texts(),
        locations=locations,
        verification=Verification(verification.choice("status", Status), verification.text("detail", "")),
        exposure=_exposure(fields.optional_child("exposure")),
        suppressed=fields.text("suppressed", ""),
        references=fields.listed("references"),
        remedy=fields.text("remedy", ""),
    )


def _location(fields: Fields) -> Location:
    return Location(
        path=fields.text("path"),
        line=fields.whole("line"),
        column=fields.whole("column"),
        end_line=fields.whole("end_line"),
        end_column=fields.whole("end_column"),
        where=fields.text("where", "file"),
        commit=fields.text("commit", ""),
        author=fields.text("author", ""),
        email=fields.text("email", ""),
        date=fields.text("date", ""),
        snippet=fields.text("snippet", ""),
    )


def _exposure(fields: Fields | None) -> Exposure | None:
    if fields is None:
        return None
    return Exposure(
        introduced=_moment(fields.optional_child("introduced")),
        removed=_moment(fields.optional_child("removed")),
        in_head=fields.flag("in_head"),
        days=fields.whole("days"),
        refs=fields.listed("refs"),
    )


def _moment(fields: Fields | None) -> Moment | None:
    if fields is None:
        return None
    return Moment(fields.text("commit"), fields.text("date"), fields.text("author"))


def _rule(fields: Fields) -> RuleInfo:
    return RuleInfo(
        id=fields.text("id"),
        title=fields.text("title"),
        description=fields.text("description"),
        provider=fields.text("provider"),
        severity=fields.choice("severity", Severity),
        confidence=fields.choice("confidence", Confidence),
        references=fields.listed("references"),
        remedy=fields.text("remedy", ""),
    )
