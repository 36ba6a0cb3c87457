"""What looks at single objects showed, kept from audit to audit as places in these objects.

No text of an object is kept: a secret, its line and what was found with it are offsets, and come back when the
object is read. A finding that is not made of its object's own bytes (a decoded one) is not kept at all, nor are
the other findings of that look; then the object is scanned again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.privatefile import read_private, write_private

_MAGIC: Final = b"secretscan-looks-1\n"
_MOST: Final = 20_000
"""Findings kept for one repository."""

Saved = list[list[Any]]
"""The findings of one look, as JSON has them."""


class LookMemory:
    """The looks of one repository under one key (`auditkey`)."""

    def __init__(self, path: Path, key: str) -> None:
        """Read the file at `path`, if it can be trusted."""
        self._path, self._key = path, key
        self._looks: dict[str, Saved] = {}
        self._is_new = False
        payload = read_private(path, _MAGIC)
        with suppress(ValueError, LookupError, TypeError):  # written by another program
            document = {} if payload is None else json.loads(bytes(payload))
            self._looks = document["looks"] if document["key"] == key else {}

    def recall(self, oid: str, path: bytes, data: bytes) -> list[Finding] | None:
        """Return what a look at the object `oid`, which holds `data`, showed under a path; None if unknown."""
        saved = self._looks.get(_name(oid, path))
        return None if saved is None else [_restored(row, data) for row in saved]

    def keep(self, oid: str, path: bytes, data: bytes, findings: Sequence[Finding]) -> None:
        """Remember what a look showed, if all of it can be had from `data` again."""
        rows = [_places(finding, data) for finding in findings]
        saved = [row for row in rows if row is not None]
        if [_restored(row, data) for row in saved] == list(findings):
            self._looks[_name(oid, path)] = saved
            self._is_new = True

    def save(self) -> None:
        """Write what is remembered, if anything is new; the oldest go. That it cannot be written is no error."""
        if not self._is_new:
            return
        count, kept = 0, {}
        for name, saved in reversed(self._looks.items()):
            count += 1 + len(saved)
            if count > _MOST:
                break
            kept[name] = saved
        looks = dict(reversed(kept.items()))
        text = json.dumps({"key": self._key, "looks": looks}, separators=(",", ":"))
        with suppress(OSError):
            write_private(self._path, _MAGIC, text.encode())


def _name(oid: str, path: bytes) -> str:
    return f"{oid} {path.decode('latin-1')}"


def _places(finding: Finding, data: bytes) -> list[Any] | None:
    """Return a finding as offsets in `data`; None where a part of it is not to be found there."""
    near = finding.span.start
    secret = _find(finding.secret.reveal(), data, near)
    line = _find(finding.line.reveal(), data, max(0, near - len(finding.line)))
    parts = {name: _find(part.reveal(), data, 0) for name, part in finding.parts.items()}
    if secret is None or line is None or None in parts.values():
        return None
    region = finding.region
    return [
        finding.rule_id,
        [finding.span.start, finding.span.end],
        [region.line, region.column, region.end_line, region.end_column],
        finding.score,
        {name: _find(value.encode(), data, 0) or value for name, value in finding.attributes.items()},
        secret,
        line,
        parts,
        finding.line_secret,
        finding.suppressed,
    ]


def _find(text: bytes, data: bytes, near: int) -> list[int] | None:
    """Return where `text` stands, rather from `near` on."""
    at = data.find(text, near)
    if at < 0:
        at = data.find(text)
    return None if at < 0 else [at, at + len(text)]


def _restored(row: list[Any], data: bytes) -> Finding:
    rule_id, span, region, score, attributes, secret, line, parts, line_secret, suppressed = row

    def cut(place: list[int]) -> bytes:
        return data[place[0] : place[1]]

    return Finding(
        rule_id=rule_id,
        secret=Secret(cut(secret)),
        span=Span(*span),
        region=Region(*region),
        score=score,
        attributes={
            name: value if isinstance(value, str) else cut(value).decode("utf-8", "replace")
            for name, value in attributes.items()
        },
        parts={name: Secret(cut(place)) for name, place in parts.items()},
        line=Secret(cut(line)),
        line_secret=tuple((low, high) for low, high in line_secret),
        suppressed=suppressed,
    )
