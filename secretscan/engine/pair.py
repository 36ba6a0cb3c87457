"""Pairing: the parts of one credential found near each other become one finding."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.rules.model import Pairing

NEIGHBOURS: Final = 16
"""Findings of a rule on either side that are looked at for a partner: a line may hold thousands."""


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
    near = _Near([finding for finding, _ in claims], pairings)
    return [
        (finding, is_judged)
        for n, (finding, is_judged) in enumerate(claims)
        if not (pairing := pairings.get(finding.rule_id)) or not pairing.required or near.partners(n)
    ]


def _partners(findings: Sequence[Finding], pairings: Mapping[str, Pairing]) -> dict[int, Finding]:
    """Partner of each finding by `id`, chosen nearest first, one to one as far as that goes.

    A second secret near an already joined key id (the same pair written twice) shares it, so that no half
    is reported as a credential of its own.
    """
    near = _Near(findings, pairings)
    options = sorted(
        (_lines_apart(a, b), abs(a.span.start - b.span.start), a.span, b.span, n, m)
        for n, a in enumerate(findings)
        for m in near.partners(n)
        for b in (findings[m],)
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


class _Near:
    """Which findings could be partners: of each rule those next to it, which are also fewest lines away."""

    def __init__(self, findings: Sequence[Finding], pairings: Mapping[str, Pairing]) -> None:
        self._findings = findings
        self._pairings = pairings
        self._by_rule: dict[str, list[tuple[int, int]]] = {}
        wanted = {name for pairing in pairings.values() for name in pairing.with_rules}
        for n, finding in enumerate(findings):
            if finding.rule_id in wanted:
                self._by_rule.setdefault(finding.rule_id, []).append((finding.span.start, n))
        for places in self._by_rule.values():
            places.sort()

    def partners(self, n: int) -> list[int]:
        """Return the numbers of the findings that finding `n` may be joined with."""
        finding = self._findings[n]
        pairing = self._pairings.get(finding.rule_id)
        if pairing is None:
            return []
        found: list[int] = []
        for rule in pairing.with_rules:
            places = self._by_rule.get(rule, [])
            at = bisect_left(places, (finding.span.start, -1))
            found += [m for _, m in places[max(0, at - NEIGHBOURS) : at + NEIGHBOURS]]
        near = pairing.within_lines
        return [m for m in found if m != n and _lines_apart(finding, self._findings[m]) <= near]


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
