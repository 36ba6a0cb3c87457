"""Presence: which secrets each commit's tree holds, from the first commit to the last, in one pass.

The state of a commit is one integer with a bit for every (secret, path) that ever was. A commit without a
change to such a path shares the integer of its parent, so a history costs its commits and not its findings.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from secretscan.sources.git.changes import NOTHING
from secretscan.sources.git.graph import CommitGraph
from secretscan.sources.git.mergelookup import MergeLookup

MESSAGE: Final = 0
"""Path number of a secret that stands in a commit's message: held by the commit and all that descend from it."""

MAX_GAINS: Final = 200
"""Gains after which only a secret's last commit is noted: what goes and comes with every commit, in a few small objects,
must not swell a report."""
MANY_GAINS: Final = 100_000
FEW_GAINS: Final = 10
"""Once so many are noted of all secrets together, so few are enough of each."""

Change = tuple[int, int, int]
"""Commit number, path number, blob number."""


class Gain(NamedTuple):
    """A commit that put a secret where it was not before."""

    commit: int
    path: int
    blob: int


class Presence:
    """The passage of secrets (numbered from 0) through the commits of a walk."""

    def __init__(
        self,
        graph: CommitGraph,
        holders: Mapping[int, Sequence[int]],
        messages: Mapping[int, Sequence[int]],
        changes: Iterable[Change],
        priors: Iterable[Change] = (),
    ) -> None:
        """Take the secrets of each blob and of each commit's message, and all changes of the paths concerned.

        `priors` say what a path held before a commit, where the walk did not begin at the beginning.
        """
        self._graph = graph
        self._holders = holders
        self._messages = messages
        self._bits: dict[tuple[int, int], int] = {}
        self._pairs: list[tuple[int, int]] = []
        self._secret_masks: dict[int, int] = {}
        self._path_masks: dict[int, int] = {}
        self._messages_mask = 0
        self._events: dict[int, dict[int, int]] = {}
        self.gains: dict[int, list[Gain]] = {}
        """Per secret, oldest first: of too many those of the first commits and of the very last. A copy or rename of
        content that was there already is none."""
        self._noted = 0
        self._full: dict[int, int] = {}
        """Gains that stay, per secret with so many that only its last commit still counts."""
        self.removed: dict[int, int] = {}
        """Per secret, the last commit that took its last copy out of the line of HEAD."""
        self.at: dict[int, int] = {}
        """State of the commits that were asked for."""
        for commit, path, blob in changes:
            self._events.setdefault(commit, {})[path] = blob
            for secret in holders.get(blob, ()):
                self._number(secret, path)
        self._priors: dict[int, int] = {}
        self._prior_blobs: set[int] = set()
        for commit, path, blob in priors:
            self._prior_blobs.add(blob)
            for secret in holders.get(blob, ()):
                known = self._priors.get(commit, 0)
                self._priors[commit] = known | 1 << self._number(secret, path)
        for secrets in messages.values():
            for secret in secrets:
                self._number(secret, MESSAGE)

    def secrets_in(self, state: int) -> set[int]:
        """Return the secrets that a commit in this state (a value of `at`) holds."""
        return {self._pairs[bit][0] for bit in _bits_of(state)}

    def run(self, line: bytearray, wanted: Iterable[int], lookup: MergeLookup) -> None:
        """Walk from the oldest commit to the newest, and fill `gains`, `removed` and `at`.

        `line` marks the commits in which a removal counts; the states of `wanted` are kept. `lookup` answers
        what a merge holds where its parents disagree.
        """
        graph = self._graph
        keep = set(wanted)
        left = _children(graph)
        states: dict[int, tuple[int, int]] = {}
        seen = set(self._prior_blobs)
        special = self._events.keys() | self._messages.keys() | self._priors.keys()
        for commit in range(len(graph) - 1, -1, -1):
            parents = graph.parents(commit)
            behind = [states[parent] for parent in parents]
            if len(behind) == 1 and commit not in special:
                states[commit] = behind[0]  # most commits change no path that ever held a secret
            else:
                states[commit] = self._state(commit, behind, line, lookup, seen)
            if commit in keep:
                self.at[commit] = states[commit][0]
            for parent in parents:
                left[parent] -= 1
                if not left[parent]:
                    del states[parent]

    def _state(
        self,
        commit: int,
        behind: Sequence[tuple[int, int]],
        line: bytearray,
        lookup: MergeLookup,
        seen: set[int],
    ) -> tuple[int, int]:
        """Return the state of a commit and what it or one behind it ever held; note what it gains and loses."""
        before = ever = self._priors.get(commit, 0)
        for held, once in behind:
            before |= held
            ever |= once
        after = before
        events = self._events.get(commit)
        if len(behind) > 1 and any(held != behind[0][0] for held, _ in behind):
            after = self._merged(commit, behind, events or {}, lookup)
        if events:
            after = self._changed(after, events)
        for secret in self._messages.get(commit, ()):
            after |= 1 << self._bits[secret, MESSAGE]
        if after & ~before:
            self._gain(commit, after & ~before, before, events or {}, seen)
            ever |= after
        if before & ~after and line[commit]:
            self._lose(commit, before & ~after, after, behind)
        return after, ever

    def _number(self, secret: int, path: int) -> int:
        """Return the bit of a secret at a path."""
        if (secret, path) in self._bits:
            return self._bits[secret, path]
        bit = self._bits[secret, path] = len(self._pairs)
        self._pairs.append((secret, path))
        self._secret_masks[secret] = self._secret_masks.get(secret, 0) | 1 << bit
        if path == MESSAGE:
            self._messages_mask |= 1 << bit
        else:
            self._path_masks[path] = self._path_masks.get(path, 0) | 1 << bit
        return bit

    def _changed(self, state: int, events: Mapping[int, int]) -> int:
        for path, blob in events.items():
            state &= ~self._path_masks.get(path, 0)
            state |= _with_bits(self._bits[secret, path] for secret in self._holders.get(blob, ()))
        return state

    def _merged(
        self,
        commit: int,
        behind: Sequence[tuple[int, int]],
        events: Mapping[int, int],
        lookup: MergeLookup,
    ) -> int:
        """Return what a merge holds: as its parents where they agree, what git says where they do not.

        Where git cannot be asked, it is taken for what a three-way merge does: what one side brought in is
        there, what one side took out is not.
        """
        same, some, dropped = behind[0][0], 0, 0
        for held, once in behind:
            same &= held
            some |= held
            dropped |= once & ~held
        open_paths = {self._pairs[bit][1] for bit in _bits_of(some & ~same)} - events.keys()
        result = same | (some & self._messages_mask)
        for path in sorted(open_paths - {MESSAGE}):
            blob = lookup.blob_at(self._graph.ids[commit], path)
            if blob is None:
                result |= some & ~dropped & self._path_masks[path]
            else:
                result = self._changed(result, {path: blob})
        return result

    def _gain(self, commit: int, gained: int, before: int, events: Mapping[int, int], seen: set[int]) -> None:
        room = MAX_GAINS if self._noted < MANY_GAINS else FEW_GAINS
        for bit in _bits_of(gained):
            secret, path = self._pairs[bit]
            blob = events.get(path, NOTHING)
            if path != MESSAGE and blob in seen and before & self._secret_masks[secret]:
                continue
            known = self.gains.setdefault(secret, [])
            if known and known[-1].commit != commit:  # what a commit brings is noted whole, in whatever order
                if len(known) > self._full.get(secret, len(known)):
                    self._noted -= len(known) - self._full[secret]
                    del known[self._full[secret] :]
                elif len(known) >= room:
                    self._full[secret] = len(known)
            known.append(Gain(commit, path, blob))
            self._noted += 1
        seen.update(events.values())

    def _lose(self, commit: int, lost: int, after: int, behind: Sequence[tuple[int, int]]) -> None:
        """Note the secrets of which the last copy went.

        A merge is the one that took it out only if it overruled a parent: where a parent without the secret
        had it once, the commit behind that parent took it out.
        """
        for secret in {self._pairs[bit][0] for bit in _bits_of(lost)}:
            mask = self._secret_masks[secret]
            if after & mask:
                continue
            if all(held & mask or not once & mask for held, once in behind):
                self.removed[secret] = commit


def _with_bits(bits: Iterable[int]) -> int:
    """Return the number in which these bits are set, in time that does not grow with the square of their number."""
    ordered = sorted(bits)
    if not ordered:
        return 0
    made = bytearray(ordered[-1] // 8 + 1)
    for bit in ordered:
        made[bit // 8] |= 1 << bit % 8
    return int.from_bytes(made, "little")


def _bits_of(state: int) -> Iterator[int]:
    while state:
        low = state & -state
        yield low.bit_length() - 1
        state ^= low


def _children(graph: CommitGraph) -> array[int]:
    """Return how often each commit is named as a parent."""
    count = array("I", bytes(4 * len(graph)))
    for commit in range(len(graph)):
        for parent in graph.parents(commit):
            count[parent] += 1
    return count
