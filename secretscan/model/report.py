"""`Report`: what every writer receives. Plaintext has ended here unless the user asked to see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from secretscan.model.blob import Skipped
from secretscan.model.finding import Confidence, Severity, Verification

SCHEMA_VERSION = 1
"""Version of the JSON report. Raised when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class Location:
    r"""One place of a finding. Paths are relative to the repository root, with `/`, undecodable bytes as `\xNN`."""

    path: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    end_line: int
    end_column: int
    """The column after the last character."""
    where: str = "file"
    commit: str = ""
    author: str = ""
    email: str = ""
    date: str = ""
    """RFC 3339 in UTC, like `2026-01-02T03:04:05Z`."""
    snippet: str = ""
    """The line, with every secret in it redacted."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A commit that brought a secret in or took it out."""

    commit: str
    date: str
    author: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """How long the history has held a secret."""

    introduced: Moment | None
    removed: Moment | None
    """None while HEAD still holds it, or when no commit of HEAD's history took it out."""
    in_head: bool
    days: int
    """Whole days from introduction to removal, or to the newest commit walked while it is not removed."""
    refs: tuple[str, ...] = ()
    """Branches and tags that still hold it."""


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """One finding per (rule, secret), safe to write."""

    rule: str
    title: str
    description: str
    provider: str
    severity: Severity
    confidence: Confidence
    score: float
    secret: str
    """Redacted, like `wJal…(40)`, or the plaintext when the user asked for it."""
    fingerprint: str
    """32 hexadecimal digits that stand for (rule, secret)."""
    entropy: float
    """Shannon entropy of the secret, bits per byte."""
    attributes: Mapping[str, str]
    locations: tuple[Location, ...]
    """At least one; the best to open first."""
    verification: Verification = field(default_factory=Verification)
    exposure: Exposure | None = None
    suppressed: str = ""
    """Empty, or why it does not count: `baseline`, `allow_comment`, `allowlist`, `below_threshold`."""
    references: tuple[str, ...] = ()
    """Pages about the credential, for a person who must act."""
    remedy: str = ""
    """What to do about it, one or two sentences; from the rule."""


@dataclass(frozen=True, slots=True)
class ScanStats:
    """What was read and what was not."""

    kind: str
    """`staged`, `history`, `range`, `files` or `stdin`; `bytes` of the Python interface."""
    target: str
    complete: bool = True
    interrupted: bool = False
    seconds: float = 0.0
    commits: int = 0
    blobs: int = 0
    bytes: int = 0
    known_blobs: int = 0
    """Those of `blobs` that an earlier audit had scanned, and whose result was taken over."""
    scanned_bytes: int | None = None
    """Bytes that were searched, where commits are walked: without those of `known_blobs` and of unchanged parts."""
    skipped: tuple[Skipped, ...] = ()
    suppressed: Mapping[str, int] = field(default_factory=dict)
    """Counts of distinct findings by reason: `baseline`, `allow_comment`, `allowlist`, `below_threshold`."""
    notes: tuple[str, ...] = ()
    """What the configuration took away from the scan, and other facts a reader must know, one sentence each."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a report says of a rule (SARIF's rule table)."""

    id: str
    title: str
    description: str
    provider: str
    severity: Severity
    confidence: Confidence
    references: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result of a scan."""

    version: str
    """Version of secretscan that made it."""
    rules_digest: str
    scan: ScanStats
    findings: tuple[FindingRecord, ...]
    """Those that count, most severe first, then by path, line and rule."""
    suppressed: tuple[FindingRecord, ...] = ()
    """Those that were silenced; written only with `--show-suppressed`."""
    rules: Mapping[str, RuleInfo] = field(default_factory=dict)
    """The rules of the findings, by id."""
