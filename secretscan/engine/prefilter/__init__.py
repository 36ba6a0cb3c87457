"""Prefilter: one pass over the bytes that names the rules worth trying, and where.

Two implementations behind one interface: `hyperscan` (the default) and `keywords` (pure Python, where the
Hyperscan wheel cannot be imported). Both give windows that hold every match of a rule with its lookaround, so
matching inside them finds what matching over the whole text would find.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from secretscan.engine.program import Program

Windows = Mapping[int, list[tuple[int, int]]]
"""For each rule number, half-open byte ranges, sorted and disjoint."""


class Prefilter(Protocol):
    """Finds the rules worth trying."""

    def windows(self, data: bytes | memoryview) -> Windows:
        """Return where each rule could match in `data`."""
        ...


def make_prefilter(program: Program, *, pure_python: bool = False) -> Prefilter:
    """Return the Hyperscan prefilter of `program`, or the pure-Python one where Hyperscan cannot run."""
    if (program.database or program.family_database) and not pure_python:
        from secretscan.engine.prefilter.hyperscan import HyperscanPrefilter, Unusable

        try:
            return HyperscanPrefilter(program)
        except Unusable:
            pass
    from secretscan.engine.prefilter.keywords import KeywordPrefilter

    return KeywordPrefilter(program)


def merge(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted `windows` with those that touch or overlap joined."""
    if len(windows) < 2:
        return windows
    merged = [windows[0]]
    for low, high in windows[1:]:
        last_low, last_high = merged[-1]
        if low <= last_high:
            if high > last_high:
                merged[-1] = (last_low, high)
        else:
            merged.append((low, high))
    return merged
