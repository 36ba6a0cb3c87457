"""`Passage`: the way of all secrets through a walk: when each came and went, and which refs hold it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from secretscan.sources.git.head import Head, relevant_changes
from secretscan.sources.git.mergelookup import MergeLookup
from secretscan.sources.git.presence import Gain, Presence
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.walk import HistoryWalk


class Passage:
    """When each secret came, when it went, and which refs hold it. Secrets are numbered from 0."""

    def __init__(
        self, repo: Repository, walk: HistoryWalk, found: Sequence[Collection[str]], head: Head
    ) -> None:
        """Take the ids of the objects that hold each secret."""
        self._walk = walk
        numbers = walk.graph.numbers
        self.tips = {
            r.name: numbers[r.target.encode()] for r in walk.refs.all if r.target.encode() in numbers
        }
        """Commit number by ref."""
        head_number = numbers.get(head.commit)
        self.line = walk.graph.ancestors([head_number] if head_number is not None else self._newest())
        """One byte per commit: 1 for HEAD and what it descends from."""
        changes = walk.changes
        with MergeLookup(repo.git, list(changes.path_numbers), changes.blob_numbers) as lookup:
            self._presence = self._follow(found, lookup)
        self._refs = self._refs_by_secret()

    def gains(self, secret: int) -> Sequence[Gain]:
        """Return where a secret came in, oldest first."""
        return self._presence.gains.get(secret, ())

    def removed(self, secret: int) -> int | None:
        """Return the number of the last commit that took a secret out of HEAD's line."""
        return self._presence.removed.get(secret)

    def refs(self, secret: int) -> list[list[bytes]]:
        """Return the refs that hold a secret, in a file or in the message of a commit behind them.

        In sorted groups without overlap, shared between secrets: thousands of refs may hold hundreds of them.
        """
        return self._refs.get(secret, [])

    def is_in_message(self, oids: Collection[str]) -> bool:
        """Whether the message of a commit in HEAD's line is among the objects that hold a secret."""
        numbers = self._walk.graph.numbers
        return any(self.line[numbers[oid.encode()]] for oid in oids if oid.encode() in numbers)

    def _follow(self, found: Sequence[Collection[str]], lookup: MergeLookup) -> Presence:
        holders: dict[int, list[int]] = {}
        messages: dict[int, list[int]] = {}
        for secret, oids in enumerate(found):
            for oid in oids:
                blob = self._walk.changes.blob_numbers.get(oid.encode())
                commit = self._walk.graph.numbers.get(oid.encode())
                if blob is not None:
                    holders.setdefault(blob, []).append(secret)
                elif commit is not None:
                    messages.setdefault(commit, []).append(secret)
        changes, priors = relevant_changes(self._walk.changes, holders)
        presence = Presence(self._walk.graph, holders, messages, changes, priors)
        presence.run(self.line, self.tips.values(), lookup)
        return presence

    def _refs_by_secret(self) -> dict[int, list[list[bytes]]]:
        groups: dict[int, list[bytes]] = {}
        for name in sorted(self.tips):
            groups.setdefault(self._presence.at[self.tips[name]], []).append(name)
        found: dict[int, list[list[bytes]]] = {}
        for state, names in groups.items():
            for secret in self._presence.secrets_in(state):
                found.setdefault(secret, []).append(names)
        return found

    def _newest(self) -> list[int]:
        """Return the commits without children, which stand for HEAD where the walk did not include it."""
        graph = self._walk.graph
        inner = {parent for commit in range(len(graph)) for parent in graph.parents(commit)}
        return [commit for commit in range(len(graph)) if commit not in inner]
