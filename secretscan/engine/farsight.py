"""Matches that go over many lines: the bytes that show there is none, so that only a change of these asks again."""

from __future__ import annotations

from typing import Final

from secretscan.engine.match import compile_pattern
from secretscan.engine.windows import Range
from secretscan.rules.model import Rule

_FIRST_LOOK: Final = 256
"""Bytes behind a trigger that are looked at first: most that looks like a key block at first ends there."""
_GROWTH: Final = 4
_SECONDS: Final = 0.1
"""Time for one look: what takes longer is for a scan, which says so where it cannot tell either."""


def ruled_out(rule: Rule, text: bytes, end: int, reach: tuple[int, int], bounds: Range) -> Range | None:
    """Return the bytes of `text` that rule out a match of `rule` around a trigger's `end`; `None` where one may be.

    Nothing outside of them makes a difference, unless they touch one of the `bounds`, where the text begins and ends.
    `reach`: how far before and after that end a match, and what it looks at, can reach.
    """
    low, high = max(bounds[0], end - reach[0]), min(bounds[1], end + reach[1])
    pattern = compile_pattern(rule)
    size = _FIRST_LOOK
    try:
        while (stop := end + size) < high:
            # a match that would need more bytes than these is told by `regex` as a partial one
            found = pattern.search(text, low, stop, partial=True, timeout=_SECONDS)
            if found is not None and not found.partial:
                return None
            if found is None or found.start() >= end:
                return low, stop
            size *= _GROWTH
        is_found = pattern.search(text, low, high, timeout=_SECONDS) is not None
    except TimeoutError:
        return None
    return None if is_found else (low, high)
