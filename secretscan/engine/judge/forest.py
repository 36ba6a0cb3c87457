"""Boosted trees read from `weights.json`, evaluated without any library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import exp
from pathlib import Path
from typing import Any

Tree = tuple[list[int], list[float], list[int], list[int], list[float]]
"""One tree as five columns over its nodes: feature (-1 in a leaf), threshold, left, right, mean log-odds.

A node sends a row left when its feature is at most the threshold. Every node, not only a leaf, knows the mean of
the rows that reached it in training, so that a path through the tree can be told feature by feature.
"""


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of trees in log-odds, and the line that calibrates it."""

    features: tuple[str, ...]
    base: float
    slope: float
    offset: float
    trees: tuple[Tree, ...]
    nested: tuple[Any, ...]
    """The trees as (feature, threshold, left, right) with numbers for leaves: the form `score` walks fastest."""

    def score(self, row: list[float]) -> float:
        """Return the calibrated probability of `row`, whose numbers follow `features`."""
        total = self.base
        for root in self.nested:
            node = root
            while node.__class__ is tuple:
                column, threshold, left, right = node
                node = left if row[column] <= threshold else right
            total += node
        return 1 / (1 + exp(-(self.slope * total + self.offset)))

    def contributions(self, row: list[float]) -> tuple[tuple[str, float, float], ...]:
        """Return (feature, value, what it added to the log-odds), largest effect first.

        Each step down a tree changes the expected log-odds from that of a node to that of its child; the change is
        booked on the feature the node asked for (Saabas, 2014).
        """
        added = [0.0] * len(self.features)
        for feature, threshold, left, right, value in self.trees:
            node = 0
            while (column := feature[node]) >= 0:
                child = left[node] if row[column] <= threshold[node] else right[node]
                added[column] += self.slope * (value[child] - value[node])
                node = child
        told = [(name, row[n], added[n]) for n, name in enumerate(self.features) if abs(added[n]) >= 0.01]
        return tuple(sorted(told, key=lambda t: (-abs(t[2]), t[0])))


@lru_cache(maxsize=1)
def forest() -> Forest:
    """Return the trained forest, read once, when the first candidate needs it."""
    raw = json.loads(Path(__file__).with_name("weights.json").read_bytes())
    trees = tuple(tuple(t) for t in raw["trees"])
    return Forest(
        features=tuple(raw["features"]),
        base=raw["base"],
        slope=raw["slope"],
        offset=raw["offset"],
        trees=trees,
        nested=tuple(_nested(tree, 0) for tree in trees),
    )


def _nested(tree: Tree, node: int) -> Any:  # noqa: ANN401 - a tuple or, in a leaf, a number
    feature, threshold, left, right, value = tree
    if feature[node] < 0:
        return value[node]
    return feature[node], threshold[node], _nested(tree, left[node]), _nested(tree, right[node])
