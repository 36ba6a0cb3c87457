"""One finding per place: of findings that claim the same bytes, the most telling one stays."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from secretscan.model.finding import MEDIUM_SCORE, Finding


def resolve(claims: Iterable[tuple[Finding, bool]]) -> list[Finding]:
    """Return the findings that stay, by position. Each claim is (finding, is judged by context).

    A finding at the threshold beats one below it, a known format beats a judged guess, a guess about what a
    value stands for beats one about its encoded form, then the higher score, the longer secret and the rule id
    decide, so that the outcome never depends on the order of the claims.
    """
    ranked = sorted(claims, key=_rank)
    taken: list[tuple[int, int]] = []
    kept: list[Finding] = []
    for finding, _ in ranked:
        if not _is_taken(taken, finding.span.start, finding.span.end):
            insort(taken, (finding.span.start, finding.span.end))
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.span, f.rule_id))


def _rank(claim: tuple[Finding, bool]) -> tuple[bool, bool, bool, bool, float, int, str, int]:
    finding, is_judged = claim
    return (
        bool(finding.suppressed),
        finding.score < MEDIUM_SCORE,
        is_judged,
        is_judged and "decoded" not in finding.attributes,
        -round(finding.score, 2),
        finding.span.start - finding.span.end,
        finding.rule_id,
        finding.span.start,
    )


def _is_taken(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether [start, end) overlaps one of the disjoint, sorted ranges."""
    at = bisect_left(taken, (start, start))
    if at < len(taken) and taken[at][0] < end:
        return True
    return at > 0 and taken[at - 1][1] > start
