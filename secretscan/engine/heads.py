"""Heads: where matches of the generic rules can begin.

Those rules start with a long list of names (`password`, `token`, …) that the `regex` module would try at every
byte, and in source code they come near a match on every third line. Hyperscan finds the names in one pass, with
their starts, and each pattern is then tried only there. What is found is the same; a test holds the two equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from secretscan.errors import RuleError
from secretscan.rules import reach
from secretscan.rules.model import Rule

if TYPE_CHECKING:
    from secretscan.engine.program import Program


def heads_of(rules: Sequence[Rule]) -> tuple[dict[str, list[int]], bytes]:
    """Return the head numbers of the judged rules, by rule id, and the database of the heads."""
    numbers: dict[str, int] = {}
    by_rule: dict[str, list[int]] = {}
    for rule in rules:
        for text in reach.heads(rule.pattern) if rule.judge and rule.pattern else ():
            by_rule.setdefault(rule.id, []).append(numbers.setdefault(text, len(numbers)))
    if not numbers:
        return {}, b""
    flags = [("SOM_LEFTMOST",)] * len(numbers)
    return by_rule, compile_database(list(numbers), list(numbers.values()), flags)


def compile_database(texts: Sequence[str], ids: Sequence[int], flags: Sequence[tuple[str, ...]]) -> bytes:
    """Return a serialized Hyperscan database; empty where Hyperscan cannot be imported.

    `flags` are names of Hyperscan flags per expression. Raises RuleError for an expression it refuses.
    """
    try:
        import hyperscan
    except ImportError:
        return b""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(
            expressions=[text.encode("ascii") for text in texts],
            ids=list(ids),
            elements=len(texts),
            flags=[sum(getattr(hyperscan, f"HS_FLAG_{name}") for name in names) for names in flags],
        )
    except hyperscan.HyperscanError as error:
        cause = re.sub(r"\s+", " ", str(error))
        raise RuleError(f"the rules cannot be compiled for the prefilter: {cause}") from error
    return bytes(hyperscan.dumpb(database))


class HeadFinder:
    """Finds the heads of a program's rules in texts."""

    def __init__(self, program: Program) -> None:
        """Load the database of the heads. Raises ImportError where Hyperscan is missing."""
        import hyperscan

        by_rule, database = program.heads
        self._rules: dict[str, frozenset[int]] = {
            rule_id: frozenset(numbers) for rule_id, numbers in json.loads(by_rule).items() if rule_id
        }
        self._database = hyperscan.loadb(database, mode=hyperscan.HS_MODE_BLOCK)
        self._database.scratch = hyperscan.Scratch(self._database)

    def knows(self, rule_id: str) -> bool:
        """Whether the rule has heads."""
        return rule_id in self._rules

    def find(self, text: bytes, ranges: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
        """Return the starts of each head in the disjoint `ranges` of `text`, by head number, unsorted."""
        found: dict[int, list[int]] = {}

        for low, high in ranges:

            def on_match(
                head: int, start: int, _end: int, _flags: int, _context: object, low: int = low
            ) -> None:
                found.setdefault(head, []).append(start + low)

            part = cast("bytes", memoryview(text)[low:high])
            self._database.scan(part, match_event_handler=on_match)
        return found

    def starts(self, rule_id: str, found: dict[int, list[int]]) -> list[int]:
        """Return where matches of the rule can begin, ascending."""
        heads = self._rules[rule_id]
        return sorted({start for head, starts in found.items() if head in heads for start in starts})


def load_finder(program: Program) -> HeadFinder | None:
    """Return the finder of a program, or None where this machine cannot run its database."""
    try:
        import hyperscan

        try:
            return HeadFinder(program)
        except hyperscan.HyperscanError:
            return None
    except ImportError:
        return None
