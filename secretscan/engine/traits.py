"""`Traits`: what a screen must know of the rules of a program, worked out when it first asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from secretscan.engine.match import trusted_pattern
from secretscan.engine.program import Program
from secretscan.rules.breaks import MANY_BREAKS
from secretscan.rules.model import Rule
from secretscan.rules.tree import wants_quote

BINARY: Final = "binary"
"""Kind of a text that is no text: only rules for formats apply."""
ALL_KINDS: Final = ("code", "config", "shell", "data", "markup", BINARY)


class Member(NamedTuple):
    """A rule of a family, ready to be tried."""

    number: int
    rule: Rule
    pattern: re.Pattern[bytes]
    back: int
    ahead: int
    is_near: bool
    """False when a match may begin more than one line break before its value."""


class HitTraits(NamedTuple):
    """How what a trigger stands for is looked at: a rule, or a family of them."""

    kinds: tuple[str, ...] = ALL_KINDS
    """Kinds of files in which it counts."""
    is_family: bool = False
    is_on_line: bool = False
    """All of a match, and its refusal, happens on one line."""
    refuses_words: bool = False
    """Words, as they stand, are no value of it."""
    is_quoted: bool = False
    """A value has a quote before it."""
    back: int = 0
    ahead: int = 0
    run: int = 0
    """Token bytes in a row that a match needs; 0 where that is not asked."""


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Return the kinds of files that a rule is for: no guess counts in binary data."""
    return tuple(
        kind
        for kind in ALL_KINDS
        if (kind != BINARY or not rule.judge) and (rule.file_kinds == ("any",) or kind in rule.file_kinds)
    )


def kind_bits(kinds: Iterable[str]) -> int:
    """Return kinds of files as bits of a number."""
    return sum(1 << ALL_KINDS.index(kind) for kind in kinds)


def refuses_words(rule: Rule) -> bool:
    """Whether words on a line, as they stand, are no value of `rule` (`engine.wordy`)."""
    from secretscan.engine.judge.refusals import DECODED_RULES

    return rule.judge == "generic" and rule.id not in DECODED_RULES


class Traits:
    """Traits of the rules and families of one program."""

    def __init__(self, program: Program) -> None:
        """Know nothing yet: most rules are never asked about."""
        self._program = program
        self._quoted: dict[int, bool] = {}
        self._members: dict[tuple[int, str], tuple[Member, ...]] = {}

    def is_quoted(self, family: int) -> bool:
        """Whether all rules of a family want a quote before their value."""
        known = self._quoted.get(family)
        if known is None:
            members = self.family(family, "")
            known = self._quoted[family] = all(wants_quote(member.rule.pattern) for member in members)
        return known

    def is_far(self, family: int, line: bytes) -> bool:
        """Whether a match with its value on `line` may begin farther away than on the line before."""
        lowered = line.lower()
        return any(
            not member.is_near and any(word.encode() in lowered for word in member.rule.keywords)
            for member in self.family(family, "")
        )

    def family(self, family: int, kind: str) -> tuple[Member, ...]:
        """Return the rules of a family that apply to a kind of file; all of them when it is empty."""
        members = self._members.get((family, kind))
        if members is None:
            program = self._program
            found = []
            for number in program.families[family]:
                rule = program.rule(number)
                if not kind or rule.file_kinds == ("any",) or kind in rule.file_kinds:
                    breaks = program.breaks[number]
                    near = breaks != MANY_BREAKS and breaks <= 1
                    back, ahead = program.back[number], program.ahead[number]
                    found.append(Member(number, rule, trusted_pattern(rule), back, ahead, near))
            members = self._members[family, kind] = tuple(found)
        return members

    def of_hit(self, number: int) -> HitTraits:
        """Return how to look at what has this number in the prefilter's database."""
        program = self._program
        if number >= len(program):
            family = number - len(program)
            kinds = tuple(kind for kind in ALL_KINDS if kind != BINARY and self.family(family, kind))
            return HitTraits(kinds, is_family=True, refuses_words=True, is_quoted=self.is_quoted(family))
        if program.spans_far(number):
            return HitTraits()
        rule = program.rule(number)
        return HitTraits(
            kinds_of(rule),
            is_on_line=rule.judge == "generic" and not program.breaks[number],
            refuses_words=refuses_words(rule),
            back=program.back[number],
            ahead=program.ahead[number],
            run=program.token_runs[number],
        )
