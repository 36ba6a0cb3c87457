"""One finding per place: of findings that claim the same bytes, the most telling one stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from secretscan.model.finding import MEDIUM_SCORE, Finding

_SECOND_STEPS: Final = ("gzip", "utf-16")
"""What the name of one decoded text may have as its second word (`decode.runs`)."""


def resolve(claims: Iterable[tuple[Finding, bool]]) -> list[Finding]:
    """Return the findings that stay, by position. Each claim is (finding, is judged by context).

    A finding at the threshold beats one below it, a known format beats a judged guess, a guess about what a
    value stands for beats one about its encoded form, then the higher score, the longer secret and the rule id
    decide, so that the outcome never depends on the order of the claims.

    Findings of one decoded text, which was settled by itself, never displace each other: often all of them can
    only be placed at the whole encoded value. What says the same of the same place stays once.
    """
    ranked = sorted(claims, key=_rank)
    taken: dict[str, list[tuple[int, int]]] = {}
    kept: list[Finding] = []
    said: set[tuple[str, int, int, bytes]] = set()
    for finding, _ in ranked:
        start, end = finding.span.start, finding.span.end
        text = _decoded_text(finding)
        if any(_is_taken(ranges, start, end) for of, ranges in taken.items() if not text or of != text):
            continue
        if text:
            what = (finding.rule_id, start, end, finding.secret.reveal())
            if what in said:
                continue
            said.add(what)
        _take(taken.setdefault(text, []), start, end)
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


def _decoded_text(finding: Finding) -> str:
    """Return the name of the decoded text that a finding was made in, of those of one text; none if in that itself."""
    first, *then = finding.attributes.get("decoded", "").split(", ")
    return f"{first}, {then[0]}" if then and then[0] in _SECOND_STEPS else first


def _take(taken: list[tuple[int, int]], start: int, end: int) -> None:
    """Add [start, end) to the disjoint, sorted ranges, joined with those that it overlaps."""
    first = bisect_left(taken, (start, start))
    if first and taken[first - 1][1] > start:
        first -= 1
    last = first
    while last < len(taken) and taken[last][0] < end:
        last += 1
    if last > first:
        start, end = min(start, taken[first][0]), max(end, taken[last - 1][1])
    taken[first:last] = [(start, end)]


def _is_taken(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether [start, end) overlaps one of the disjoint, sorted ranges."""
    at = bisect_left(taken, (start, start))
    if at < len(taken) and taken[at][0] < end:
        return True
    return at > 0 and taken[at - 1][1] > start
