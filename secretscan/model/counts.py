"""Counts in words."""

from __future__ import annotations


def plural(count: int, noun: str, many: str = "") -> str:
    """Return the count with its noun, like `1 commit` or `18,348 commits`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
