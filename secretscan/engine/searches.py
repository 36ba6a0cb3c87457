"""Searches that a screen makes: every place where a match begins, and runs of token bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN_RUNS: Final[dict[int, re.Pattern[bytes]]] = {}


def overlapping(
    pattern: re.Pattern[bytes], text: bytes, low: int, stop: int, high: int
) -> Iterator[re.Match[bytes]]:
    """Yield a match for each place in [low, stop) where one begins."""
    match = pattern.search(text, low, high)
    while match is not None and match.start() < stop:
        yield match
        match = pattern.search(text, match.start() + 1, high)


def holds_run(text: bytes, low: int, high: int, length: int) -> bool:
    """Return whether so many token bytes stand in a row in [low, high) of `text`."""
    pattern = _TOKEN_RUNS.get(length)
    if pattern is None:
        pattern = _TOKEN_RUNS[length] = re.compile(rb"[A-Za-z0-9+/=_.-]{%d}" % length)
    return pattern.search(text, low, high) is not None
