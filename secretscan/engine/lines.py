r"""Lines of one text: where they begin, and the region a person sees for a span. A line ends at `\n`."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from secretscan.model.span import Region, Span

_INDEX_FROM = 64
"""From this many look-ups an index of all line starts is made: counting newlines from one to the next is cheaper for
fewer, but a text may have many that lie far apart."""


class Lines:
    """Answers line questions about one text; builds an index only when many are asked."""

    __slots__ = ("_asked", "_data", "_last", "_starts")

    def __init__(self, data: bytes) -> None:
        """Keep `data`; nothing is computed yet."""
        self._data = data
        self._asked = 0
        self._last = (0, 1)
        self._starts: list[int] | None = None

    def number(self, offset: int) -> int:
        """Return the line, from 1, that holds the byte at `offset`."""
        if self._starts is None:
            self._asked += 1
            if self._asked < _INDEX_FROM:
                known, number = self._last
                low, high = min(known, offset), max(known, offset)
                between = self._data.count(b"\n", low, high)
                number += between if offset >= known else -between
                self._last = (offset, number)
                return number
            self._starts = _line_starts(self._data)
        return bisect_right(self._starts, offset)

    def start(self, offset: int) -> int:
        """Return the offset of the first byte of the line that holds `offset`."""
        return self._data.rfind(b"\n", 0, offset) + 1

    def end(self, offset: int) -> int:
        """Return the offset after the last byte of that line, its newline left out."""
        end = self._data.find(b"\n", offset)
        return len(self._data) if end < 0 else end

    def region(self, span: Span) -> Region:
        """Return lines and columns of `span`; a byte that is no UTF-8 counts as one character."""
        last = max(span.start, span.end - 1)
        return Region(
            self.number(span.start),
            self._column(span.start),
            self.number(last),
            self._column(last) + 1,
        )

    def _column(self, offset: int) -> int:
        text = self._data[self.start(offset) : offset]
        return len(text) + 1 if text.isascii() else len(text.decode("utf-8", "replace")) + 1

    def before(self, offset: int, count: int, limit: int) -> tuple[bytes, ...]:
        """Return up to `count` lines before that of `offset`, nearest last, each cut to `limit` bytes."""
        found: list[bytes] = []
        end = self.start(offset) - 1
        while end >= 0 and len(found) < count:
            start = self._data.rfind(b"\n", 0, end) + 1
            found.append(self._data[start : min(end, start + limit)])
            end = start - 1
        return tuple(reversed(found))

    def after(self, offset: int, count: int, limit: int) -> tuple[bytes, ...]:
        """Return up to `count` lines after that of `offset`, each cut to `limit` bytes."""
        found: list[bytes] = []
        start = self.end(offset) + 1
        while start <= len(self._data) - 1 and len(found) < count:
            end = self.end(start)
            found.append(self._data[start : min(end, start + limit)])
            start = end + 1
        return tuple(found)


def _line_starts(data: bytes) -> list[int]:
    lengths = map(len, data.split(b"\n")[:-1])
    return [0, *accumulate(length + 1 for length in lengths)]
