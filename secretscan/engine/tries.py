"""What a screen tries of rules: every match in a window, those that overlap too, until one is more than refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secretscan.engine.assess import assess, refused
from secretscan.engine.lines import Lines
from secretscan.engine.match import SECONDS_PER_RULE, compile_pattern, trusted_pattern
from secretscan.engine.searches import overlapping

if TYPE_CHECKING:
    from secretscan.engine.heads import HeadFinder
    from secretscan.engine.traits import Member
    from secretscan.rules.model import Rule


def finds_nothing(rule: Rule, text: bytes, window: tuple[int, int], path: bytes) -> bool:
    """Whether all matches of a rule in a window, those that overlap too, are dropped."""
    low, high = window
    try:
        if rule.judge:
            matches = overlapping(trusted_pattern(rule), text, low, high, high)
            return all(refused(rule, match, Lines(text)) for match in matches)
        pattern = compile_pattern(rule)
        return all(
            b"\n" not in match[0] and assess(rule, match, Lines(text), path).dropped
            for match in pattern.finditer(text, low, high, overlapped=True, timeout=SECONDS_PER_RULE)
        )
    except TimeoutError:
        return False


def open_members(
    finder: HeadFinder | None,
    members: Sequence[Member],
    text: bytes,
    place: tuple[int, int],
    around: tuple[int, int, int],
) -> Iterator[int]:
    """Yield the numbers of those of `members`, rules of a family, of which a match is more than refused.

    It begins before the second offset of `place`, and may reach the first, where the trigger ends. `around`: the part
    in which to look, and where the line before begins: no match of a member that is near begins farther back.
    """
    end, stop = place
    low_bound, high_bound, before = around
    lines = Lines(text)
    lows = [max(before if member.is_near else low_bound, end - member.back) for member in members]
    heads = finder.find(text, [(min(lows, default=stop), stop)]) if finder is not None else {}
    for member, low in zip(members, lows, strict=True):
        high = min(high_bound, stop + member.ahead)
        if finder is not None and finder.knows(member.rule.id):
            places = finder.starts(member.rule.id, heads)
            tried = (member.pattern.match(text, at, high) for at in places if at >= low)
            found = filter(None, tried)
        else:
            found = filter(None, overlapping(member.pattern, text, low, stop, high))
        if not all(refused(member.rule, match, lines) for match in found):
            yield member.number
