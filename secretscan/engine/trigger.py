"""Triggers: what the prefilter looks for in place of a rule's pattern, and how far from it a match can reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from secretscan.engine.windows import LOOKAROUND_BYTES
from secretscan.errors import RuleError
from secretscan.rules.model import Rule

if TYPE_CHECKING:
    from secretscan.rules.reach import Named
    from secretscan.rules.tree import Seq

MAX_CONTEXT: Final = 64 * 1024
"""Bytes a rule may reach to either side of its trigger; a wider rule is refused when a program is built."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One Hyperscan expression, plain ASCII."""

    text: str
    is_caseless: bool = False


@dataclass(frozen=True, slots=True)
class Triggers:
    """The expressions of one rule. A match lies within [end - back, end + ahead) of an end that one reports."""

    expressions: tuple[Expression, ...] = ()
    """None for a rule of a family, which has one trigger for all its rules."""
    back: int = 0
    ahead: int = 0
    breaks: int = 0
    """Line breaks a match can go over (`rules.breaks`)."""
    token_run: int = 0
    """Token bytes in a row that every match holds at least (`rules.tokenrun`)."""
    newline_span: int = 0
    """Bytes from the first newline in a match to just after the last (`rules.newlines`)."""


def triggers_of(rule: Rule) -> Triggers:
    """Return the triggers of `rule`; a composite rule has none.

    Raises RuleError for a pattern that can match too much at once.
    """
    if not rule.pattern:
        return Triggers()
    from secretscan.rules import reach
    from secretscan.rules.breaks import line_breaks
    from secretscan.rules.newlines import newline_span
    from secretscan.rules.tokenrun import token_run

    behind, beyond = reach.lookaround(rule.pattern)
    width = reach.max_width(rule.pattern)
    if width > MAX_CONTEXT:
        raise RuleError(
            f'rule "{rule.id}" in {rule.source}: pattern can match {width} bytes, more than {MAX_CONTEXT}',
            help="bound its repeats, e.g. {0,200} in place of * or +",
        )
    shape = (line_breaks(rule.pattern), token_run(rule.pattern), newline_span(rule.pattern, LOOKAROUND_BYTES))
    if rule.family:
        back = _named(rule).max_width + behind
        return Triggers((), back, width + beyond, *shape)
    if is_by_keyword(rule):
        longest = max(len(word.encode()) for word in rule.keywords)
        literals = tuple(Expression(_escaped(word), is_caseless=True) for word in rule.keywords)
        return Triggers(literals, longest + behind, width + beyond, *shape)
    trigger = reach.trigger(rule.pattern)
    return Triggers((Expression(trigger.expression),), trigger.max_width + behind, width + beyond, *shape)


@dataclass(frozen=True, slots=True)
class Family:
    """Rules that look for values behind the same names, and their common trigger: it ends inside the value."""

    expression: Expression
    rules: tuple[int, ...]
    """Numbers of its rules, ascending."""


def families_of(rules: Sequence[Rule]) -> list[Family]:
    """Return the families of `rules`, by name.

    Their patterns begin alike, and Hyperscan would follow each of those beginnings for every rule anew.
    Raises RuleError for a rule that cannot be in one.
    """
    from secretscan.rules.expression import written

    members: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        if rule.family:
            members.setdefault(rule.family, []).append(number)
    families = []
    for _, numbers in sorted(members.items()):
        names, rests = family_trees([rules[number] for number in numbers])
        behind = "|".join(dict.fromkeys(written(rest, loose=True) for rest in rests))
        families.append(Family(Expression(f"{written(names)}(?:{behind})"), tuple(numbers)))
    return families


def family_trees(rules: Sequence[Rule]) -> tuple[Seq, list[Seq]]:
    """Return the trees of the trigger of one family: its names, as they stand, and in loose form what follows them.

    Raises RuleError for a rule that cannot be in one.
    """
    from secretscan.rules.tree import Choice, Seq

    parts = [_named(rule) for rule in rules]
    names = Choice(tuple(dict.fromkeys(option for part in parts for option in part.names.options)))
    return Seq((names,)), [part.rest for part in parts]


def _named(rule: Rule) -> Named:
    from secretscan.rules import reach

    try:
        return reach.named(rule.pattern)
    except ValueError as error:
        raise RuleError(f'rule "{rule.id}" in {rule.source}, field family: {error}') from error


def is_by_keyword(rule: Rule) -> bool:
    """Whether the keywords of `rule` are its triggers: it starts with one, and they are names and not everyday words.

    A literal costs the prefilter next to nothing, where keyword, gap and value together cost it an automaton;
    but a word that stands in every tenth line (`line`) would cost a look at the text around it each time.
    """
    from secretscan.engine.judge.language import is_word

    return rule.starts_with_keyword and not any(is_word(word) for word in rule.keywords)


def _escaped(word: str) -> str:
    return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\x{b:02x}" for b in word.lower().encode())
