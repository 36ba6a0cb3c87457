"""What a judge is given and what it answers."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A value that a generic rule took for a secret, with the text around it. Shows nothing of it in its repr."""

    rule_id: str
    value: bytes
    name: bytes
    """What the value is assigned to, from the rule's keyword on (group `name`); the judge reads the rest of the
    name in `prefix`. May be empty."""
    operator: bytes
    """Group `op`: `=`, `:`, `=>`, `(`, `,` …"""
    quote: bytes
    """Group `quote`: the opening quote, or empty for a bare word."""
    prefix: bytes
    """The line before the value, at most 512 bytes of it."""
    suffix: bytes
    """The rest of the line after the value, at most 256 bytes."""
    before: tuple[bytes, ...] = ()
    """Up to three lines before, in file order."""
    after: tuple[bytes, ...] = ()
    """Up to three lines after."""
    path: bytes = b""

    def digest(self) -> bytes:
        """Return 16 bytes that stand for all of it."""
        parts = (
            self.rule_id.encode(), self.value, self.name, self.operator, self.quote, self.prefix, self.suffix, self.path,
            b"%d" % len(self.before), *self.before, *self.after,
        )  # fmt: skip
        lengths = array("I", map(len, parts))
        return blake2b(lengths.tobytes() + b"".join(parts), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely the candidate is a credential."""

    score: float
    """0 to 1. At 0.5 and above about nine in ten are credentials, at 0.85 and above nearly all."""
    contributions: tuple[tuple[str, float, float], ...] = ()
    """(feature, its value, what it added to the log-odds), largest effect first; empty unless asked for."""
    dropped: str = ""
    """Why the value cannot be a credential (`template`, `placeholder: …`); empty when the score decides."""
