"""Parts of a buffer that a screen looks through, and what it saw of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from secretscan.engine.filekind import file_kind
from secretscan.engine.prefilter import Windows
from secretscan.engine.prefilter.hyperscan import END_BITS, Hit
from secretscan.engine.traits import ALL_KINDS, BINARY

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers


class Part(NamedTuple):
    """One text, or a part of one, inside a larger buffer. A newline stands before the first byte."""

    start: int
    path: bytes
    kind: str


class PartColumns(Sequence[Part]):
    """Parts in columns; one is made when somebody asks for it."""

    def __init__(self, starts: Numbers, kinds: Numbers, paths: Sequence[int], names: Sequence[bytes]) -> None:
        """Take where each part starts, the code of its kind, and the number of its path among `names`."""
        self.starts = starts
        self.listed: list[int] = starts.tolist()
        self.kinds = kinds
        self._paths = paths
        self._names = names

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, key: int) -> Part: ...
    @overload
    def __getitem__(self, key: slice) -> list[Part]: ...
    def __getitem__(self, key: int | slice) -> Part | list[Part]:
        if isinstance(key, slice):
            return [self[n] for n in range(*key.indices(len(self)))]
        return Part(int(self.starts[key]), self._names[self._paths[key]], ALL_KINDS[self.kinds[key]])


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
    return parts.listed if isinstance(parts, PartColumns) else [part.start for part in parts]


def hits_inside(hits: Sequence[Hit], low: int, high: int) -> list[Hit]:
    """Return the hits that end in (low, high], counted from `low`."""
    first = bisect_left(hits, (low + 1) << END_BITS)
    last = bisect_left(hits, (high + 1) << END_BITS, first)
    return [int(hit) - (low << END_BITS) for hit in hits[first:last]]
