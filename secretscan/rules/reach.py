"""How far a pattern reaches, and the simpler expression that tells Hyperscan where to try it.

The engine matches a rule only in a window around a trigger's hit; the widths here decide the window, so
they err on the wide side. Nothing here runs a pattern.
"""

from __future__ import annotations

from typing import NamedTuple

from secretscan.rules.expression import LOOSE_FROM, written
from secretscan.rules.tree import (
    NEWLINE,
    Bytes,
    Choice,
    Look,
    Node,
    Repeat,
    Seq,
    looks,
    parse,
    widths,
)

TRIGGER_WIDTH = 200
"""Bytes after which a trigger may be cut: what follows costs automaton states and rules out little more."""
TRIGGER_SURE = 8
"""A trigger is cut only where what remains consumes at least this many bytes."""


class Trigger(NamedTuple):
    """An expression that matches wherever the pattern does, and more."""

    expression: str
    """Hyperscan syntax, plain ASCII, without lookarounds and groups."""
    max_width: int
    """Most bytes between the start of the pattern's match and the end offset the trigger reports in it."""
    tree: Seq
    """What the expression was written from."""


def max_width(pattern: str) -> int:
    """Return the most bytes a match of `pattern` covers; at least `tree.UNBOUNDED` when there is no limit."""
    return widths(parse(pattern))[1]


def lookaround(pattern: str) -> tuple[int, int]:
    """Return how many bytes before and after its match `pattern` looks at."""
    behind = ahead = 0
    for look in looks(parse(pattern)):
        behind, ahead = max(behind, look.behind), max(ahead, look.ahead)
    return behind, ahead


def trigger(pattern: str) -> Trigger:
    """Return the expression to search for instead of `pattern`.

    For every match [s, e) of the pattern it reports an end offset `to` with s < to <= e and
    to - s <= `max_width`. Its end is cut so that one match gives few end offsets.
    Raises `ValueError` for a pattern that can match the empty string: nothing would trigger it.
    """
    cut = _without_tail(_shortened(_without_looks(parse(pattern))))
    if widths(cut)[0] == 0:
        raise ValueError("the pattern can match without consuming a byte")
    short = _without_head(cut)
    return Trigger(written(short, loose=True), widths(cut)[1], short)


def _without_looks(seq: Seq) -> Seq:
    items: list[Node] = []
    for item in seq.items:
        match item:
            case Look():
                continue
            case Repeat(body, least, most):
                items.append(Repeat(_without_looks(body), least, most))
            case Choice(options):
                items.append(Choice(tuple(map(_without_looks, options))))
            case Bytes():
                items.append(item)
    # `re` puts a lone lookaround or an empty group in repeats and branches too; such items consume nothing.
    return Seq(tuple(item for item in items if widths(item)[1]))


def _shortened(seq: Seq) -> Seq:
    """Cut at the item that takes the sequence past `TRIGGER_WIDTH`, once `TRIGGER_SURE` bytes are certain."""
    low = high = 0
    for place, item in enumerate(seq.items):
        least, most = widths(item)[0], _cost(item)
        if high + most > TRIGGER_WIDTH:
            if low >= TRIGGER_SURE:
                return Seq(seq.items[:place])
            if low + least >= TRIGGER_SURE:
                last = Choice(tuple(map(_shortened, item.options))) if isinstance(item, Choice) else item
                return Seq((*seq.items[:place], last))
        low, high = low + least, high + most
    return seq


def _cost(node: Node) -> int:
    """Bytes that `node` counts for in a trigger: a repeat without an upper bound costs no more than its least."""
    match node:
        case Repeat(Seq((Bytes(members),)), least, most) if NEWLINE not in members and most >= LOOSE_FROM:
            return least + 1
        case Repeat(body, _, most):
            return most * sum(map(_cost, body.items))
        case Choice(options):
            return max(sum(map(_cost, option.items)) for option in options)
        case _:
            return widths(node)[1]


def _without_tail(seq: Seq) -> Seq:
    """Cut variable repeats at the end to their least: the shortest match ends earlier, at fewer places."""
    items = list(seq.items)
    while items:
        match items.pop():
            case Repeat(body, least, most) if most > least or least == 1:
                items += _copies(body, least)
                if least == 0:
                    continue
                if isinstance(items[-1], Repeat) and items[-1].least == items[-1].most > 1:
                    break
            case Repeat(body, least, _) if body != (shorter := _without_tail(body)):
                items += [*_copies(body, least - 1), *shorter.items]
                break
            case Choice() as choice if widths(choice)[0] == 0:
                continue
            case Choice(options):
                items.append(Choice(tuple(map(_without_tail, options))))
                break
            case other:
                items.append(other)
                break
    return Seq(tuple(items))


def _without_head(seq: Seq) -> Seq:
    """Cut variable repeats at the start to their least: the same ends match, with fewer states."""
    items = list(seq.items)
    while items:
        match items[0]:
            case Repeat(body, least, most) if most > least:
                items[:1] = _copies(body, least)
                if least:
                    break
            case Choice() as choice if widths(choice)[0] == 0:
                del items[0]
            case Choice(options):
                items[0] = Choice(tuple(map(_without_head, options)))
                break
            case _:
                break
    return Seq(tuple(items))


def _copies(body: Seq, count: int) -> list[Node]:
    if count <= 1:
        return list(body.items) * count
    return [Repeat(body, count, count)]


def heads(pattern: str) -> tuple[str, ...]:
    """Return expressions for the ways in which a match of `pattern` can begin; empty when there is no such list.

    For a pattern that begins with alternatives (`(?:password|token|…)`), one short expression for each: wherever
    the pattern matches, one of them does at the same place. With their places known, the pattern need not be
    tried anywhere else.
    """
    items = [item for item in parse(pattern).items if not isinstance(item, Look)]
    if not items or not isinstance(items[0], Choice):
        return ()
    options = [_without_tail(_without_looks(option)) for option in items[0].options]
    if any(widths(option)[0] < HEAD_SURE or widths(option)[1] > HEAD_WIDTH for option in options):
        return ()
    return tuple(dict.fromkeys(written(option) for option in options))


HEAD_WIDTH = 40
"""Bytes a head may be wide: finding where a wide one starts is beyond Hyperscan."""
HEAD_SURE = 2
"""Bytes each head must consume: shorter ones stand everywhere and would tell nothing."""


class Named(NamedTuple):
    """A pattern that finds a value by the name before it, taken apart."""

    names: Choice
    """The alternatives of the name."""
    rest: Seq
    """What follows, up to the least of the value."""
    max_width: int
    """Most bytes between the start of a match and the end of `rest` in it, what stands before the name included."""


def named(pattern: str) -> Named:
    """Return the parts of `pattern`: names, and what follows them.

    Wherever the pattern matches, a name with `rest` behind it ends in the match, inside the value. Raises
    `ValueError` for a pattern without alternatives of names on its first level.
    """
    items = _without_looks(parse(pattern)).items
    place = next((n for n, item in enumerate(items) if isinstance(item, Choice)), None)
    if place is None or widths(items[place])[0] < HEAD_SURE:
        raise ValueError("the pattern does not have its names as alternatives on its first level")
    names = items[place]
    assert isinstance(names, Choice)  # noqa: S101 - chosen for being one
    rest = _without_tail(Seq(items[place + 1 :]))
    return Named(names, rest, widths(Seq(items[: place + 1]))[1] + widths(rest)[1])
