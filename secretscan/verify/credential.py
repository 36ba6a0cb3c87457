"""`Credential`: what is verified once, however often it was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from secretscan.model.finding import Finding
from secretscan.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret with the parts found beside it. Two findings that differ in a part are two credentials."""

    rule_id: str
    secret: Secret
    attributes: tuple[tuple[str, str], ...] = ()
    """Public parts, sorted by name."""
    parts: tuple[tuple[str, Secret], ...] = ()
    """Secret parts, sorted by name."""

    def attribute(self, name: str) -> str:
        """Return a public part, or an empty string."""
        return dict(self.attributes).get(name, "")

    def part(self, name: str) -> Secret | None:
        """Return a secret part, or `None`."""
        return dict(self.parts).get(name)


def distinct(findings: Iterable[Finding]) -> tuple[Credential, ...]:
    """Return each credential of `findings` once, in the order of their first appearance."""
    seen: dict[Credential, None] = {}
    for finding in findings:
        attributes = tuple(sorted(finding.attributes.items()))
        parts = tuple(sorted(finding.parts.items(), key=lambda part: part[0]))
        seen.setdefault(Credential(finding.rule_id, finding.secret, attributes, parts))
    return tuple(seen)
