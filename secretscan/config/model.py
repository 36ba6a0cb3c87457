"""What a configuration says: values only. `load` makes them, `effective` and `silence` put them to work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from secretscan.model.finding import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Allow:
    """Findings that may stay. Criteria of different kinds must all fit; of one kind, one must."""

    reason: str
    rules: tuple[str, ...] = ()
    """Rule ids."""
    paths: tuple[str, ...] = ()
    """gitignore patterns on the path of the file."""
    secrets: tuple[str, ...] = ()
    """Regexes searched in the secret."""
    lines: tuple[str, ...] = ()
    """Regexes searched in the line of the secret."""
    fingerprints: tuple[str, ...] = ()
    expires: date | None = None
    """The last day it holds; `None` for ever."""
    line: int = 1
    """Line of the entry in the file, from 1, for messages."""

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """How verification behaves once the command line asks for it. Nothing here can turn it on."""

    skip: tuple[str, ...] = ()
    """Ids of rules whose findings are never verified."""
    canary_accounts: tuple[str, ...] = ()
    """AWS account ids, 12 digits, that hold honeytokens: their keys are never tried."""
    timeout_s: float | None = None
    requests_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a configuration file may set, with the defaults of having none."""

    source: str = ""
    """The file, as shown to people; empty without one."""
    is_trusted: bool = True
    """True when the user named the file; false when the scanned repository brought it along."""
    extend: bool = True
    """Whether the built-in rules are used too."""
    rule_tables: Mapping[str, object] = field(default_factory=dict)
    """The `rules` and `keyed` tables as parsed, for `secretscan.rules.load.rules_of`."""
    rule_lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The line of each of those tables, from 1, for messages; empty where they have no headers."""
    disable: tuple[str, ...] = ()
    """Ids of rules that are not used."""
    allow: tuple[Allow, ...] = ()
    exclude: tuple[str, ...] = ()
    """gitignore patterns of paths that are not scanned: skipped by design, and listed."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """Severity by rule id, instead of the rule's own."""
    min_confidence: Confidence | None = None
    max_file_bytes: int | None = None
    baseline: Path | None = None
    verify: VerifySettings = VerifySettings()
    lines: Mapping[str, int] = field(default_factory=dict)
    """Line, from 1, on which the file first names each rule id, for messages."""
    notes: tuple[str, ...] = ()
    """What the file takes away from a scan with defaults, one sentence each. Every report states them."""

    def rule_ids(self) -> tuple[str, ...]:
        """Return the ids the file refers to outside of its own rules, in its order."""
        allowed = tuple(rule_id for allow in self.allow for rule_id in allow.rules)
        return (*self.disable, *self.severity, *self.verify.skip, *allowed)
