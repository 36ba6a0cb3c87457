"""Attribution: which commit brought a secret in, which took it out, and who still holds it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby, islice
from typing import Final, Generic, TypeVar

from secretscan.model.report import Exposure, Moment
from secretscan.sources.git.head import read_head, short_name
from secretscan.sources.git.inspect import CommitFacts, commit_facts
from secretscan.sources.git.passage import Passage
from secretscan.sources.git.presence import MESSAGE, Gain
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.walk import HistoryWalk

Key = TypeVar("Key", bound=Hashable)

MAX_REFS: Final = 100
"""Refs named per secret; in an old project thousands of tags may hold it."""
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class HistoryPlace:
    """One place where a secret came to stand, or stands in HEAD."""

    oid: str
    """Hexadecimal id of the object that holds it there: a blob, or the commit or tag with the message."""
    path: bytes
    """Empty for messages and for blobs that no walked commit names."""
    commit: str
    """Id of the commit that put it there; empty when unknown."""
    in_head: bool = False
    """HEAD holds this very version at this path."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the history says of one secret."""

    places: tuple[HistoryPlace, ...]
    """Those in HEAD first, then the introductions, oldest first. At least one."""
    exposure: Exposure
    adds: bool = True
    """False when a range only carried along what its base held already."""


@dataclass(frozen=True, slots=True)
class Attributions(Generic[Key]):
    """Attribution per secret, and author and date of every commit named in one."""

    by_key: Mapping[Key, Attribution]
    commits: Mapping[str, CommitFacts] = field(default_factory=dict)


def attribute(repo: Repository, walk: HistoryWalk, found: Mapping[Key, Collection[str]]) -> Attributions[Key]:
    """Return what the history says of each secret in `found`, given the ids of all objects that hold it.

    Needs the ids of every version with the secret: a version that is left out looks like a removal.
    """
    keys = list(found)
    work = _Work(repo, walk, [found[key] for key in keys])
    facts = commit_facts(repo, sorted(work.named_commits()))
    return Attributions({key: work.attribution(n, facts) for n, key in enumerate(keys)}, facts)


class _Work:
    """One attribution: secrets are numbered from 0, in the order of the caller's keys."""

    def __init__(self, repo: Repository, walk: HistoryWalk, found: Sequence[Collection[str]]) -> None:
        self._walk = walk
        self._found = [sorted(oids) for oids in found]
        self._paths = list(walk.changes.path_numbers)
        self._blobs = list(walk.changes.blob_numbers)
        self._tags = walk.refs.tag_objects
        self._latest = max(walk.graph.times, default=0)
        self._head = read_head(repo)
        self._direct: dict[str, list[bytes]] = {}
        """Refs by the tag objects and blobs that they lead to without a commit's help."""
        for ref in walk.refs.all:
            for oid in (*ref.tags, *((ref.target,) if ref.kind == "blob" else ())):
                self._direct.setdefault(oid, []).append(ref.name)
        self._passage = Passage(repo, walk, self._found, self._head)

    def named_commits(self) -> set[str]:
        """Return the ids of the commits whose author and date are needed."""
        every = range(len(self._found))
        named = {gain.commit for secret in every for gain in self._passage.gains(secret)}
        named |= {commit for secret in every if (commit := self._passage.removed(secret)) is not None}
        ids = {self._commit_id(commit) for commit in named}
        tagged = {self._tags[oid] for oids in self._found for oid in oids if oid in self._tags}
        return ids | {oid for oid in tagged if oid.encode() in self._walk.graph.numbers}

    def attribution(self, secret: int, facts: Mapping[str, CommitFacts]) -> Attribution:
        """Return what is known of one secret."""
        # of one commit in the order of their paths: the walk's numbers depend on what it remembered
        gains = sorted(self._passage.gains(secret), key=lambda gain: (-gain.commit, self._paths[gain.path]))
        oids = self._found[secret]
        places = self._head_places(oids, gains)
        known = {(place.oid, place.path, place.commit) for place in places}
        came = [*map(self._place, gains), *self._tag_places(oids)]
        places += [place for place in came if (place.oid, place.path, place.commit) not in known]
        in_head = any(place.in_head for place in places) or self._passage.is_in_message(oids)
        first = gains[0].commit if gains else self._tagged(oids)
        last = None if in_head else self._passage.removed(secret)
        exposure = Exposure(
            introduced=self._moment(first, facts),
            removed=self._moment(last, facts),
            in_head=in_head,
            days=self._days(first, last),
            refs=self._refs(secret, oids),
        )
        # no commit gains what stands in a tag's message, or in a blob that was itself asked for
        adds = self._walk.changes.olds is None or bool(gains) or any(oid in self._direct for oid in oids)
        if not places:
            places = [HistoryPlace(oid, b"", "") for oid in oids]
        return Attribution(tuple(dict.fromkeys(places)), exposure, adds)

    def _head_places(self, oids: Sequence[str], gains: Sequence[Gain]) -> list[HistoryPlace]:
        """Return the places in HEAD, each with the commit that brought the secret to that path, as blame would."""
        brought = {
            self._paths[gain.path]: self._commit_id(gain.commit) for gain in gains if gain.path != MESSAGE
        }
        first = next(iter(brought.values()), "")
        return [
            HistoryPlace(oid, path, brought.get(path, first), in_head=True)
            for oid in oids
            for path in self._head.paths.get(oid.encode(), ())
        ]

    def _place(self, gain: Gain) -> HistoryPlace:
        commit = self._commit_id(gain.commit)
        if gain.path == MESSAGE:
            return HistoryPlace(commit, b"", commit)
        return HistoryPlace(self._blobs[gain.blob].decode(), self._paths[gain.path], commit)

    def _tag_places(self, oids: Sequence[str]) -> list[HistoryPlace]:
        return [HistoryPlace(oid, b"", self._tags[oid]) for oid in oids if oid in self._tags]

    def _tagged(self, oids: Sequence[str]) -> int | None:
        """Return the earliest of the commits whose tags hold the secret in their message."""
        numbers = self._walk.graph.numbers
        targets = (self._tags[oid].encode() for oid in oids if oid in self._tags)
        return max((numbers[target] for target in targets if target in numbers), default=None)

    def _refs(self, secret: int, oids: Sequence[str]) -> tuple[str, ...]:
        groups = list(self._passage.refs(secret))
        direct = sorted({name for oid in oids for name in self._direct.get(oid, ())})
        count = len(direct) + sum(map(len, groups))
        names = [name for name, _ in groupby(islice(merge(direct, *groups), MAX_REFS + 1))]
        shown = [short_name(name) for name in names[:MAX_REFS]]
        if count > MAX_REFS:
            shown.append(f"… {count - len(shown):,} more")
        return tuple(shown)

    def _moment(self, commit: int | None, facts: Mapping[str, CommitFacts]) -> Moment | None:
        if commit is None:
            return None
        oid = self._commit_id(commit)
        known = facts.get(oid, CommitFacts())
        return Moment(oid, known.date, known.author)

    def _days(self, first: int | None, last: int | None) -> int:
        """Return whole days by the commits' times, which unlike author dates survive a rebase in order."""
        times = self._walk.graph.times
        if first is None:
            return 0
        end = self._latest if last is None else times[last]
        return max(0, (end - times[first]) // _DAY)

    def _commit_id(self, commit: int) -> str:
        return self._walk.graph.ids[commit].decode()
