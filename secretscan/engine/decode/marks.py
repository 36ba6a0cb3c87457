"""Where escapes may begin in a text: told by a kernel for a large one, looked for by `re` in any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Places = Sequence[int] | None
"""Ascending offsets, among which are all that count; `None` where they are not known."""


class Marks(NamedTuple):
    """Where something escaped may begin."""

    percents: Places = None
    entities: Places = None
    backslashes: Places = None


FindMarks = Callable[[bytes], Marks]


def no_marks(_text: bytes) -> Marks:
    """Return that nothing is known."""
    return Marks()


def matches_at(pattern: re.Pattern[bytes], text: bytes, places: Places) -> Iterator[re.Match[bytes]]:
    """Yield the matches of `pattern` in `text`, one behind the other; all of them begin at the `places`."""
    if places is None:
        yield from pattern.finditer(text)
        return
    end = 0
    for place in places:
        found = pattern.match(text, place) if place >= end else None
        if found:
            yield found
            end = found.end()
