"""Trees of patterns written as Hyperscan expressions: plain ASCII, without groups and lookarounds."""

from __future__ import annotations

from typing import Final

from secretscan.rules.tree import NEWLINE, Bytes, Choice, Look, Node, Repeat, Seq

LOOSE_FROM: Final = 4
"""Repeats of one byte set from this upper bound on lose it in a loose expression."""


def written(seq: Seq, *, loose: bool = False) -> str:
    """Return `seq` as an expression.

    `loose` drops the upper bounds of repeats that stay on one line: what matches then still does, and an endless
    repeat is one state of an automaton where a bounded one is dozens.
    """
    return "".join(_node(item, loose) for item in seq.items)


def _node(node: Node, loose: bool) -> str:
    match node:
        case Bytes(members):
            return _set(members)
        case Choice(options):
            return f"(?:{'|'.join(written(option, loose=loose) for option in options)})"
        case Repeat(body, least, most):
            inner = written(body, loose=loose)
            single = len(body.items) == 1 and not isinstance(body.items[0], Repeat)
            return f"{inner if single else f'(?:{inner})'}{_count(body, least, most, loose)}"
        case Look():
            return ""


def _count(body: Seq, least: int, most: int, loose: bool) -> str:
    if least == most:
        return f"{{{least}}}"
    return f"{{{least},}}" if loose and is_endless(body, most) else f"{{{least},{most}}}"


def is_endless(body: Seq, most: int) -> bool:
    """Whether a loose expression has no upper bound for `body`, up to `most` times: it stays on one line."""
    stays = len(body.items) == 1 and isinstance(body.items[0], Bytes) and NEWLINE not in body.items[0].members
    return stays and most >= LOOSE_FROM


def _set(members: frozenset[int]) -> str:
    if len(members) == 1:
        return _byte(min(members))
    negated = len(members) > 128
    chosen = sorted(frozenset(range(256)) - members if negated else members)
    if not chosen:
        return r"[\x00-\xff]"
    runs: list[tuple[int, int]] = []
    for byte in chosen:
        if runs and runs[-1][1] == byte - 1:
            runs[-1] = (runs[-1][0], byte)
        else:
            runs.append((byte, byte))
    body = "".join(_byte(low) + (f"-{_byte(high)}" if high > low else "") for low, high in runs)
    return f"[{'^' if negated else ''}{body}]"


def _byte(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and char.isalnum() else f"\\x{byte:02x}"
