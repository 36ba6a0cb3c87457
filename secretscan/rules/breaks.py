"""How many line breaks a match of a pattern can go over."""

from __future__ import annotations

from typing import Final

from secretscan.rules.tree import NEWLINE, Bytes, Choice, Look, Node, Repeat, Seq, parse

MANY_BREAKS: Final = 255
"""Stands for any number: something else than white space can stand beside a newline, as in a key block."""

_WHITE: Final = frozenset(b" \t\r\n\v\f")


def line_breaks(pattern: str) -> int:
    """Return over how many runs of white space with newlines in them a match of `pattern` can go at most.

    At most `MANY_BREAKS`.
    """
    return min(MANY_BREAKS, _breaks(parse(pattern)))


def _breaks(seq: Seq) -> int:
    return sum(map(_breaks_of, seq.items))


def _breaks_of(node: Node) -> int:
    match node:
        case Bytes(members):
            return 0 if NEWLINE not in members else 1 if members <= _WHITE else MANY_BREAKS
        case Repeat(body, _, most):
            inner = _breaks(body)
            is_run = len(body.items) == 1 and isinstance(body.items[0], Bytes)
            return inner if inner == 0 or is_run else inner * most
        case Choice(options):
            return max(map(_breaks, options))
        case Look():
            return 0
