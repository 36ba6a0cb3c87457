"""How much of a line a finding keeps for its report."""

from __future__ import annotations

from typing import Final

from secretscan.model.span import Span

_BEFORE: Final = 160
_AFTER: Final = 120


def snippet_window(line_start: int, line_end: int, span: Span) -> tuple[int, int]:
    """Return the part of a line worth showing around `span`: all of it when it is short."""
    return max(line_start, span.start - _BEFORE), min(line_end, span.end + _AFTER)
