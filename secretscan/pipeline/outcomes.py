"""The outcome of an audit, kept for the next one: where nothing has changed since, there is nothing to walk.

What is kept says which looks at which objects (`looks`) showed each secret, which commits brought it in and took it
out, and its fingerprint, which is made to be published. The secret itself is read from the repository again; where
that is not possible, there is no outcome.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from secretscan.model.blob import Skipped
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject, Where
from secretscan.model.report import Exposure, Moment, ScanStats
from secretscan.pipeline.groups import Group, Place
from secretscan.pipeline.looks import Looks, View
from secretscan.pipeline.sightings import Key, Sightings
from secretscan.privatefile import read_private, write_private

_MAGIC: Final = b"secretscan-outcome-1\n"

Row = dict[str, Any]
"""A group as JSON has it."""
Shown = tuple[str, str, str, str, int]
"""A finding as JSON has it: id, kind and path of an object as it was scanned, the path it was looked at under, and
which of the findings of that look it is."""


class NotShown(Exception):
    """A finding is none of those that a look shows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an audit found, before anything is silenced or redacted."""

    commits: int
    blobs: int
    size: int
    """Bytes of them."""
    skipped: tuple[Skipped, ...]
    groups: dict[Key, Group]
    fingerprints: dict[Key, str]
    """Of those groups that were shown."""


class OutcomeFile:
    """The outcome of the last audit of a repository, under a key that stands for everything it depends on."""

    def __init__(self, path: Path, key: str) -> None:
        """Read nothing yet."""
        self._path, self._key = path, key

    def recall(self, looks: Looks) -> Outcome | None:
        """Return the outcome, shown by `looks`; None where there is none under this key, or not all of it is shown."""
        payload = read_private(self._path, _MAGIC)
        with suppress(ValueError, LookupError, TypeError, NotShown):  # also: written by another program
            saved = {} if payload is None else json.loads(bytes(payload))
            if saved.get("key") == self._key:
                return _outcome(saved, looks)
        return None

    def keep(self, stats: ScanStats, groups: Mapping[Key, Group], rows: Mapping[Key, Row]) -> None:
        """Write the outcome of an audit instead. That it cannot be written is no error."""
        document = {
            "key": self._key,
            "counts": (stats.commits, stats.blobs, stats.bytes),
            "skipped": [(skipped.what, skipped.why) for skipped in stats.skipped],
            "groups": [{**rows[key], "fingerprint": known.fingerprint} for key, known in groups.items()],
        }
        with suppress(OSError):
            write_private(self._path, _MAGIC, json.dumps(document, separators=(",", ":")).encode())


def group_rows(groups: Mapping[Key, Group], sightings: Sightings, looks: Looks) -> dict[Key, Row] | None:
    """Return the groups made of `sightings` as rows without fingerprints; None where looks do not show all of one."""
    seen = sightings.seen
    witnesses = {key: sightings.origins[known[0]] for key in groups if (known := seen[key].witness)}
    looks.look((origin, origin.path) for key, origin in witnesses.items() if not _is_in_places(groups[key]))
    try:
        return {key: _row(key, known, witnesses[key], sightings, looks) for key, known in groups.items()}
    except (KeyError, NotShown):
        return None


def _is_in_places(known: Group) -> bool:
    return any(_tells(place.finding, known) for place in known.places)


def _tells(finding: Finding, known: Group) -> bool:
    """Whether all that is said of a group is said by this finding."""
    return (finding.score, finding.attributes, finding.parts) == (known.score, known.attributes, known.parts)


def _row(key: Key, known: Group, witness: HistoryObject, sightings: Sightings, looks: Looks) -> Row:
    places, source = [], None
    for place in known.places:
        here = place.provenance
        assert isinstance(here, HistoryObject)  # noqa: S101 - places of a history are in its objects
        shown = _shown(place.finding, sightings.origins[here.oid], here.path, looks)
        source = source or (shown if _tells(place.finding, known) else None)
        who = (place.commit, place.author, place.email, place.date, place.is_current)
        places.append((shown, here.path.decode("latin-1"), *who))
    if source is None:
        told = (f for f in looks.findings(witness, witness.path) if (f.rule_id, f.secret) == key)
        finding = next((finding for finding in told if _tells(finding, known)), None)
        if finding is None:
            raise NotShown
        source = _shown(finding, witness, witness.path, looks)
    exposure = None if known.exposure is None else asdict(known.exposure)
    return {"source": source, "exposure": exposure, "suppressed": known.suppressed, "places": places}


def _shown(finding: Finding, origin: HistoryObject, path: bytes, looks: Looks) -> Shown:
    """Return which look at an object shows a finding: the one under `path`, or under that of the first pass."""
    for under in (path, origin.path):
        for number, one in enumerate(looks.findings(origin, under)):
            if one is finding:
                as_scanned = origin.path.decode("latin-1")
                return origin.oid, origin.where.value, as_scanned, under.decode("latin-1"), number
    raise NotShown


def _outcome(saved: Mapping[str, Any], looks: Looks) -> Outcome:
    rows = saved["groups"]
    named = [row["source"] for row in rows] + [place[0] for row in rows for place in row["places"]]
    looks.look({_view(shown) for shown in named})
    groups: dict[Key, Group] = {}
    fingerprints: dict[Key, str] = {}
    for row in rows:
        source = _finding(row["source"], looks)
        key = source.rule_id, source.secret
        groups[key] = Group(
            source.score,
            source.attributes,
            source.parts,
            [_place(key, place, looks) for place in row["places"]],
            _exposure(row["exposure"]),
            row["suppressed"],
        )
        if row["fingerprint"]:
            fingerprints[key] = row["fingerprint"]
    if len(groups) != len(rows):
        raise NotShown
    skipped = tuple(Skipped(what, why, by_design=True) for what, why in saved["skipped"])
    commits, blobs, size = saved["counts"]
    return Outcome(commits, blobs, size, skipped, groups, fingerprints)


def _view(shown: Shown) -> View:
    oid, where, as_scanned, path, _ = shown
    return HistoryObject(oid, Where(where), as_scanned.encode("latin-1")), path.encode("latin-1")


def _finding(shown: Shown, looks: Looks) -> Finding:
    """Return the finding that a look shows. Raises NotShown."""
    findings, number = looks.findings(*_view(shown)), shown[-1]
    if not 0 <= number < len(findings):
        raise NotShown
    return findings[number]


def _place(key: Key, saved: Any, looks: Looks) -> Place:  # noqa: ANN401 - as JSON has it
    shown, path, commit, author, email, date, is_current = saved
    finding = _finding(shown, looks)
    if (finding.rule_id, finding.secret) != key:
        raise NotShown
    here = HistoryObject(shown[0], Where(shown[1]), path.encode("latin-1"))
    return Place(finding, here, commit, author, email, date, is_current)


def _exposure(saved: Mapping[str, Any] | None) -> Exposure | None:
    if saved is None:
        return None
    moments = [None if saved[name] is None else Moment(**saved[name]) for name in ("introduced", "removed")]
    return Exposure(moments[0], moments[1], saved["in_head"], saved["days"], tuple(saved["refs"]))
