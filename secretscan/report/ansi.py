"""Colour by hand: nine escape codes, because importing rich takes longer than the whole hook may."""

from __future__ import annotations

from dataclasses import dataclass

from secretscan.model.finding import Severity

_SEVERITY_CODES = {
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours for one output: every method returns its text, wrapped in codes when `on`."""

    on: bool

    def _wrap(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text

    def bold(self, text: str) -> str:
        """Return `text` in bold: places and headings."""
        return self._wrap(text, "1")

    def dim(self, text: str) -> str:
        """Return `text` faint: what is there for completeness."""
        return self._wrap(text, "2")

    def gutter(self, text: str) -> str:
        """Return `text` as part of the frame of a snippet."""
        return self._wrap(text, "34")

    def label(self, text: str) -> str:
        """Return `text` as the word that introduces a note."""
        return self._wrap(text, "1;36")

    def good(self, text: str) -> str:
        """Return `text` as good news."""
        return self._wrap(text, "32")

    def alarm(self, text: str) -> str:
        """Return `text` as something that must not be overlooked."""
        return self._wrap(text, "1;31")

    def severity(self, text: str, severity: Severity) -> str:
        """Return `text` in the colour of a severity."""
        return self._wrap(text, _SEVERITY_CODES[severity])
