"""`Credential`: what is verified once, however often it was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from secretscan.model.aws_account import KeyKind, key_kind
from secretscan.model.finding import Finding
from secretscan.model.secret import Secret

SESSION_TOKEN: Final = "session_token"  # noqa: S105 - the name of a part
"""Part of a temporary AWS key that was found as belonging to it."""
GUESSED_TOKEN: Final = "guessed_session_token"  # noqa: S105 - the name of a part
"""A session token from elsewhere in the scan, which may be another key's."""
_TOKEN_RULE: Final = "aws-session-token"  # noqa: S105 - the id of a rule
_MOST_TOKENS: Final = 3
"""Tokens tried with one key; each is a call, and a scan that holds many holds them for many keys."""


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


def with_session_tokens(credentials: Sequence[Credential]) -> Iterator[Credential]:
    """Yield the credentials; a temporary AWS key without its token comes once with each token of the scan.

    With none or too many of them it comes as it is, and stays unknown.
    """
    tokens = {one.secret: None for one in credentials if one.rule_id == _TOKEN_RULE}
    for credential in credentials:
        temporary = key_kind(credential.attribute("key_id")) is KeyKind.TEMPORARY
        if not temporary or credential.part(SESSION_TOKEN) or not 0 < len(tokens) <= _MOST_TOKENS:
            yield credential
            continue
        for token in tokens:
            yield replace(credential, parts=(*credential.parts, (GUESSED_TOKEN, token)))
