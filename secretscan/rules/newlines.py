"""How far apart newlines in a match of a pattern can stand: what a change of one line may touch."""

from __future__ import annotations

from typing import Final, NamedTuple

from secretscan.rules.tree import NEWLINE, UNBOUNDED, Bytes, Choice, Node, Repeat, Seq, looks, parse, widths


def newline_span(pattern: str, lookaround: int) -> int:
    """Return the most bytes from the first newline in a match of `pattern` to just after the last one in it.

    0 when no match can hold a newline. A match begins on the line that its first newline ends, and ends on the line
    behind its last. `UNBOUNDED` for a pattern that sees more than `lookaround` bytes of other lines around its match.
    """
    tree = parse(pattern)
    if any(look.newline > lookaround for look in looks(tree)):
        return UNBOUNDED
    return _seq(tree).span


class _Extent(NamedTuple):
    """Bytes at most, in what a node matches; all 0 where that holds no newline."""

    head: int = 0
    """From its start to just after its last newline."""
    span: int = 0
    """From its first newline to just after its last."""
    tail: int = 0
    """From its first newline to its end."""


_NONE: Final = _Extent()


def _seq(seq: Seq) -> _Extent:
    head = span = tail = width = 0
    for item in seq.items:
        extent = _node(item)
        own = widths(item)[1]
        if extent.span:
            span = max(span, extent.span, tail + extent.head if tail else 0)
            head = max(head, width + extent.head)
        tail = max(tail + own if tail else 0, extent.tail)
        width += own
    return _Extent(head, span, tail)


def _node(node: Node) -> _Extent:
    match node:
        case Bytes(members):
            return _Extent(1, 1, 1) if NEWLINE in members else _NONE
        case Repeat(body, _, most):
            extent = _seq(body)
            if not extent.span or not most:
                return _NONE
            others = (most - 1) * widths(body)[1]
            between = extent.tail + others - widths(body)[1] + extent.head if most > 1 else 0
            return _Extent(others + extent.head, max(extent.span, between), others + extent.tail)
        case Choice(options):
            extents = [_seq(option) for option in options]
            return _Extent(*map(max, zip(*extents, strict=True))) if extents else _NONE
        case _:
            return _NONE
