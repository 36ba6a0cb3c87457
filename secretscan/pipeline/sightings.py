"""Sightings: which secrets were seen in which blobs, gathered in constant memory per sighting.

A history shows the same secret in thousands of versions of a file. What the first pass keeps of each is an
object id; the places worth showing are looked at again at the end (`places`). Those are mostly the newest and the
oldest version with the secret, which in a pack are the first and the last to be read: what was found in these is
kept, as long as it is not too much, and where little was found all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from secretscan.model.finding import Confidence, Finding
from secretscan.model.provenance import HistoryObject
from secretscan.model.secret import Secret
from secretscan.model.span import Span

_KEPT_AT_ONCE: Final = 4_000
_KEPT: Final = 40_000
"""Findings kept while a batch is scanned, and of all batches: some 60 MB at most."""

_FEW: Final = 500
"""Findings of a batch that are kept whatever they are of: it takes less to hand them over than to find some again."""

Key = tuple[str, Secret]
"""What makes two findings one: rule id and secret."""


@dataclass(slots=True)
class Seen:
    """All that is known of one (rule, secret)."""

    score: float = 0.0
    attributes: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Secret] = field(default_factory=dict)
    oids: dict[str, str] = field(default_factory=dict)
    """Object id -> why it is suppressed there, or empty."""
    witness: tuple[str, Span] | None = None
    """The object, and the place in it, that gave score and attributes."""

    def add(self, finding: Finding, oid: str) -> None:
        """Note a sighting in object `oid`. The sighting that knows most gives score and attributes."""
        if self.witness is None or _knows_more(finding, self):
            self.score, self.attributes, self.parts = finding.score, finding.attributes, finding.parts
            self.witness = oid, finding.span
        if self.oids.get(oid, "unseen"):
            # not seen there before, or only suppressed: an open place in the same object counts
            self.oids[oid] = finding.suppressed


class Sightings:
    """Secrets by key, in the order of their first sighting, and the objects they were seen in."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.seen: dict[Key, Seen] = {}
        self.origins: dict[str, HistoryObject] = {}
        """Every object in which something was seen, by id, as it was scanned."""
        self.kept: dict[str, Sequence[Finding]] = {}
        """All that was found in some of them."""
        self._count = 0
        self._ends: dict[Key, tuple[str, str]] = {}

    def add(self, origin: HistoryObject, findings: Sequence[Finding]) -> None:
        """Note the findings of one object."""
        oid = origin.oid
        for finding in findings:
            key = finding.rule_id, finding.secret
            self.seen.setdefault(key, Seen()).add(finding, oid)
            self._ends[key] = self._ends.get(key, (oid, oid))[0], oid
        if findings:
            self.origins[oid] = origin
            self.kept[oid] = findings
            self._count += len(findings)
            if self._count > _KEPT_AT_ONCE:
                self.prune()

    def prune(self) -> None:
        """Of the findings kept, drop all but those in the first and the last object with a secret, unless they are few."""
        if self._count <= _FEW:
            return
        ends = {oid for pair in self._ends.values() for oid in pair}
        self.kept = {oid: found for oid, found in self.kept.items() if oid in ends}
        self._count = sum(map(len, self.kept.values()))
        if self._count > _KEPT_AT_ONCE // 2:
            self.kept, self._count = {}, 0

    def open_from(self, least: Confidence) -> list[Key]:
        """Return the secrets that are seen with `least` confidence somewhere, and not suppressed there."""
        return [
            key
            for key, seen in self.seen.items()
            if Confidence.of_score(seen.score).rank >= least.rank and not all(seen.oids.values())
        ]

    def merge(self, other: Sightings) -> None:
        """Take what another worker saw. The result does not depend on the order of the merges."""
        self.origins |= other.origins
        count = sum(map(len, other.kept.values()))
        if self._count + count <= _KEPT:
            self.kept |= other.kept
            self._count += count
        for key, theirs in other.seen.items():
            mine = self.seen.get(key)
            if mine is None:
                self.seen[key] = theirs
                continue
            if _knows_more(theirs, mine):
                mine.score, mine.attributes, mine.parts = theirs.score, theirs.attributes, theirs.parts
                mine.witness = theirs.witness
            for oid, suppressed in theirs.oids.items():
                if mine.oids.get(oid, "unseen"):
                    mine.oids[oid] = suppressed


def _knows_more(one: Seen | Finding, other: Seen | Finding) -> bool:
    """Whether `one` tells more of the secret. A total order: which object comes first depends on the reader."""
    mine, theirs = (one.score, len(one.attributes)), (other.score, len(other.attributes))
    if mine != theirs:
        return mine > theirs
    if one.attributes != other.attributes:
        return sorted(one.attributes.items()) > sorted(other.attributes.items())
    return bool(one.parts or other.parts) and _parts(one) > _parts(other)


def _parts(known: Seen | Finding) -> list[tuple[str, bytes]]:
    return sorted((name, secret.reveal()) for name, secret in known.parts.items())
