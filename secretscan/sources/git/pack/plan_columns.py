"""The plan for one large pack, made of whole columns by compiled kernels; `plan` does the same step by step."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from secretscan.kernels.compiled import Numbers
from secretscan.kernels.forest import ROOT, STRANGE, mark_needed, order_families
from secretscan.sources.git.pack.columns_numpy import base_rows, first_places, rows_at, rows_of
from secretscan.sources.git.pack.entries import read_entries
from secretscan.sources.git.pack.plan import PER_OBJECT_BYTES, Plan, Shard, cuts
from secretscan.sources.git.pack.store import ObjectStore, Pack

_LARGE = 1 << 30


class _Order(NamedTuple):
    """Needed entries in the order of their making."""

    steps: Numbers
    parents: Numbers
    """The place of the base in its family, or `ROOT`."""
    uses: Numbers
    starts: Numbers
    """Where each family begins in `steps`, and after the last one where it ends."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the shards are cut from, a row for each entry of the pack."""

    pack: Pack
    offsets: Numbers
    ends: Numbers
    crcs: Numbers
    wanted: Numbers


def plan_columns(store: ObjectStore, oids: bytes, *, shards: int = 1) -> Plan | None:
    """Return what `plan.make_plan` does for the binary ids `oids`, one behind the other; None where it must be asked.

    That is where not all objects lie in one pack, or a base is not simply an entry before its delta.
    """
    if len(store.packs) != 1:
        return None
    pack = store.packs[0]
    nodes = _nodes(pack, oids)
    if nodes is None:
        return None
    headers = read_entries(pack.view, pack.offsets, store.oid_bytes)
    order = _order(nodes, np.frombuffer(base_rows(headers, pack.offsets), dtype=np.int64))
    if order is None:
        return None
    wanted = np.full(len(pack.offsets), -1, dtype=np.int64)
    wanted[nodes] = np.arange(len(nodes))
    offsets = np.frombuffer(pack.offsets, dtype=np.int64)
    ends = np.append(offsets[1:], len(pack.view))
    columns = _Columns(pack, offsets, ends, _crcs(pack), wanted)
    sizes = np.minimum(np.frombuffer(headers.size, dtype=np.int64)[order.steps[order.starts[:-1]]], _LARGE)
    weights: list[int] = (np.diff(order.starts) * (sizes + PER_OBJECT_BYTES)).tolist()
    parts = cuts(weights, shards)
    return Plan(tuple(_shards(store, columns, order, parts)), (), ())


def _nodes(pack: Pack, oids: bytes) -> Numbers | None:
    """Return the entry of each object, None unless the pack has all of them."""
    table = pack.index.oids
    rows = np.frombuffer(rows_of(table.oids, table.oid_bytes, oids), dtype=np.int64)
    if (rows < 0).any():
        return None
    offsets = np.frombuffer(pack.index.offsets, dtype=np.int64)[rows]
    if (offsets < 0).any():
        return None
    return np.frombuffer(rows_at(pack.offsets, array("q", offsets.tobytes())), dtype=np.int64)


def _order(nodes: Numbers, base: Numbers) -> _Order | None:
    children, size = np.zeros(len(base), dtype=np.int64), np.zeros(len(base), dtype=np.int64)
    count = mark_needed(np.array(nodes), np.array(base), children, size)
    if count == STRANGE:
        return None
    needed = np.flatnonzero(size)
    # by base; of one base the largest branch first, so that the largest is descended into last
    ranked = needed[np.lexsort((-needed, -size[needed], base[needed]))]
    roots = int(np.searchsorted(base[ranked], 0))
    ranked[:roots] = np.sort(ranked[:roots])
    first_child = np.zeros(len(base), dtype=np.int64)
    bases = base[ranked[roots:]]
    at = first_places(bases)
    first_child[bases[at]] = at + roots
    steps, parents = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    starts = np.empty(roots + 1, dtype=np.int64)
    stack = np.empty((count + 1, 2), dtype=np.int64)
    order_families(ranked, np.array(base), children, first_child, steps, parents, starts, stack)
    return _Order(steps, parents, children[steps], starts)


def _crcs(pack: Pack) -> Numbers:
    if pack.index.crcs is None:
        return np.full(len(pack.offsets), -1, dtype=np.int64)
    crcs: Any = np.frombuffer(pack.index.crcs, dtype=f"u{pack.index.crcs.itemsize}")
    return np.asarray(crcs[np.frombuffer(pack.rows, dtype=np.int64)].astype(np.int64))


def _shards(
    store: ObjectStore, columns: _Columns, order: _Order, parts: list[tuple[int, int]]
) -> Iterator[Shard]:
    """Yield the shards of the families `parts` are ranges of."""
    for first, last in parts:
        low, high = int(order.starts[first]), int(order.starts[last])
        steps, parents = order.steps[low:high], order.parents[low:high]
        begins = np.repeat(order.starts[first:last] - low, np.diff(order.starts[first : last + 1]))
        yield Shard(
            (columns.pack.path,),
            store.oid_bytes,
            pack=_column(np.zeros(high - low, dtype=np.int64)),
            start=_column(columns.offsets[steps]),
            end=_column(columns.ends[steps]),
            crc=_column(columns.crcs[steps]),
            parent=_column(np.where(parents == ROOT, -1, parents + begins)),
            uses=_column(order.uses[low:high]),
            wanted=_column(columns.wanted[steps]),
        )


def _column(values: Numbers) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())
