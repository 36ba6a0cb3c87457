"""From sightings to places: which versions of a secret are worth showing, looked at once more.

The first pass kept object ids only. The history then says where and when each secret came to stand; the few
objects that this names are read and scanned again, for lines, columns and snippets.
"""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject
from secretscan.pipeline.groups import Group, Place, settle
from secretscan.pipeline.looks import Looks
from secretscan.pipeline.sightings import Key, Seen, Sightings
from secretscan.sources.git.attribution import Attribution, HistoryPlace, attribute
from secretscan.sources.git.inspect import CommitFacts
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.walk import HistoryWalk


def history_groups(
    sightings: Sightings, walk: HistoryWalk, repository: Repository, looks: Looks
) -> dict[Key, Group]:
    """Return a group with places and exposure for each secret that was seen."""
    if not sightings.seen:
        return {}
    found = {key: tuple(seen.oids) for key, seen in sightings.seen.items()}
    history = attribute(repository, walk, found)
    told = {key: a for key, a in history.by_key.items() if a.adds}
    views = _Views(sightings, looks)
    views.look({(p.oid, p.path) for a in told.values() for p in a.places})
    groups: dict[Key, Group] = {}
    for key, attribution in told.items():
        known = _group(key, sightings.seen[key], attribution, history.commits, views)
        if known.places:
            groups[key] = known
    return groups


def _group(
    key: Key, seen: Seen, attribution: Attribution, commits: Mapping[str, CommitFacts], views: _Views
) -> Group:
    known = Group(seen.score, seen.attributes, seen.parts, exposure=attribution.exposure)
    for place in attribution.places:
        known.places += views.places(key, place, commits.get(place.commit, CommitFacts()))
    settle(known)
    if not known.suppressed and _is_allowed_by_comment(seen, attribution):
        known.suppressed = "allow_comment"
    return known


def _is_allowed_by_comment(seen: Seen, attribution: Attribution) -> bool:
    """Whether somebody has since commented the secret as allowed, wherever HEAD holds it or, gone, it last stood.

    The comment came in a later version than the secret, so that older versions are without it: they count as
    covered, or no comment could ever silence a history.
    """
    current = [p.oid for p in attribution.places if p.in_head]
    oids = current or list(seen.oids)
    states = [seen.oids.get(oid, "") == "allow_comment" for oid in oids]
    return all(states) if current else any(states)


class _Views:
    """The places of a history, looked at."""

    def __init__(self, sightings: Sightings, looks: Looks) -> None:
        self._origins = sightings.origins
        self._looks = looks
        self._by_key: dict[tuple[str, bytes], dict[Key, list[Finding]]] = {}

    def look(self, wanted: set[tuple[str, bytes]]) -> None:
        """Look at the objects of `wanted` under their paths, and under those of the first pass."""
        origins = [(self._origins[oid], path) for oid, path in wanted]
        self._looks.look({(origin, seen_as) for origin, path in origins for seen_as in (path, origin.path)})

    def places(self, key: Key, place: HistoryPlace, facts: CommitFacts) -> list[Place]:
        """Return the findings of `key` at one place of the history."""
        origin = self._origins[place.oid]
        here = HistoryObject(place.oid, origin.where, place.path)
        return [
            Place(finding, here, place.commit, facts.author, facts.email, facts.date, place.in_head)
            for finding in self._findings(key, origin, place.path)
        ]

    def _findings(self, key: Key, origin: HistoryObject, path: bytes) -> list[Finding]:
        """Findings of `key`. What only the path of the first pass showed is taken from a look under that path."""
        return self._under(origin, path).get(key) or self._under(origin, origin.path).get(key, [])[:1]

    def _under(self, origin: HistoryObject, path: bytes) -> dict[Key, list[Finding]]:
        view = (origin.oid, path)
        if view not in self._by_key:
            found = self._by_key[view] = {}
            for finding in self._looks.findings(origin, path):
                found.setdefault((finding.rule_id, finding.secret), []).append(finding)
        return self._by_key[view]
