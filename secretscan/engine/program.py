"""`Program`: a rule set made ready to run: reach of each rule, keywords, rules, Hyperscan database.

Building one parses every rule and compiles the database (about a second); loading a saved one takes a
millisecond, and each rule is decoded only when the prefilter first names it. `cache` keeps programs on disk.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from secretscan.engine.windows import spans_far
from secretscan.rules.model import Pairing, Rule

if TYPE_CHECKING:
    from secretscan.engine.heads import HeadFinder
    from secretscan.engine.searchtables import SearchTables
    from secretscan.engine.trigger import Expression

_SECTIONS: Final = 7


class Program:
    """A rule set ready to run. Rules are numbered by their place in it."""

    __slots__ = (
        "_decoded",
        "_finder",
        "_lines",
        "_pairings",
        "ahead",
        "back",
        "breaks",
        "database",
        "digest",
        "families",
        "family_database",
        "heads",
        "meta",
        "newline_span",
        "tables",
        "token_runs",
    )

    def __init__(
        self,
        digest: str,
        reach: Sequence[tuple[int, int, int, int, int]],
        meta: bytes,
        rule_lines: list[bytes],
        databases: tuple[bytes, bytes],
        heads: tuple[bytes, bytes] = (b"{}", b""),
    ) -> None:
        """Take the parts; `build` and `unpack` are the two ways to get them."""
        self.digest = digest
        self.back = [row[0] for row in reach]
        self.ahead = [row[1] for row in reach]
        self.breaks = [row[2] for row in reach]
        """Line breaks a match can go over, white space apart (`rules.breaks`)."""
        self.token_runs = [row[3] for row in reach]
        """Token bytes in a row that every match of a rule holds at least (`rules.tokenrun`)."""
        self.newline_span = [row[4] for row in reach]
        """Bytes from the first newline in a match to just after the last (`rules.newlines`)."""
        self.meta = meta
        """JSON object with `keywords` (lower case, by rule) and `notes`."""
        self.database, self.family_database = databases
        """Serialized Hyperscan databases, empty where Hyperscan is not installed. The first reports rule numbers, the
        second families, from `len(self)` on; it is empty without them."""
        self.tables: SearchTables | None = None
        """The triggers once more, for kernels, where those are used (`searchtables`)."""
        self.heads = heads
        """JSON object of head numbers by rule id, and the serialized database of the heads (`heads.py`)."""
        self.families: list[tuple[int, ...]] = [tuple(f) for f in json.loads(heads[0]).get("", ())]
        """Numbers of the rules of each family (`trigger.Family`)."""
        self._lines = rule_lines
        self._decoded: dict[int, Rule] = {}
        self._finder: HeadFinder | None = None
        self._pairings: dict[str, Pairing | None] = {}

    def __len__(self) -> int:
        """Return the number of rules, composite ones included."""
        return len(self._lines)

    def spans_far(self, index: int) -> bool:
        """Whether matches of a rule go over so many lines that only a look at the whole text can tell."""
        return spans_far(self.newline_span[index])

    def rule(self, index: int) -> Rule:
        """Return rule number `index`, decoded on first use."""
        rule = self._decoded.get(index)
        if rule is None:
            from secretscan.engine.rulecodec import decode_rule

            rule = self._decoded[index] = decode_rule(self._lines[index])
        return rule

    def ids(self) -> list[str]:
        """Return the ids of all rules, and decode none."""
        return [json.loads(line[len(b'{"id":') : line.index(b",")]) for line in self._lines]

    def rules_named(self, ids: Iterable[str]) -> dict[str, Rule]:
        """Return the rules with these ids, and decode no other."""
        heads = {f'{{"id":{json.dumps(rule_id)},'.encode(): rule_id for rule_id in ids}
        found = {}
        for number, line in enumerate(self._lines):
            rule_id = heads.get(line[: line.index(b",") + 1])
            if rule_id is not None:
                found[rule_id] = self.rule(number)
        return found

    def pairing(self, rule_id: str) -> Pairing | None:
        """Return how findings of the rule join those of another, if they do."""
        if rule_id not in self._pairings:
            rule = self.rules_named((rule_id,)).get(rule_id)
            self._pairings[rule_id] = rule.pair if rule is not None else None
        return self._pairings[rule_id]

    def rules(self) -> Iterable[Rule]:
        """Yield all rules in order."""
        return (self.rule(i) for i in range(len(self)))

    def keywords(self) -> list[list[str]]:
        """Return the keywords of each rule, lower case, for the pure-Python prefilter."""
        found: list[list[str]] = json.loads(self.meta)["keywords"]
        return found

    def notes(self) -> tuple[str, ...]:
        """Return what a report must say about the choice of rules."""
        return tuple(json.loads(self.meta)["notes"])

    def head_finder(self) -> HeadFinder | None:
        """Return the finder of the rules' heads, loaded on first use; None where Hyperscan cannot run."""
        if self._finder is None and self.heads[1]:
            from secretscan.engine.heads import load_finder

            self._finder = load_finder(self)
        return self._finder

    def __reduce__(self) -> tuple[Callable[[str, bytes], Program], tuple[str, bytes]]:
        """Travel to a worker as bytes: what was decoded and loaded here stays."""
        return Program.unpack, (self.digest, self.pack())

    def pack(self) -> bytes:
        """Return the program as bytes for the cache: section lengths, then the sections."""
        reach = array(
            "I",
            [n for row in zip(*self._columns(), strict=True) for n in row],
        ).tobytes()
        sections = (
            reach,
            self.meta,
            b"\n".join(self._lines),
            self.database,
            self.family_database,
            *self.heads,
        )
        return array("Q", map(len, sections)).tobytes() + b"".join(sections)

    def _columns(self) -> Sequence[list[int]]:
        return self.back, self.ahead, self.breaks, self.token_runs, self.newline_span

    @classmethod
    def unpack(cls, digest: str, payload: bytes) -> Program:
        """Return the program that `pack` wrote. Raises ValueError when the lengths do not add up."""
        head = _SECTIONS * 8
        lengths = array("Q", payload[:head])
        if len(lengths) != _SECTIONS or head + sum(lengths) != len(payload):
            raise ValueError("section lengths do not add up")
        parts, at = [], head
        for length in lengths:
            parts.append(payload[at : at + length])
            at += length
        numbers = array("I", parts[0])
        reach = list(
            zip(numbers[::5], numbers[1::5], numbers[2::5], numbers[3::5], numbers[4::5], strict=True)
        )
        lines = parts[2].split(b"\n") if parts[2] else []
        return cls(digest, reach, parts[1], lines, (parts[3], parts[4]), (parts[5], parts[6]))


def build(rules: Sequence[Rule], digest: str, notes: Sequence[str] = ()) -> Program:
    """Return the program of `rules`.

    Raises RuleError for a rule whose reach is not bounded or that Hyperscan refuses.
    """
    from secretscan.engine.heads import heads_of
    from secretscan.engine.rulecodec import encode_rule
    from secretscan.engine.trigger import families_of, triggers_of

    triggers = [triggers_of(rule) for rule in rules]
    families = families_of(rules)
    numbered = [(n, e) for n, t in enumerate(triggers) for e in t.expressions]
    of_families = [(len(rules) + n, family.expression) for n, family in enumerate(families)]
    by_rule, heads = heads_of(rules)
    return Program(
        digest=digest,
        reach=[(t.back, t.ahead, t.breaks, t.token_run, t.newline_span) for t in triggers],
        meta=json.dumps(
            {"keywords": [[k.lower() for k in rule.keywords] for rule in rules], "notes": list(notes)}
        ).encode(),
        rule_lines=[encode_rule(rule) for rule in rules],
        databases=(trigger_database(numbered), trigger_database(of_families)),
        heads=(json.dumps({**by_rule, "": [family.rules for family in families]}).encode(), heads),
    )


def trigger_database(triggers: Sequence[tuple[int, Expression]]) -> bytes:
    """Return the serialized Hyperscan database of numbered triggers; empty where Hyperscan cannot be imported."""
    from secretscan.engine.heads import compile_database

    if not triggers:
        return b""
    return compile_database(
        [e.text for _, e in triggers],
        [number for number, _ in triggers],
        [("CASELESS",) if e.is_caseless else () for _, e in triggers],
    )
