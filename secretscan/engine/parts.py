"""Parts of a buffer that a screen looks through, and what it saw of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from secretscan.engine.filekind import file_kind
from secretscan.engine.prefilter import Windows
from secretscan.engine.prefilter.hyperscan import END_BITS, Hit
from secretscan.engine.traits import BINARY


class Part(NamedTuple):
    """One text, or a part of one, inside a larger buffer. A newline stands before the first byte."""

    start: int
    path: bytes
    kind: str


class Looked(NamedTuple):
    """What a screen saw of the parts of a text."""

    opened: set[int]
    """Numbers of the parts in which something may be found."""
    windows: dict[int, Windows]
    """Where, in those that are whole texts, and by which rules."""


def part_of(start: int, path: bytes, *, is_binary: bool = False) -> Part:
    """Return the part that starts at `start` in its buffer and belongs to a file called `path`."""
    return Part(start, path, BINARY if is_binary else file_kind(path))


def starts_of(parts: Sequence[Part]) -> Sequence[int]:
    """Return where each of `parts` starts."""
    listed: Sequence[int] | None = getattr(parts, "listed", None)  # of columns (`partcolumns`)
    return [part.start for part in parts] if listed is None else listed


def hits_inside(hits: Sequence[Hit], low: int, high: int) -> list[Hit]:
    """Return the hits that end in (low, high], counted from `low`."""
    first = bisect_left(hits, (low + 1) << END_BITS)
    last = bisect_left(hits, (high + 1) << END_BITS, first)
    return [int(hit) - (low << END_BITS) for hit in hits[first:last]]
