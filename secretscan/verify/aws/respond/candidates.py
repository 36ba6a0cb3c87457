"""Which keys a report confirms, and why the others are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from secretscan.model.finding import Status
from secretscan.model.report import FindingRecord, Report
from secretscan.model.secret import Secret

PAIR_RULE: Final = "aws-access-key"
ID_RULE: Final = "aws-access-key-id"
_SECRET_LENGTH: Final = 40
"""Characters of a secret access key; a redacted one has another form."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key of the report that may be shut down."""

    key_id: str
    status: Status
    """As the report has it."""
    secret: Secret | None
    """Present when the report was made with `--show-secrets`."""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A key that is not acted on, and why."""

    key_id: str
    because: str


def candidates(report: Report) -> tuple[tuple[Candidate, ...], tuple[LeftAlone, ...]]:
    """Return the keys to look at and those left alone, each key once, sorted."""
    found: dict[str, Candidate] = {}
    alone: dict[str, LeftAlone] = {}
    for finding in report.findings:
        for one in _judged(finding):
            if isinstance(one, Candidate):
                found[one.key_id] = _stronger(found.get(one.key_id), one)
            else:
                # Redacted values of two ids may look the same: a finding without an id stands for itself.
                alone[finding.attributes.get("key_id") or finding.fingerprint] = one
    rest = [one for key, one in sorted(alone.items()) if key not in found]
    return tuple(found[key_id] for key_id in sorted(found)), tuple(rest)


def _judged(finding: FindingRecord) -> Iterator[Candidate | LeftAlone]:
    key_id = finding.attributes.get("key_id", "")
    status = finding.verification.status
    if finding.rule == ID_RULE:
        yield LeftAlone(key_id or finding.secret, "only the key id was found, not its secret")
    elif finding.rule == PAIR_RULE and status in (Status.CANARY, Status.INACTIVE):
        yield LeftAlone(key_id, f"the report says {status}: {finding.verification.detail}")
    elif finding.rule == PAIR_RULE and key_id:
        plain = len(finding.secret) == _SECRET_LENGTH and "…" not in finding.secret
        yield Candidate(key_id, status, Secret(finding.secret.encode()) if plain else None)


def _stronger(known: Candidate | None, other: Candidate) -> Candidate:
    if known is None or (other.status is Status.ACTIVE and known.status is not Status.ACTIVE):
        return other
    return known
