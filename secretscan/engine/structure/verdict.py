"""`Verdict`: what a structure check says of a match it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Verdict:
    """A match that has the right structure, as far as that can be told."""

    certain: bool = False
    """True: a checksum or a parse proved it, so nothing else needs to be asked."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Public facts read in it, printable."""
    score: float | None = None
    """Certainty from 0 to 1 that replaces the rule's own; `None` leaves it to `certain` and the rule."""


CERTAIN = Verdict(certain=True)
"""Proved, with nothing more to say."""

PLAUSIBLE = Verdict()
"""Neither proved nor ruled out."""


def printable(value: object, limit: int = 120) -> str:
    """Return `value` as one short line of printable text."""
    text = str(value)[:limit]
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
