"""`Finding`: a judged credential with its plaintext, as it travels from the engine to redaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span


class Severity(StrEnum):
    """How bad it is if the credential is real and in the wrong hands."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """How sure the engine is that the value is a credential. Ordered by `rank`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0, 1 or 2: low, medium, high."""
        return ("low", "medium", "high").index(self.value)

    @classmethod
    def of_score(cls, score: float) -> Confidence:
        """Return the level a score falls in: high from 0.85, medium from 0.5."""
        if score >= HIGH_SCORE:
            return cls.HIGH
        return cls.MEDIUM if score >= MEDIUM_SCORE else cls.LOW


HIGH_SCORE = 0.85
"""Scores from here are high confidence. Judged rules are calibrated to it (docs/accuracy.md)."""
NO_TEXT = Secret(b"")
"""No line: the default of `Finding.line`."""

MEDIUM_SCORE = 0.5
"""Scores from here are medium confidence, the default threshold of every scan."""


class Status(StrEnum):
    """What verification found out."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not-checked"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of asking the provider. `detail` never holds a secret."""

    status: Status = Status.NOT_CHECKED
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One credential at one place in one blob. The engine's output."""

    rule_id: str
    secret: Secret
    span: Span
    """Bytes of the secret in the original blob (for a decoded value: of its encoded form)."""
    region: Region
    score: float
    """0 to 1: probability-like certainty that this is a credential."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Public facts found with it: `account_id`, `user`, `host`, `key_type`, `decoded` … Never secret by themselves."""
    parts: Mapping[str, Secret] = field(default_factory=dict)
    """Other secret parts of a composite credential (`session_token`, `client_id`), for verification."""
    line: Secret = NO_TEXT
    """The line of the secret, cut to a bounded window around it: plaintext, hence no plain bytes."""
    line_secret: tuple[tuple[int, int], ...] = ()
    """Half-open ranges of `line` that hold secret bytes, to be replaced in the snippet."""
    suppressed: str = ""
    """Why it does not count: `allow_comment`, `allowlist`, or empty."""
