"""One SARIF result per finding."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from secretscan.model.counts import plural
from secretscan.model.finding import Status
from secretscan.model.report import Exposure, FindingRecord, Location, Moment
from secretscan.report.phrases import (
    attributes_phrase,
    exposure_sentences,
    moment,
    place,
    verification_phrase,
)
from secretscan.report.printable import strip_controls
from secretscan.report.redact import as_redacted
from secretscan.report.sarif.rules import LEVELS

RELATED_SHOWN: Final = 100
"""Locations GitHub displays per result (it takes 1,000)."""
LINKED_IN_MESSAGE: Final = 5
"""Further places the message links to; the rest is a number."""

_OUTSIDE: Final = ".git"
"""Root of the invented URIs for what has no path in the tree. No tracked file can be called so."""


def result(finding: FindingRecord, rule_index: int) -> dict[str, Any]:
    """Return the result of one finding; its first location is the one GitHub annotates."""
    related = finding.locations[1 : RELATED_SHOWN + 1]
    document: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity],
        "rank": round(finding.score * 100, 1),
        "message": {"text": _message(finding)},
        "locations": [_location(finding.locations[0])],
        # Only our own key. GitHub matches alerts by `primaryLocationLineHash`, a rolling hash over the file
        # from the line on, which upload-sarif computes itself from the checkout. A report holds no file
        # contents, and a value that differs from upload-sarif's own only earns a warning.
        "partialFingerprints": {"secretscanFingerprint/v1": finding.fingerprint},
        "properties": _properties(finding),
    }
    if related:
        document["relatedLocations"] = [_related(number, spot) for number, spot in enumerate(related, 1)]
    if finding.exposure is not None and (flow := _code_flow(finding, finding.exposure)):
        document["codeFlows"] = [flow]
    if finding.suppressed:
        kind = "inSource" if finding.suppressed == "allow_comment" else "external"
        document["suppressions"] = [
            {"kind": kind, "status": "accepted", "justification": finding.suppressed.replace("_", " ")}
        ]
    return document


def uri(location: Location) -> str:
    r"""Return the location as a relative URI reference: percent-encoded, no `./`; absolute paths as `file:`.

    An undecodable byte stays the text `\xNN` (as `%5CxNN`): as `%NN` it would make upload-sarif, which
    decodes URIs as UTF-8, refuse the whole file.
    """
    if location.where != "file" or not location.path:
        kind = location.where if location.where != "file" else "unreachable"
        return "/".join(part for part in (_OUTSIDE, kind, location.commit) if part)
    path = location.path.replace("\\", "/") if location.path[1:3] == ":\\" else location.path
    while path.startswith("./"):
        path = path[2:]
    encoded = quote(path, safe="/~", errors="backslashreplace")
    if path.startswith("/"):
        return "file://" + encoded
    return "file:///" + encoded.replace("%3A", ":", 1) if path[1:3] == ":/" else encoded


def _physical(location: Location) -> dict[str, Any]:
    address = uri(location)
    artifact = {"uri": address}
    if not address.startswith("file:"):
        artifact["uriBaseId"] = "%SRCROOT%"
    return {"artifactLocation": artifact, "region": _region(location)}


def _region(location: Location) -> dict[str, int]:
    line, column = max(1, location.line), max(1, location.column)
    end_line = max(line, location.end_line)
    # Both are "the column after the last character", and GitHub refuses a region that ends before it starts.
    end_column = max(location.end_column, column + 1 if end_line == line else 1)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _location(location: Location) -> dict[str, Any]:
    return {"physicalLocation": _physical(location)}


def _related(number: int, location: Location) -> dict[str, Any]:
    return {"id": number, **_location(location), "message": {"text": _escaped(place(location))}}


def _code_flow(finding: FindingRecord, exposure: Exposure) -> dict[str, Any]:
    """Return the way through history, introduced → removed; empty when neither commit is known."""
    steps = [("Introduced", exposure.introduced), ("Removed", exposure.removed)]
    spot = finding.locations[0]
    locations = [
        {
            "executionOrder": order,
            "location": {**_location(spot), "message": {"text": _escaped(f"{verb} {moment(when)}")}},
        }
        for order, (verb, when) in enumerate(((v, w) for v, w in steps if w is not None), 1)
    ]
    return {"threadFlows": [{"locations": locations}]} if locations else {}


def _message(finding: FindingRecord) -> str:
    sentences = [f"{strip_controls(finding.title)}: {as_redacted(finding.secret)}"]
    if finding.attributes:
        sentences[0] += f" ({attributes_phrase(finding)})"
    if finding.exposure is not None:
        sentences += [s[0].upper() + s[1:] for s in exposure_sentences(finding.exposure)]
    if finding.verification.status is not Status.NOT_CHECKED:
        sentences.append(f"Verification: {verification_phrase(finding.verification)}")
    text = _escaped(". ".join(sentences)) + "."
    further = finding.locations[1:]
    links = [f"[{_escaped(place(spot))}]({n})" for n, spot in enumerate(further[:LINKED_IN_MESSAGE], 1)]
    if links:
        rest = len(further) - len(links)
        text += " Also at " + ", ".join(links) + (f" and {plural(rest, 'more place')}." if rest else ".")
    return text


def _escaped(text: str) -> str:
    """Return `text` with brackets escaped: `[text](id)` is a link in SARIF messages (section 3.11.6)."""
    return strip_controls(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _properties(finding: FindingRecord) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "confidence": finding.confidence.value,
        "severity": finding.severity.value,
        "secret": as_redacted(finding.secret),
        "verification": finding.verification.status.value,
        "places": len(finding.locations),
    }
    if finding.exposure is not None:
        properties["inHead"] = finding.exposure.in_head
        properties["exposedDays"] = finding.exposure.days
        properties["introduced"] = _commit(finding.exposure.introduced)
        properties["removed"] = _commit(finding.exposure.removed)
    return properties


def _commit(when: Moment | None) -> str:
    return when.commit if when is not None else ""
