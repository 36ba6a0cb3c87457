"""`LineLedger`: which lines of one text a generic rule has business with, so that the others can be settled."""

from __future__ import annotations

from collections.abc import Sequence

from secretscan.engine.linememory import END, Range, pairs_of
from secretscan.engine.lines import Lines


class LineLedger:
    """Counts, for each line, the generic matches that touch it and were not refused for good."""

    def __init__(self, lines: Lines, text: bytes) -> None:
        """Start without any."""
        self._lines = lines
        self._text = text
        self._alive: dict[int, int] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._alive.clear()

    def keep_alive(self, start: int, end: int) -> None:
        """Note a match that begins on its line; lines it goes on over were not tried for themselves."""
        line = self._lines.start(start)
        self._alive[line] = self._alive.get(line, 0) + 1
        stop = self._lines.end(start)
        while stop < end:
            self._alive[stop + 1] = self._alive.get(stop + 1, 0) + 1
            stop = self._lines.end(stop + 1)

    def let_go(self, line: int) -> None:
        """Note that a match on the line that begins at `line` was refused for good."""
        self._alive[line] -= 1
        if not self._alive[line]:
            del self._alive[line]

    def settled(self, new: Sequence[Range], until: int) -> list[bytes]:
        """Return the lines of the ranges `new` that end by `until` and in which nothing is alive (`pairs_of`)."""
        found: list[bytes] = []
        for low, high in new:
            lines = self._text[low:high].removesuffix(b"\n").split(b"\n")
            at = low
            for line, known_by in zip(lines, pairs_of(lines, self._below(low, lines)), strict=True):
                if at + len(line) <= until and at not in self._alive:
                    found.append(known_by)
                at += len(line) + 1
        return found

    def _below(self, low: int, lines: list[bytes]) -> bytes:
        """Text that follows `lines`, which begin at `low`, to the end of the next line that is not blank."""
        at = start = low + sum(map(len, lines)) + len(lines)
        while at < len(self._text):
            end = self._lines.end(at)
            if self._text[at:end].strip():
                return self._text[start:end]
            at = end + 1
        return self._text[start:].removesuffix(b"\n") + (b"\n" if start < len(self._text) else b"") + END
