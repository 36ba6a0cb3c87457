"""The proof behind `secretscan rules check`: every example found, every near miss quiet, no slow pattern."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import dataclass, field
from typing import Final

from secretscan.engine.match import MatchTimeout, matches
from secretscan.engine.program import build
from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob
from secretscan.model.finding import MEDIUM_SCORE, Finding
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.model import Rule
from secretscan.rules.samples import fill

SLOW_S: Final = 0.25
"""Time a rule may take on the hostile texts below; a pattern without backtracking needs a hundredth of it."""
_HOSTILE_BYTES: Final = 20_000
_SLOWEST_SHOWN: Final = 20


@dataclass(slots=True)
class Outcome:
    """Result of a check."""

    rules: int = 0
    examples: int = 0
    problems: list[str] = field(default_factory=list)
    slowest: list[tuple[str, float]] = field(default_factory=list)
    """(rule id, seconds) on the hostile texts, slowest first."""


def check_rules(
    rules: Sequence[Rule], clock: Callable[[], float] = time.process_time, others: Collection[str] = ()
) -> Outcome:
    """Return what is wrong with `rules`; an empty list of problems means that all hold.

    `others` are ids of rules that they may refer to.
    """
    outcome = Outcome(rules=len(rules))
    scanner = Scanner(build(rules, "check"))
    by_id = {rule.id: rule for rule in rules}
    for rule in rules:
        outcome.problems += _check_references(rule, {*by_id, *others})
        for number, text in enumerate(rule.examples):
            outcome.examples += 1
            outcome.problems += _check_example(rule, scanner, fill(text, seed=f"{rule.id}/{number}"), number)
        for number, text in enumerate(rule.negative_examples):
            outcome.examples += 1
            found = _found(rule, scanner, fill(text, seed=f"{rule.id}/near/{number}"))
            if any(f.rule_id == rule.id for f in found):
                outcome.problems.append(f"{rule.source}: {rule.id}: near miss {number + 1} is reported")
    outcome.slowest = sorted(_timings(rules, clock), key=lambda t: (-t[1], t[0]))[:_SLOWEST_SHOWN]
    outcome.problems += [
        f"{by_id[rule_id].source}: {rule_id}: pattern backtracks: {seconds:.2f} s on a hostile text"
        for rule_id, seconds in outcome.slowest
        if seconds > SLOW_S
    ]
    return outcome


def _check_example(rule: Rule, scanner: Scanner, text: str, number: int) -> list[str]:
    """Problems with one example: it must give one finding of the rule (or of what it is joined into)."""
    found = _found(rule, scanner, text)
    names = {rule.id} | ({rule.pair.becomes} if rule.pair and rule.pair.becomes else set())
    own = [f for f in found if f.rule_id in names]
    where = f"{rule.source}: {rule.id}: example {number + 1}"
    if len(own) == 1:
        return []
    if own:
        return [f"{where} gives {len(own)} findings"]
    others = sorted({f.rule_id for f in found})
    return [f"{where} is found by {', '.join(others)} instead" if others else f"{where} is not found"]


def _found(rule: Rule, scanner: Scanner, text: str) -> list[Finding]:
    path = b"example.py" if rule.file_kinds == ("code",) else b"example"
    findings = scanner.scan(Blob(text.encode(), WorkTreeFile(path))).findings
    return [f for f in findings if f.score >= MEDIUM_SCORE and not f.suppressed]


def _check_references(rule: Rule, known: Collection[str]) -> list[str]:
    """Problems with the names a rule refers to."""
    from secretscan.engine.judge import JUDGES
    from secretscan.engine.structure import STRUCTURES
    from secretscan.verify import VERIFIERS

    named: list[tuple[str, Container[str], str]] = [
        (rule.structure, STRUCTURES, "structure check"),
        (rule.judge, JUDGES, "judge"),
        (rule.verifier, VERIFIERS, "verifier"),
    ]
    problems = [
        f"{rule.source}: {rule.id}: no {kind} is called {name}"
        for name, table, kind in named
        if name and name not in table
    ]
    for other in [*rule.pair.with_rules, rule.pair.becomes] if rule.pair else []:
        if other and other not in known:
            problems.append(f"{rule.source}: {rule.id}: pairs with {other}, which does not exist")
    return problems


def _timings(rules: Sequence[Rule], clock: Callable[[], float]) -> list[tuple[str, float]]:
    """Seconds of each rule on texts made to provoke backtracking: its own keyword, repeated and drawn out."""
    timings = []
    for rule in rules:
        if not rule.pattern:
            continue
        began = clock()
        for text in _hostile(rule):
            try:
                for _ in matches(rule, text, [(0, len(text))]):
                    pass
            except MatchTimeout:
                break
        timings.append((rule.id, clock() - began))
    return timings


def _hostile(rule: Rule) -> list[bytes]:
    words = [word.encode() for word in rule.keywords[:2]] or [b"a"]
    texts = []
    for word in words:
        for filler in (b"a", b" ", b"aA1", b"=", b'="', b"/+", b"a."):
            texts.append(word + filler * (_HOSTILE_BYTES // len(filler)))
        texts.append(word * (_HOSTILE_BYTES // max(1, len(word))))
    return texts
