"""Parts of a buffer that a screen looks through, and what it saw of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from secretscan.engine.farsight import ruled_out
from secretscan.engine.filekind import file_kind
from secretscan.engine.glance import Glance
from secretscan.engine.prefilter import Windows, merge
from secretscan.engine.prefilter.hyperscan import END_BITS, Hit
from secretscan.engine.traits import ALL_KINDS, BINARY
from secretscan.engine.windows import Range
from secretscan.rules.model import Rule

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers

_MOST_FAR: Final = 16
"""Matches over many lines that are ruled out in one text: more are for a scan."""


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


class WholeText:
    """A part that is a text as a whole, and what a screen sees of it."""

    __slots__ = ("bounds", "far", "opened")

    def __init__(self, low: int, high: int) -> None:
        """Take where in the buffer the text is."""
        self.bounds = (low, high)
        self.opened: set[int] = set()
        """The rules that may find something."""
        self.far: list[Range] = []
        """The bytes that rule out matches over many lines."""

    def rules_out(self, rule: Rule, text: bytes, end: int, reach: tuple[int, int]) -> bool:
        """Whether there is no match of `rule`, which spans many lines, around a trigger's `end`."""
        if end <= self.bounds[0] or len(self.far) >= _MOST_FAR:
            return False
        found = ruled_out(rule, text, end, reach, self.bounds)
        if found is not None:
            self.far.append(found)
        return found is not None

    def glance(
        self,
        text: bytes,
        hits: Sequence[Hit],
        windows_of: Callable[[Sequence[Hit], bytes, set[int]], Windows],
    ) -> Glance:
        """Return what was seen, counted from where the text begins, given what was hit in the buffer."""
        low, high = self.bounds
        far = tuple(merge(sorted((first - low, last - low) for first, last in self.far)))
        if not self.opened:
            return Glance(far=far)
        inside = hits_inside(hits, low, high)
        return Glance(windows_of(inside, text[low:high], self.opened), far, inside)


class Looked(NamedTuple):
    """What a screen saw of the parts of a text."""

    opened: set[int]
    """Numbers of the parts in which something may be found."""
    glances: dict[int, Glance]
    """At those that are whole texts, and in which there is something to see."""


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
