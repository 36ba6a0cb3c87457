"""`RenderOptions`: everything a renderer may know besides the report itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SarifScope(StrEnum):
    """Which findings of a history scan go into SARIF."""

    ALL = "all"
    HEAD = "head"
    """Only what HEAD still holds: code scanning cannot preview a file that is gone."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to render. Each format takes what concerns it and ignores the rest."""

    colour: bool = False
    """ANSI colours; text only."""
    width: int = 100
    """Columns of the terminal; text only. Below 40 counts as 40."""
    show_suppressed: bool = False
    """List what was silenced as well, each with its reason."""
    sarif_scope: SarifScope = SarifScope.ALL
    sarif_category: str = ""
    """Last part of `automationDetails.id`; empty: the kind of the scan."""
    finished_at: str = ""
    """End of the scan in UTC, `2026-01-02T03:04:05`. Only GitLab's schema asks for it; empty: the epoch."""
    hook: str = ""
    """The git hook that the findings stop: `commit-msg`, `pre-push` or `pre-receive`; text only."""

    @property
    def stops_a_push(self) -> bool:
        """Whether the findings are in commits that go nowhere before they are mended."""
        return self.hook in ("pre-push", "pre-receive")
