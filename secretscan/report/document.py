"""The report as plain dictionaries, in the key order of the JSON contract. Shared by `json` and `jsonl`."""

from __future__ import annotations

import json
import re
from typing import Any, Final

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

SUPPRESSION_REASONS: Final = ("baseline", "allow_comment", "allowlist", "below_threshold")
"""Counted in every report, zeros included, so that readers need not guess."""

_SUSPECT: Final = re.compile(r"[^\n -~]")

Document = dict[str, Any]
"""A JSON object under construction."""


def head_document(report: Report) -> Document:
    """Return the part of the report that precedes its findings."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "secretscan", "version": report.version, "rules_digest": report.rules_digest},
        "scan": scan_document(report.scan),
    }


def scan_document(scan: ScanStats) -> Document:
    """Return what was read and what was not."""
    counts = dict.fromkeys(SUPPRESSION_REASONS, 0) | dict(sorted(scan.suppressed.items()))
    return {
        "kind": scan.kind,
        "target": scan.target,
        "complete": scan.complete,
        "interrupted": scan.interrupted,
        "seconds": round(scan.seconds, 3),
        "commits": scan.commits,
        "blobs": scan.blobs,
        "bytes": scan.bytes,
        **({"known_blobs": scan.known_blobs} if scan.known_blobs else {}),
        **({} if scan.scanned_bytes is None else {"scanned_bytes": scan.scanned_bytes}),
        "skipped": [{"what": s.what, "why": s.why, "by_design": s.by_design} for s in sorted(scan.skipped)],
        "suppressed": counts,
        **({"notes": list(scan.notes)} if scan.notes else {}),
    }


def finding_document(finding: FindingRecord) -> Document:
    """Return one finding. `exposure` is there for scans that walk commits, `suppressed` for silenced ones."""
    document: Document = {
        "rule": finding.rule,
        "title": finding.title,
        "provider": finding.provider,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "score": round(finding.score, 4),
        "secret": finding.secret,
        "fingerprint": finding.fingerprint,
        "entropy": round(finding.entropy, 2),
        "attributes": dict(sorted(finding.attributes.items())),
        "verification": {"status": finding.verification.status.value, "detail": finding.verification.detail},
        "locations": [_location(location) for location in finding.locations],
    }
    if finding.exposure is not None:
        document["exposure"] = _exposure(finding.exposure)
    document["description"] = finding.description
    document["remedy"] = finding.remedy
    document["references"] = list(finding.references)
    if finding.suppressed:
        document["suppressed"] = finding.suppressed
    return document


def rules_document(rules: dict[str, RuleInfo]) -> list[Document]:
    """Return the rules of the findings, by id, so that a saved report can become SARIF later."""
    return [
        {
            "id": rule.id,
            "title": rule.title,
            "description": rule.description,
            "provider": rule.provider,
            "severity": rule.severity.value,
            "confidence": rule.confidence.value,
            "references": list(rule.references),
            "remedy": rule.remedy,
        }
        for _, rule in sorted(rules.items())
    ]


def dump(document: Document, *, indent: int | None) -> str:
    r"""Return the document as JSON text that is safe to print and to encode.

    Letters of all scripts stay readable; what is not printable becomes a `\uNNNN` escape: `json` alone would
    let bidirectional overrides, C1 controls and lone surrogates through.
    """
    return _SUSPECT.sub(_safe, json.dumps(document, ensure_ascii=False, indent=indent))


def _safe(found: re.Match[str]) -> str:
    character = found.group()
    if character.isprintable():
        return character
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def _location(location: Location) -> Document:
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
        "commit": location.commit,
        "author": location.author,
        "email": location.email,
        "date": location.date,
        "where": location.where,
        "snippet": location.snippet,
    }


def _exposure(exposure: Exposure) -> Document:
    return {
        "introduced": _moment(exposure.introduced),
        "removed": _moment(exposure.removed),
        "in_head": exposure.in_head,
        "days": exposure.days,
        "refs": list(exposure.refs),
    }


def _moment(moment: Moment | None) -> Document | None:
    return None if moment is None else {"commit": moment.commit, "date": moment.date, "author": moment.author}
