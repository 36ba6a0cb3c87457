"""`Blob`: bytes and where they came from, and `Skipped`: what could not be read, and why."""

from __future__ import annotations

from dataclasses import dataclass

from secretscan.model.provenance import Provenance
from secretscan.model.span import Span


@dataclass(frozen=True, slots=True)
class Blob:
    """The unit of scanning: one file version, message or stream."""

    data: bytes
    provenance: Provenance
    focus: tuple[Span, ...] | None = None
    """Ranges in which a finding counts (the added lines of a diff); `None` means everywhere."""


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """Input that was asked for and not read. Makes a scan incomplete unless it is `by_design`."""

    what: str
    """The path, object id or revision, printable."""
    why: str
    by_design: bool = False
    """True for what no scan reads (a submodule, a device): stated, but no reason for exit code 3."""
