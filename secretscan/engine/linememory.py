"""`LineMemory`: lines in which the generic rules find nothing, so that a history's repetitions cost a look-up.

A history shows the same lines in thousands of versions, and many of them come near a generic rule
(`token = reader.read_token(path)`). A line is *settled* when nothing that such a rule can begin in it is more
than refused for what the line itself says. That depends on the line and the one below, into which a match may
go on, blank lines between them included; all that together is what is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

LOOKAHEAD: Final = 512
"""Bytes behind a run of new lines in which the trigger of a match that begins in it may still end."""
LONGEST: Final = 512
"""Longer pairs of lines are not remembered: they rarely come again, and cost more to keep than to try."""
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of lines kept for each kind of file; when they are used up, lines that come new stay new."""
_OVERHEAD: Final = 90
"""Bytes that Python needs for an entry beside its content."""

END: Final = b"\0"
"""Stands for the end of the text below its last line."""

Range = tuple[int, int]


class LineMemory:
    """Settled lines by kind of file."""

    def __init__(self) -> None:
        """Start with nothing settled."""
        self._settled: dict[str, set[bytes]] = {}
        self._bytes: dict[str, int] = {}

    def new_runs(self, data: bytes, kind: str, *, is_end: bool = True) -> list[Range]:
        """Return the ranges of whole lines of `data` that are not settled, ascending.

        `is_end` false: more text follows, so that the last lines cannot be told from new ones.
        """
        settled = self._settled.setdefault(kind, set())
        lines = data.split(b"\n")
        pairs = pairs_of(lines, END if is_end else b"")
        if settled.issuperset(pairs):
            return []
        runs: list[Range] = []
        at = begin = 0
        is_open = False
        for line, pair in zip(lines, pairs, strict=True):
            if pair in settled:
                if is_open:
                    runs.append((begin, at))
                    is_open = False
            elif not is_open:
                begin, is_open = at, True
            at += len(line) + 1
        if is_open:
            runs.append((begin, len(data)))
        return runs

    def settle(self, pairs: Iterable[bytes], kind: str) -> None:
        """Remember `pairs` as settled in texts of this kind."""
        held = self._bytes.get(kind, 0)
        if held > _MOST_BYTES:
            return
        short = [pair for pair in pairs if len(pair) <= LONGEST and pair[-1:] != b"\n"]
        self._settled.setdefault(kind, set()).update(short)
        self._bytes[kind] = held + sum(map(len, short)) + _OVERHEAD * len(short)


def pairs_of(lines: list[bytes], below: bytes) -> list[bytes]:
    """Return each of `lines` with what follows up to the end of the next line that is not blank.

    `below` follows the last of `lines`: `END` at the end of the text. What ends in a newline is unknown: the
    text goes on, and nobody said how.
    """
    pairs = []
    for line in reversed(lines):
        pairs.append(line + b"\n" + below)
        below = line if line.strip() else line + b"\n" + below
    pairs.reverse()
    return pairs
