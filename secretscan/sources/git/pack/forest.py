"""Where each object lies and what it is a delta of: nodes over all packs and loose files of a store."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path

from secretscan.sources.git.pack.entries import (
    BROKEN,
    OFS_DELTA,
    REF_DELTA,
    Entries,
    pays_numpy,
    read_entries,
    read_header,
)
from secretscan.sources.git.pack.loose import find_loose
from secretscan.sources.git.pack.store import ObjectStore, Pack

LOOSE = -1
"""Stands for the number of a pack where an object lies in a file of its own."""
NO_NODE = -1
"""No such object; as a base: the entry stands alone."""
_LOST = -2
"""The base of an entry whose base is nowhere, or whose header is broken."""
_NAMED = -3
"""The base of an entry, as far as offsets tell, when it is given by its id."""
_SCAN_FACTOR = 16
"""Looking one id up costs about as much as passing over this many rows of the table."""


class Forest:
    """Nodes (entries of all packs, then loose files), each with its base, as far as asked for."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self.first = [0]
        for pack in store.packs:
            self.first.append(self.first[-1] + len(pack.offsets))
        self.loose: list[Path] = []
        self.loose_nodes: dict[str, int] = {}
        self.wanted: dict[int, int] = {}
        self.base: dict[int, int] = {}
        self._headers: dict[int, Entries] = {}
        self._bases: dict[int, array[int]] = {}

    def pack_around(self, node: int) -> tuple[int, int, int]:
        """Return (number of the pack, its first node, the one after its last); `LOOSE` for loose files."""
        if node >= self.first[-1]:
            return LOOSE, self.first[-1], self.first[-1] + len(self.loose)
        number = bisect_left(self.first, node + 1) - 1
        return number, self.first[number], self.first[number + 1]

    def read_headers(self, needed: int) -> None:
        """Read all headers at once where so many objects are `needed` that it is cheaper."""
        for number, pack in enumerate(self.store.packs):
            if pays_numpy(min(needed, len(pack.offsets))):
                from secretscan.sources.git.pack.columns_numpy import base_rows

                headers = read_entries(pack.view, pack.offsets, self.store.oid_bytes)
                self._headers[number] = headers
                self._bases[number] = base_rows(headers, pack.offsets)

    def size(self, node: int) -> int:
        """Return the declared size of an entry, 0 for a loose file."""
        number, first, _ = self.pack_around(node)
        if number == LOOSE:
            return 0
        if number in self._headers:
            return self._headers[number].size[node - first]
        pack = self.store.packs[number]
        return read_header(pack.view, pack.offsets[node - first], self.store.oid_bytes)[1]

    def want(self, node: int, number: int) -> None:
        """Mark `node` and all its bases as needed."""
        self.wanted[node] = number
        while node >= 0 and node not in self.base:
            self.base[node] = node = self._base_of(node)

    def link(self) -> tuple[dict[int, list[int]], list[int]]:
        """Return the needed children of each needed node, and the needed nodes that stand alone."""
        children: dict[int, list[int]] = {}
        roots = []
        for node, base in self.base.items():
            if base >= 0:
                children.setdefault(base, []).append(node)
            elif base == NO_NODE:
                roots.append(node)
        return children, roots

    def loose_node(self, oid: str) -> int:
        """Return the node of the loose file of `oid`, or -1."""
        if oid not in self.loose_nodes:
            path = find_loose(self.store.folders, oid)
            self.loose_nodes[oid] = NO_NODE if path is None else self.first[-1] + len(self.loose)
            if path is not None:
                self.loose.append(path)
        return self.loose_nodes[oid]

    def _base_of(self, node: int) -> int:
        number, first, _ = self.pack_around(node)
        if number == LOOSE:
            return NO_NODE
        entry = node - first
        pack = self.store.packs[number]
        if number in self._headers:
            row = self._bases[number][entry]
            if row != _NAMED:
                return first + row if row >= 0 else row
            kind, base = REF_DELTA, self._headers[number].base[entry]
        else:
            kind, _, _, base = read_header(pack.view, pack.offsets[entry], self.store.oid_bytes)
        if kind == OFS_DELTA:
            row = bisect_left(pack.offsets, base)
            return first + row if row < entry and pack.offsets[row] == base else _LOST
        if kind == REF_DELTA:
            return self._named_base(number, bytes(pack.view[base : base + self.store.oid_bytes]))
        return _LOST if kind == BROKEN else NO_NODE

    def _named_base(self, number: int, oid: bytes) -> int:
        """Return the node of the object `oid`: of the pack that names it, of another pack, or loose."""
        packs = self.store.packs
        for other in (number, *(i for i in range(len(packs)) if i != number)):
            row = packs[other].index.oids.find(oid)
            if row >= 0 and packs[other].index.offsets[row] >= 0:
                return self.first[other] + bisect_left(packs[other].offsets, packs[other].index.offsets[row])
        node = self.loose_node(oid.hex())
        return node if node >= 0 else _LOST


def locate(store: ObjectStore, forest: Forest, oids: Sequence[bytes]) -> Iterator[int]:
    """Yield the node of each object, -1 where there is none; the first pack that has it counts."""
    nodes = array("q", [NO_NODE]) * len(oids)
    rest = {oid: number for number, oid in enumerate(oids)}
    if len(store.packs) == 1 and pays_numpy(len(oids)):
        yield from _all_rows(store, forest, oids)
        return
    for pack, first in zip(store.packs, forest.first, strict=False):
        for number, row in list(_rows(pack, rest)):
            offset = pack.index.offsets[row]
            if offset >= 0:
                nodes[number] = first + bisect_left(pack.offsets, offset)
                del rest[oids[number]]
    for oid, number in rest.items():
        nodes[number] = forest.loose_node(oid.hex())
    yield from nodes


def _all_rows(store: ObjectStore, forest: Forest, oids: Sequence[bytes]) -> Iterator[int]:
    """Yield what `locate` does, for the one pack of a store."""
    from secretscan.sources.git.pack.columns_numpy import rows_at, rows_of

    pack = store.packs[0]
    rows = rows_of(pack.index.oids.oids, pack.index.oids.oid_bytes, b"".join(oids))
    offsets = array("q", [pack.index.offsets[row] if row >= 0 else -1 for row in rows])
    for number, (node, offset) in enumerate(zip(rows_at(pack.offsets, offsets), offsets, strict=True)):
        yield node if offset >= 0 else forest.loose_node(oids[number].hex())


def _rows(pack: Pack, wanted: dict[bytes, int]) -> Iterator[tuple[int, int]]:
    """Yield (number of the object, row of the index) of those of `wanted` that the pack has."""
    table = pack.index.oids
    if len(wanted) * _SCAN_FACTOR < len(table):
        for oid, number in wanted.items():
            row = table.find(oid)
            if row >= 0:
                yield number, row
        return
    width, oids = table.oid_bytes, bytes(table.oids)
    for row in range(len(table)):
        found = wanted.get(oids[row * width : (row + 1) * width])
        if found is not None:
            yield found, row
