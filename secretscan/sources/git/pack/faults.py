"""What goes wrong when a repository is read without git, and how large things may get."""

from __future__ import annotations

from dataclasses import dataclass

from secretscan.errors import RepositoryError


class UnreadablePack(RepositoryError):
    """The repository, or one of its packs, is of a kind only git itself can read: use `cat-file` instead."""


class DamagedObject(Exception):
    """One object cannot be read; the rest can. `why` is printable and holds no content."""

    def __init__(self, why: str) -> None:
        """Keep the cause, a clause without the object's name."""
        super().__init__(why)
        self.why = why


class TooLarge(DamagedObject):
    """The object is sound as far as looked at, but larger than the limit: nothing of it was read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one process holds in memory, in bytes."""

    object_bytes: int = 64 << 20
    """A larger object is skipped."""
    base_bytes: int = 256 << 20
    """A larger object is not even unpacked to serve as the base of a delta."""
    cache_bytes: int = 96 << 20
    """Ancestors kept for further deltas; beyond it the oldest are dropped, and unpacked again when needed."""


DEFAULT_LIMITS = Limits()
"""Two processes with these bounds stay under 1.2 GB."""
