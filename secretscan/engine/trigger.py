"""Triggers: what the prefilter looks for in place of a rule's pattern, and how far from it a match can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from secretscan.errors import RuleError
from secretscan.rules.model import Rule

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
    back: int = 0
    ahead: int = 0
    breaks: int = 0
    """Line breaks a match can go over (`reach.line_breaks`)."""


def triggers_of(rule: Rule) -> Triggers:
    """Return the triggers of `rule`; a composite rule has none.

    Raises RuleError for a pattern that can match too much at once.
    """
    if not rule.pattern:
        return Triggers()
    from secretscan.rules import reach
    from secretscan.rules.breaks import line_breaks

    behind, beyond = reach.lookaround(rule.pattern)
    width = reach.max_width(rule.pattern)
    if width > MAX_CONTEXT:
        raise RuleError(
            f'rule "{rule.id}" in {rule.source}: pattern can match {width} bytes, more than {MAX_CONTEXT}',
            help="bound its repeats, e.g. {0,200} in place of * or +",
        )
    if rule.starts_with_keyword and _is_rare(rule):
        longest = max(len(word.encode()) for word in rule.keywords)
        literals = tuple(Expression(_escaped(word), is_caseless=True) for word in rule.keywords)
        return Triggers(literals, longest + behind, width + beyond, line_breaks(rule.pattern))
    trigger = reach.trigger(rule.pattern)
    breaks = line_breaks(rule.pattern)
    return Triggers((Expression(trigger.expression),), trigger.max_width + behind, width + beyond, breaks)


def _is_rare(rule: Rule) -> bool:
    """Whether the keywords are names and not everyday words.

    A literal costs the prefilter next to nothing, where keyword, gap and value together cost it an automaton;
    but a word that stands in every tenth line (`line`) would cost a look at the text around it each time.
    """
    from secretscan.engine.judge.language import is_word

    return not any(is_word(word) for word in rule.keywords)


def _escaped(word: str) -> str:
    return "".join(chr(b) if chr(b).isalnum() and b < 128 else f"\\x{b:02x}" for b in word.lower().encode())
