"""Pairing: the parts of one credential found near each other become one finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.rules.model import Pairing


def pair(findings: Sequence[Finding], pairings: Mapping[str, Pairing]) -> list[Finding]:
    """Return `findings` with partners joined; `pairings` is by rule id.

    The nearest partner wins, each partner serves the nearest first, others only where they would have none, and a
    partner that was joined is not reported by itself. A finding that requires a partner and has none is left out.
    """
    if not any(f.rule_id in pairings for f in findings):
        return list(findings)
    partner_of = _partners(findings, pairings)
    joined = {id(partner) for partner in partner_of.values()}
    result: list[Finding] = []
    for finding in findings:
        pairing = pairings.get(finding.rule_id)
        partner = partner_of.get(id(finding))
        if id(finding) in joined:
            continue
        if pairing is not None and partner is not None:
            result.append(_join(finding, partner, pairing))
        elif pairing is None or not pairing.required:
            result.append(finding)
    return result


def without_lonely(
    claims: Sequence[tuple[Finding, bool]], pairings: Mapping[str, Pairing]
) -> list[tuple[Finding, bool]]:
    """Return `claims` but those whose rule requires a partner and has none near, so that they hide no other."""
    return [
        (finding, is_judged)
        for finding, is_judged in claims
        if not (pairing := pairings.get(finding.rule_id))
        or not pairing.required
        or any(
            other.rule_id in pairing.with_rules and _lines_apart(finding, other) <= pairing.within_lines
            for other, _ in claims
        )
    ]


def _partners(findings: Sequence[Finding], pairings: Mapping[str, Pairing]) -> dict[int, Finding]:
    """Partner of each finding by `id`, chosen nearest first, one to one as far as that goes.

    A second secret near an already joined key id (the same pair written twice) shares it, so that no half
    is reported as a credential of its own.
    """
    options = sorted(
        (
            (_lines_apart(a, b), abs(a.span.start - b.span.start), a.span, b.span, n, m)
            for n, a in enumerate(findings)
            if (p := pairings.get(a.rule_id))
            for m, b in enumerate(findings)
            if b.rule_id in p.with_rules and m != n and _lines_apart(a, b) <= p.within_lines
        ),
    )
    partner: dict[int, Finding] = {}
    used: set[int] = set()
    for share in (False, True):
        for *_, n, m in options:
            finding = findings[n]
            if id(finding) not in partner and (share or m not in used) and n not in used:
                partner[id(finding)] = findings[m]
                used.add(m)
    return partner


def _lines_apart(one: Finding, other: Finding) -> int:
    """Lines between two findings, 0 when they share a line."""
    if one.region.line <= other.region.line:
        return max(0, other.region.line - one.region.end_line)
    return max(0, one.region.line - other.region.end_line)


def _join(finding: Finding, partner: Finding, pairing: Pairing) -> Finding:
    attributes = {**partner.attributes, **finding.attributes}
    parts = {**partner.parts, **finding.parts}
    if pairing.public:
        attributes[pairing.part] = partner.secret.reveal().decode("ascii", "backslashreplace")
    else:
        parts[pairing.part] = Secret(partner.secret.reveal())
    return replace(
        finding,
        rule_id=pairing.becomes or finding.rule_id,
        score=max(finding.score, partner.score),
        attributes=attributes,
        parts=parts,
    )
