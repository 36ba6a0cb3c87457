"""Incremental audits: what an earlier audit of the same repository scanned is not scanned again.

An object counts as known when it was scanned to its end under the same rules (`auditkey`), as the same kind of text
and under the same path. What was seen in known objects comes back by a look at one of them, the witness, which
still has the secret. Where that look does not show it, all objects that held the secret are scanned again.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan.engine.program import Program
from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject
from secretscan.model.span import Span
from secretscan.pipeline.auditfile import MARK_BYTES, NOWHERE, AuditFile, SavedGroup, read_audit, write_audit
from secretscan.pipeline.auditkey import audit_key
from secretscan.pipeline.auditplace import FOLDER
from secretscan.pipeline.lookmemory import LookMemory
from secretscan.pipeline.looks import Looks
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.shardresult import ShardResult
from secretscan.pipeline.sightings import Seen, Sightings
from secretscan.pipeline.walkmemory import WalkMemory
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.table import ObjectTable

SMALL_BYTES: Final = 4 * 1024 * 1024
"""Up to this much in all, finding out what is known costs more than the scan."""


@dataclass(slots=True)
class Recalled:
    """What is known of the objects of a walk, and what is left to scan."""

    rest: ObjectTable
    sightings: Sightings = field(default_factory=Sightings)
    objects: int = 0
    """Number of known objects."""
    size: int = 0
    """Bytes of their text."""


def open_cache(
    repository: Repository, settings: ScanSettings, program: Program, objects: ObjectTable, *, is_all: bool
) -> AuditCache | None:
    """Return what is remembered for an audit of `objects`; None where there is no cache or it would not pay.

    `is_all` says that the walk went everywhere: what it did not meet may be forgotten.
    """
    if settings.cache_dir is None or not settings.remembers or objects.total_bytes <= SMALL_BYTES:
        return None
    key = audit_key(repository, settings, program)
    path = settings.cache_dir / FOLDER / f"{key}.audit"
    if not _pays(path, objects):
        return None
    return AuditCache(path, key, objects, is_all=is_all)


def walk_memory(repository: Repository, settings: ScanSettings) -> WalkMemory | None:
    """Return what is remembered of the commits of a repository; None without a cache."""
    if settings.cache_dir is None or not settings.remembers:
        return None
    return WalkMemory(repository, settings.cache_dir / FOLDER)


def _pays(path: Path, objects: ObjectTable) -> bool:
    """Whether reading all that is known is quicker than the scan; not for a few commits of a long history."""
    try:
        return path.stat().st_size < objects.total_bytes
    except OSError:
        return True


class AuditCache:
    """The memory of one audit, from the look at what is known to the saving of what has been added."""

    def __init__(self, path: Path, key: str, objects: ObjectTable, *, is_all: bool) -> None:
        """Read the file at `path`, if it is one of `key` and can be trusted."""
        self._path, self._key, self._is_all = path, key, is_all
        self._objects = objects
        self._saved = read_audit(path, key) or AuditFile()
        salt = self._saved.salt

        def mark(code: int, place: bytes) -> bytes:
            return blake2b(bytes([code]) + place, key=salt, digest_size=MARK_BYTES).digest()

        self._entries = objects.marked_ids(mark)
        self._seen_before = {number for group in self._saved.groups for number in group.members}
        """Numbers of the saved objects in which something was seen."""
        self._complete: dict[bytes, int] = {}
        """Bytes of text by entry: known or scanned now, and everything seen in it among the sightings."""
        self._by_id: dict[bytes, bytes] = {}
        self._is_new = False

    def recall(self, looks: Looks) -> Recalled:
        """Return what is known of the objects; secrets are taken from their witnesses by `looks`."""
        sizes = self._saved.entries
        if not sizes:
            return Recalled(self._objects)
        rows = self._rows_of_sighted()
        found = Sightings()
        again = set(self._recover(rows, looks, found))
        get = sizes.get
        known = [get(entry) for entry in self._entries]
        rest = [n for n, size in enumerate(known) if size is None or n in again]
        for n in again:
            known[n] = None
        self._complete = {e: s for e, s in zip(self._entries, known, strict=True) if s is not None}
        return Recalled(self._objects.pick(rest), found, len(self._complete), sum(self._complete.values()))

    def looks(self) -> LookMemory:
        """Return what looks at single objects have shown under the same key."""
        return LookMemory(self._path.with_suffix(".looks"), self._key)

    def note(self, part: ShardResult) -> None:
        """Remember the objects of a batch that were scanned to their end."""
        if not part.sizes:
            return
        if not self._by_id:
            self._by_id = {entry[:-MARK_BYTES]: entry for entry in self._entries}
        ids, width = bytes(part.complete), len(part.complete) // len(part.sizes)
        for n, size in enumerate(part.sizes):
            self._complete[self._by_id[ids[n * width : (n + 1) * width]]] = size
        self._is_new = True

    def save(self, sightings: Sightings) -> None:
        """Write what is known now, if anything was added. That it cannot be written is no error."""
        if not self._is_new:
            return
        entries = dict(self._complete)
        if not (self._is_all and len(self._saved.entries) > 2 * len(self._entries)):
            # of what this walk did not meet, only that which held nothing can be kept: it needs no group
            here = set(self._entries)
            for number, (entry, size) in enumerate(self._saved.entries.items()):
                if number not in self._seen_before and entry not in here:
                    entries[entry] = size
        audit = AuditFile(self._saved.salt, entries, list(self._groups(sightings)))
        with suppress(OSError):
            write_audit(self._path, audit, self._key)

    def _groups(self, sightings: Sightings) -> Iterator[SavedGroup]:
        """Yield the sightings in terms of the numbers of the objects known; those in other objects are left out."""
        numbers: dict[str, int] = {}
        sighted = {bytes.fromhex(oid): oid for oid in sightings.origins}
        for number, entry in enumerate(self._complete):
            oid = sighted.get(entry[:-MARK_BYTES])
            if oid is not None:
                numbers[oid] = number
        for (rule_id, _), seen in sightings.seen.items():
            held = {numbers[oid]: state for oid, state in seen.oids.items() if oid in numbers}
            if not held:
                continue
            oid, span = seen.witness or ("", Span(0, 0))
            witness = numbers.get(oid, NOWHERE)
            yield SavedGroup(rule_id, witness, span.start, span.end, array("I", held), tuple(held.values()))

    def _rows_of_sighted(self) -> dict[int, int]:
        """Return the row, in the table, of each saved object in which something was seen."""
        saved = list(self._saved.entries)
        numbers = {saved[number]: number for number in self._seen_before}
        return {numbers[entry]: row for row, entry in enumerate(self._entries) if entry in numbers}

    def _recover(self, rows: Mapping[int, int], looks: Looks, found: Sightings) -> Iterable[int]:
        """Put into `found` what the saved groups say; yield the rows of the objects to be scanned again."""
        origins = {number: self._origin(row) for number, row in rows.items()}
        groups = [(group, _held(group, origins)) for group in self._saved.groups]
        groups = [(group, held) for group, held in groups if held]
        wanted = {origins[group.witness] for group, _ in groups if group.witness in origins}
        looks.look((origin, origin.path) for origin in wanted)
        shown = {origin.oid: _by_place(looks.findings(origin, origin.path)) for origin in wanted}
        for group, held in groups:
            witness = origins.get(group.witness)
            finding = shown[witness.oid].get((group.rule_id, group.start, group.end)) if witness else None
            if finding is None or witness is None:
                yield from (rows[number] for number in held)
                continue
            oids = {origins[number].oid: state for number, state in held.items()}
            part = Sightings()
            part.origins = {origins[number].oid: origins[number] for number in held}
            part.seen[finding.rule_id, finding.secret] = Seen(
                finding.score, finding.attributes, finding.parts, oids, (witness.oid, finding.span)
            )
            found.merge(part)

    def _origin(self, row: int) -> HistoryObject:
        seen = self._objects[row]
        return HistoryObject(seen.oid, seen.where, seen.path)


def _held(group: SavedGroup, origins: Mapping[int, HistoryObject]) -> dict[int, str]:
    """Return the objects of a group that the walk met, by number, each with its state."""
    return {n: state for n, state in zip(group.members, group.states, strict=True) if n in origins}


def _by_place(findings: Sequence[Finding]) -> dict[tuple[str, int, int], Finding | None]:
    """Return the findings of an object by rule and place; None where two secrets share one (encoded ones can)."""
    found: dict[tuple[str, int, int], Finding | None] = {}
    for finding in findings:
        place = (finding.rule_id, finding.span.start, finding.span.end)
        found[place] = None if place in found else finding
    return found
