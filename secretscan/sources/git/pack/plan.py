"""The order of reading: which entries are needed, base before delta, cut into shards of like weight.

A shard is a list of steps. Each step makes one object, from its data in the pack alone or from those and the
object of an earlier step. Families (a base with all that descends from it) are never torn apart.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from secretscan.sources.git.pack.forest import LOOSE, NO_NODE, Forest, locate
from secretscan.sources.git.pack.store import ObjectStore

PER_OBJECT_BYTES = 16_000
"""What one object costs apart from its bytes, as bytes; only balances the shards."""


def _column() -> array[int]:
    return array("q")


@dataclass(frozen=True, slots=True)
class Shard:
    """Steps for one worker, as parallel columns; numbers and names, so it can be pickled."""

    packs: tuple[Path, ...]
    oid_bytes: int
    loose: list[Path] = field(default_factory=list)
    pack: array[int] = field(default_factory=_column)
    """Number of the pack, or `LOOSE`."""
    start: array[int] = field(default_factory=_column)
    """Where the entry starts in the pack."""
    end: array[int] = field(default_factory=_column)
    """An offset at or after its last byte."""
    crc: array[int] = field(default_factory=_column)
    """CRC-32 of the entry, -1 where none is known."""
    parent: array[int] = field(default_factory=_column)
    """The step that makes the base, -1 for none."""
    uses: array[int] = field(default_factory=_column)
    """How many later steps build on this one."""
    wanted: array[int] = field(default_factory=_column)
    """Number of the object in the list asked for, -1 for one that only serves as a base."""

    def __len__(self) -> int:
        return len(self.pack)


@dataclass(frozen=True, slots=True)
class Plan:
    """All shards, and the objects that no shard can make."""

    shards: tuple[Shard, ...]
    missing: tuple[int, ...]
    """Numbers of objects asked for that are neither packed nor loose."""
    broken: tuple[int, ...]
    """Numbers of objects whose chain of bases leads nowhere, or in a circle."""


def make_plan(store: ObjectStore, oids: Sequence[bytes], *, shards: int = 1) -> Plan:
    """Return how to read the objects `oids` (binary ids, each once) in at most about `shards` parts."""
    forest = Forest(store)
    forest.read_headers(len(oids))
    missing = []
    for number, node in enumerate(locate(store, forest, oids)):
        if node == NO_NODE:
            missing.append(number)
        else:
            forest.want(node, number)
    children, roots = forest.link()
    families = [_family(root, children) if root in children else [(root, -1, 0)] for root in sorted(roots)]
    reached = {
        number for steps in families for node, _, _ in steps if (number := forest.wanted.get(node, -1)) >= 0
    }
    broken = tuple(sorted(set(forest.wanted.values()) - reached))
    return Plan(tuple(_cut(store, forest, families, shards)), tuple(missing), broken)


def _family(root: int, children: dict[int, list[int]]) -> list[tuple[int, int, int]]:
    """Return (node, place of its base in this list or -1, number of children), bases first, depth first.

    The largest branch comes last, so that a base can be dropped before the longest descent.
    """
    size = _branch_sizes(root, children)
    steps: list[tuple[int, int, int]] = []
    stack = [(root, -1)]
    while stack:
        node, parent = stack.pop()
        below = children.get(node, ())
        if len(below) > 1:
            below = sorted(below, key=lambda child: (size[child], child), reverse=True)
        place = len(steps)
        steps.append((node, parent, len(below)))
        for child in below:
            stack.append((child, place))
    return steps


def _branch_sizes(root: int, children: dict[int, list[int]]) -> dict[int, int]:
    """Return how many nodes each branch under `root` has."""
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(children.get(node, ()))
    size: dict[int, int] = {}
    for node in reversed(order):
        size[node] = 1 + sum(size[child] for child in children.get(node, ()))
    return size


def _cut(
    store: ObjectStore, forest: Forest, families: list[list[tuple[int, int, int]]], shards: int
) -> Iterator[Shard]:
    """Yield shards of consecutive families, each of about the same weight."""
    weights = []
    for steps in families:
        weights.append(len(steps) * (min(forest.size(steps[0][0]), 1 << 30) + PER_OBJECT_BYTES))
    for first, last in cuts(weights, shards):
        yield _shard(store, forest, families[first:last])


def cuts(weights: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Return about `count` ranges of families with these weights, consecutive and of about the same weight."""
    share = sum(weights) / max(count, 1)
    found = []
    first, filled = 0, 0
    for number, weight in enumerate(weights):
        if number > first and filled + weight / 2 > share:
            found.append((first, number))
            first, filled = number, 0
        filled += weight
    if first < len(weights):
        found.append((first, len(weights)))
    return found


def _shard(store: ObjectStore, forest: Forest, families: list[list[tuple[int, int, int]]]) -> Shard:
    """Return the steps of `families`."""
    shard, wanted = Shard(tuple(pack.path for pack in store.packs), store.oid_bytes), forest.wanted
    before = 0
    for steps in families:
        shard.parent.extend([parent + before if parent >= 0 else -1 for _, parent, _ in steps])
        before += len(steps)
    nodes = [node for steps in families for node, _, _ in steps]
    shard.uses.extend([uses for steps in families for _, _, uses in steps])
    shard.wanted.extend([wanted.get(node, -1) for node in nodes])
    at = 0
    while at < len(nodes):
        number, low, high = forest.pack_around(nodes[at])
        end = at
        while end < len(nodes) and low <= nodes[end] < high:
            end += 1
        _add(store, forest, shard, number, [node - low for node in nodes[at:end]])
        at = end
    return shard


def _add(store: ObjectStore, forest: Forest, shard: Shard, number: int, entries: list[int]) -> None:
    """Append where `entries` of one pack lie."""
    shard.pack.extend([number] * len(entries))
    if number == LOOSE:
        shard.start.extend(range(len(shard.loose), len(shard.loose) + len(entries)))
        shard.end.extend([0] * len(entries))
        shard.crc.extend([-1] * len(entries))
        shard.loose.extend([forest.loose[entry] for entry in entries])
        return
    pack = store.packs[number]
    crcs, offsets, rows, last = pack.index.crcs, pack.offsets, pack.rows, len(pack.offsets) - 1
    shard.start.extend([offsets[entry] for entry in entries])
    shard.end.extend([offsets[entry + 1] if entry < last else len(pack.view) for entry in entries])
    shard.crc.extend([-1] * len(entries) if crcs is None else [crcs[rows[entry]] for entry in entries])
