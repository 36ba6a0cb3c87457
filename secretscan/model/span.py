"""Places within one blob: byte spans, and the line and column a person sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open byte range [start, end) within one blob."""

    start: int
    """Offset of the first byte, from 0."""
    end: int
    """Offset after the last byte."""

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share at least one byte."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """The same place for a person: lines and columns from 1, columns in characters."""

    line: int
    column: int
    end_line: int
    end_column: int
    """The column after the last character."""
