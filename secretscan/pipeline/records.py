"""Where plaintext ends: grouped findings become records that may be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from secretscan.engine.entropy import shannon_entropy
from secretscan.engine.program import Program
from secretscan.model.finding import Confidence, Severity
from secretscan.model.paths import path_text
from secretscan.model.provenance import HistoryObject, Where
from secretscan.model.report import FindingRecord, Location, RuleInfo
from secretscan.model.secret import Secret
from secretscan.pipeline.groups import Group, Place
from secretscan.pipeline.sightings import Key
from secretscan.report.redact import redact_line, redact_secret, reveal_secret
from secretscan.rules.model import Rule

_SEVERITIES: Final = tuple(Severity)


def records(
    groups: Mapping[Key, Group],
    rules: Mapping[str, Rule],
    *,
    show_secrets: bool,
) -> list[FindingRecord]:
    """Return one record per group, most severe first, then by path, line and rule."""
    made = [
        _record(rules[rule_id], secret, known, show_secrets=show_secrets)
        for (rule_id, secret), known in groups.items()
    ]
    return sorted(made, key=_order)


def rule_infos(found: Sequence[FindingRecord], rules: Mapping[str, Rule]) -> dict[str, RuleInfo]:
    """Return what a report says of the rules of its findings, by id."""
    return {
        rule_id: RuleInfo(
            rule.id,
            rule.name,
            rule.description,
            rule.provider,
            rule.severity,
            rule.confidence,
            rule.references,
            rule.remedy,
        )
        for rule_id in sorted({record.rule for record in found})
        for rule in (rules[rule_id],)
    }


def redacted_forms(groups: Iterable[Key], rules: Mapping[str, Rule]) -> dict[str, str]:
    """Return the redacted form of each secret by its plaintext, as text; the value goes no further than `surroundings`."""
    return {
        path_text(secret.reveal()): _redacted(rules[rule_id], secret.reveal()) for rule_id, secret in groups
    }


def rules_of(program: Program, groups: Iterable[Key]) -> dict[str, Rule]:
    """Return the rules of the groups by id."""
    return program.rules_named({rule_id for rule_id, _ in groups})


def _record(rule: Rule, secret: Secret, known: Group, *, show_secrets: bool) -> FindingRecord:
    plain = secret.reveal()
    shown = reveal_secret(plain) if show_secrets else _redacted(rule, plain)
    places = sorted(known.places, key=_place_order)
    return FindingRecord(
        rule=rule.id,
        title=rule.name,
        description=rule.description,
        provider=rule.provider,
        severity=rule.severity,
        confidence=Confidence.of_score(known.score),
        score=round(known.score, 2),
        secret=shown,
        fingerprint=known.fingerprint,
        entropy=round(shannon_entropy(plain), 2),
        attributes=dict(sorted(known.attributes.items())),
        locations=tuple(_location(rule, p, show_secrets=show_secrets) for p in places),
        verification=known.verification,
        exposure=known.exposure,
        suppressed=known.suppressed,
        references=rule.references,
        remedy=rule.remedy,
    )


def _redacted(rule: Rule, plain: bytes) -> str:
    return redact_secret(plain, password=bool(rule.judge))


def _location(rule: Rule, place: Place, *, show_secrets: bool) -> Location:
    finding, provenance = place.finding, place.provenance
    where = provenance.where if isinstance(provenance, HistoryObject) else Where.FILE
    region = finding.region
    ranges = () if show_secrets else finding.line_secret
    hidden = b"" if show_secrets else finding.secret.reveal()
    return Location(
        path=path_text(provenance.path),
        line=region.line,
        column=region.column,
        end_line=region.end_line,
        end_column=region.end_column,
        where=where.value,
        commit=place.commit,
        author=place.author,
        email=place.email,
        date=place.date,
        snippet=redact_line(finding.line.reveal(), ranges, hidden, password=bool(rule.judge)),
    )


def _place_order(place: Place) -> tuple[bool, str, str, bytes, int, int]:
    """Current places first, then files before messages, newest commit last by date, then by position."""
    where = place.provenance.where if isinstance(place.provenance, HistoryObject) else Where.FILE
    region = place.finding.region
    return (
        not place.is_current,
        "" if where is Where.FILE else where.value,
        place.date,
        place.provenance.path,
        region.line,
        region.column,
    )


def _order(record: FindingRecord) -> tuple[int, str, int, int, str, str]:
    first = record.locations[0]
    severity = _SEVERITIES.index(record.severity)
    return severity, first.path, first.line, first.column, record.rule, record.fingerprint
