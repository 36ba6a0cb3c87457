"""Partners are those that a comparison of every finding with every other would choose."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.pair import pair, without_lonely
from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.rules.model import Pairing

KEY = Pairing(("id",), "key_id", within_lines=2, becomes="both")
NEEDY = Pairing(("id", "key"), "key_id", within_lines=1, required=True)
PAIRINGS = {"key": KEY, "needy": NEEDY}


def finding(rule: str, line: int, at: int) -> Finding:
    name = f"{rule}-{line}-{at}".encode()
    return Finding(rule, Secret(name), Span(at, at + 5), Region(line, at + 1, line, at + 6), 0.9)


def apart(one: Finding, other: Finding) -> int:
    return abs(one.region.line - other.region.line)


def compared(findings: list[Finding]) -> list[tuple[str, str]]:
    """Rule and partner of each finding that remains, by a comparison of all with all."""
    options = sorted(
        (apart(a, b), abs(a.span.start - b.span.start), a.span, b.span, n, m)
        for n, a in enumerate(findings)
        for m, b in enumerate(findings)
        if a.rule_id in PAIRINGS
        and n != m
        and b.rule_id in PAIRINGS[a.rule_id].with_rules
        and apart(a, b) <= PAIRINGS[a.rule_id].within_lines
    )
    partner: dict[int, int] = {}
    used: set[int] = set()
    for share in (False, True):
        for *_, n, m in options:
            if n not in partner and (share or m not in used) and n not in used:
                partner[n] = m
                used.add(m)
    return [
        (PAIRINGS[f.rule_id].becomes or f.rule_id, findings[partner[n]].secret.reveal().decode())
        if n in partner
        else (f.rule_id, "")
        for n, f in enumerate(findings)
        if n not in partner.values() and (n in partner or f.rule_id != "needy")
    ]


PLACES = st.lists(
    st.tuples(st.sampled_from(["id", "key", "needy", "other"]), st.integers(0, 6), st.integers(0, 3)),
    max_size=16,
    unique_by=lambda place: (place[1], place[2]),
)


@given(PLACES)
@settings(max_examples=400, deadline=None)
def test_the_neighbours_of_a_finding_are_enough(places: list[tuple[str, int, int]]) -> None:
    findings = [
        finding(rule, 1 + line, 40 * line + 10 * at) for rule, line, at in sorted(places, key=lambda p: p[1:])
    ]
    assert [(f.rule_id, f.attributes.get("key_id", "")) for f in pair(findings, PAIRINGS)] == compared(
        findings
    )
    kept = [f for f, _ in without_lonely([(f, False) for f in findings], PAIRINGS)]
    assert kept == [
        f
        for f in findings
        if f.rule_id != "needy"
        or any(o is not f and o.rule_id in NEEDY.with_rules and apart(f, o) <= 1 for o in findings)
    ]


def test_thousands_of_pairs_on_one_line_are_all_joined() -> None:
    findings = [
        finding(rule, 1, 20 * n + 10 * k) for n in range(3000) for k, rule in enumerate(("id", "key"))
    ]
    joined = pair(findings, PAIRINGS)
    assert [f.rule_id for f in joined] == ["both"] * 3000
    assert len({f.attributes["key_id"] for f in joined}) == 3000
