"""Groups: the places of one (rule, secret), gathered before anything is redacted or counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from secretscan.model.finding import Finding, Verification
from secretscan.model.provenance import Provenance
from secretscan.model.report import Exposure
from secretscan.model.secret import Secret
from secretscan.pipeline.sightings import Key


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a credential: the finding there and where that is."""

    finding: Finding
    provenance: Provenance
    commit: str = ""
    author: str = ""
    email: str = ""
    date: str = ""
    is_current: bool = False
    """HEAD (or what was scanned) holds it at this place now: the one to open first."""


@dataclass(slots=True)
class Group:
    """All that will be said of one (rule, secret)."""

    score: float
    attributes: Mapping[str, str]
    parts: Mapping[str, Secret] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    exposure: Exposure | None = None
    suppressed: str = ""
    verification: Verification = field(default_factory=Verification)
    fingerprint: str = ""


def group(places: Iterable[Place]) -> dict[Key, Group]:
    """Return the places by (rule, secret). A place that is suppressed counts only where no other place is."""
    groups: dict[Key, Group] = {}
    for place in places:
        finding = place.finding
        key = (finding.rule_id, finding.secret)
        known = groups.get(key)
        if known is None:
            known = groups[key] = Group(finding.score, finding.attributes, finding.parts)
        elif finding.score > known.score:
            known.score, known.attributes, known.parts = finding.score, finding.attributes, finding.parts
        known.places.append(place)
    for known in groups.values():
        settle(known)
    return groups


def settle(known: Group) -> None:
    """Keep the open places of a group, or, when all are suppressed, mark the group so."""
    open_places = [p for p in known.places if not p.finding.suppressed]
    if open_places:
        known.places = open_places
    elif known.places:
        known.suppressed = known.places[0].finding.suppressed
