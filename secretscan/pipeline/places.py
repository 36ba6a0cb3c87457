"""From sightings to places: which versions of a secret are worth showing, looked at once more.

The first pass kept object ids only. The history then says where and when each secret came to stand; the few
objects that this names are read and scanned again, for lines, columns and snippets.
"""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob, Skipped
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject, Where
from secretscan.pipeline.groups import Group, Place, settle
from secretscan.pipeline.sightings import Key, Seen, Sightings
from secretscan.sources.git.attribution import Attribution, HistoryPlace, attribute
from secretscan.sources.git.inspect import CommitFacts
from secretscan.sources.git.objects import ObjectReader
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import HistoryRow
from secretscan.sources.git.walk import HistoryWalk

_View = tuple[str, bytes]
"""An object id and the path it is looked at under: the path decides which rules apply."""


def history_groups(
    sightings: Sightings, walk: HistoryWalk, repository: Repository, reader: ObjectReader, scanner: Scanner
) -> dict[Key, Group]:
    """Return a group with places and exposure for each secret that was seen."""
    if not sightings.seen:
        return {}
    found = {key: tuple(seen.oids) for key, seen in sightings.seen.items()}
    history = attribute(repository, walk, found)
    told = {key: a for key, a in history.by_key.items() if a.adds}
    views = _Views(sightings, reader, scanner)
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
    """Objects looked at again, and what was found in them."""

    def __init__(self, sightings: Sightings, reader: ObjectReader, scanner: Scanner) -> None:
        self.sightings = sightings
        self.reader = reader
        self.scanner = scanner
        self._found: dict[_View, dict[Key, list[Finding]]] = {}

    def look(self, wanted: set[_View]) -> None:
        """Read and scan the objects of `wanted`, each object once whatever the number of its paths."""
        paths: dict[str, list[bytes]] = {}
        for oid, path in sorted(wanted):
            paths.setdefault(oid, []).append(path)
        rows = [HistoryRow(oid, self.where(oid), b"", 0) for oid in paths]
        for item in self.reader.read(rows):
            if isinstance(item, Skipped):
                continue  # stated by the first pass
            for path in paths[item.oid]:
                self._found[item.oid, path] = self._scan(item.oid, path, item.data)

    def where(self, oid: str) -> Where:
        """Return what kind of text the object is."""
        return self.sightings.origins[oid].where

    def places(self, key: Key, place: HistoryPlace, facts: CommitFacts) -> list[Place]:
        """Return the findings of `key` at one place of the history."""
        found = self._found.get((place.oid, place.path), {}).get(key, [])
        return [
            Place(
                finding,
                HistoryObject(place.oid, self.where(place.oid), place.path),
                place.commit,
                facts.author,
                facts.email,
                facts.date,
                place.in_head,
            )
            for finding in found
        ]

    def _scan(self, oid: str, path: bytes, data: bytes) -> dict[Key, list[Finding]]:
        """Findings by key. What only the path of the first pass showed is taken from a look under that path."""
        origin = self.sightings.origins[oid]
        found: dict[Key, list[Finding]] = {}
        for seen_as in dict.fromkeys((path, origin.path)):
            blob = Blob(data, HistoryObject(oid, origin.where, seen_as))
            for finding in self.scanner.scan(blob).findings:
                key = (finding.rule_id, finding.secret)
                if seen_as == path or key not in found:
                    found.setdefault(key, []).append(finding)
        return found
