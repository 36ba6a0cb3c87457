"""A pattern as a small tree of byte sets: what `reach` measures and cuts. Built from `re`'s own parser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

ALL_BYTES = frozenset(range(256))
NEWLINE = 0x0A
UNBOUNDED = 1 << 31
"""Stands for a repeat without an upper limit."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """One byte out of `members`; case folding is already spelled out."""

    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`body` from `least` to `most` times."""

    body: Seq
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of `options`."""

    options: tuple[Seq, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """A zero-width assertion that sees this many bytes before and after its place."""

    behind: int
    ahead: int
    newline: int = 0
    """How far it sees if it can see a newline, 0 if not."""


@dataclass(frozen=True, slots=True)
class Seq:
    """`items` one after the other. Groups without alternatives are flattened into their parent."""

    items: tuple[Node, ...] = ()


Node = Bytes | Repeat | Choice | Look


@dataclass(slots=True)
class _Walk:
    """Groups seen so far, for back references."""

    groups: dict[int, Seq] = field(default_factory=dict)


@lru_cache(maxsize=64)
def parse(pattern: str) -> Seq:
    """Return the tree of `pattern`, a regex on bytes in `re` syntax. Raises `re.error` for a bad one."""
    parsed = _parser.parse(pattern.encode("latin-1"))
    return _seq(parsed.data, parsed.state.flags, _Walk())


def widths(node: Node | Seq) -> tuple[int, int]:
    """Return the least and the most bytes `node` consumes; the most is `UNBOUNDED` or more when endless."""
    match node:
        case Bytes():
            return 1, 1
        case Look():
            return 0, 0
        case Repeat(body, least, most):
            low, high = widths(body)
            return low * least, high * most
        case Choice(options):
            each = [widths(option) for option in options]
            return min(low for low, _ in each), max(high for _, high in each)
        case Seq(items):
            each = [widths(item) for item in items]
            return sum(low for low, _ in each), sum(high for _, high in each)


def inner(node: Node) -> tuple[Seq, ...]:
    """Return the sequences in a node."""
    match node:
        case Repeat(body):
            return (body,)
        case Choice(options):
            return options
        case _:
            return ()


def looks(seq: Seq) -> list[Look]:
    """Return all lookarounds in `seq`."""
    found: list[Look] = []
    for item in seq.items:
        if isinstance(item, Look):
            found.append(item)
        for within in inner(item):
            found += looks(within)
    return found


def holds_newline(seq: Seq) -> bool:
    """Whether what `seq` consumes may hold a newline."""
    return any(
        (isinstance(item, Bytes) and NEWLINE in item.members) or any(map(holds_newline, inner(item)))
        for item in seq.items
    )


def _seq(data: list[Any], flags: int, walk: _Walk) -> Seq:
    items: list[Node] = []
    for op, value in data:
        node = _node(op, value, flags, walk)
        if isinstance(node, Seq):
            items.extend(node.items)
        else:
            items.append(node)
    return Seq(tuple(items))


def _node(op: Any, value: Any, flags: int, walk: _Walk) -> Node | Seq:  # noqa: ANN401 - the parser is untyped
    if op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY):
        return Bytes(_members(op, value, flags))
    if op is sre.BRANCH:
        return Choice(tuple(_seq(option.data, flags, walk) for option in value[1]))
    if op is sre.SUBPATTERN:
        group, added, removed, body = value
        inner = _seq(body.data, (flags | added) & ~removed, walk)
        if group is not None:
            walk.groups[group] = inner
        return inner
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, body = value
        return Repeat(_seq(body.data, flags, walk), least, UNBOUNDED if most is sre.MAXREPEAT else most)
    if op is sre.ATOMIC_GROUP:
        return _seq(value.data, flags, walk)
    if op is sre.GROUPREF:
        low, high = widths(walk.groups[value])
        return Repeat(Seq((Bytes(ALL_BYTES),)), low, high)
    if op is sre.GROUPREF_EXISTS:
        _, yes, no = value
        return Choice((_seq(yes.data, flags, walk), _seq(no.data, flags, walk) if no else Seq()))
    return _look(op, value, flags, walk)


def _look(op: Any, value: Any, flags: int, walk: _Walk) -> Look:  # noqa: ANN401 - the parser is untyped
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        direction, body = value
        seen = _seq(body.data, flags, walk)
        width = widths(seen)[1]
        newline = width if holds_newline(seen) else 0
        return Look(width, 0, newline) if direction < 0 else Look(0, width, newline)
    if op is sre.AT:
        return Look(1, 1)
    raise re.error(f"unsupported construct {op}")


def _members(op: Any, value: Any, flags: int) -> frozenset[int]:  # noqa: ANN401 - the parser is untyped
    if op is sre.ANY:
        return ALL_BYTES if flags & re.DOTALL else ALL_BYTES - {NEWLINE}
    if op is sre.LITERAL:
        return _folded({value}, flags)
    if op is sre.NOT_LITERAL:
        return ALL_BYTES - _folded({value}, flags)
    chosen: set[int] = set()
    negated = False
    for kind, part in value:
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            chosen.add(part)
        elif kind is sre.RANGE:
            chosen.update(range(part[0], part[1] + 1))
        else:
            chosen |= _CATEGORIES[part]
    members = _folded(chosen, flags)
    return ALL_BYTES - members if negated else members


def _folded(chosen: set[int], flags: int) -> frozenset[int]:
    if not flags & re.IGNORECASE:
        return frozenset(chosen)
    return frozenset(chosen | {byte ^ 0x20 for byte in chosen if chr(byte).isascii() and chr(byte).isalpha()})


_DIGITS = frozenset(b"0123456789")
_SPACES = frozenset(b" \t\n\r\f\v")
_WORD = _DIGITS | frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_CATEGORIES = {
    sre.CATEGORY_DIGIT: _DIGITS,
    sre.CATEGORY_NOT_DIGIT: ALL_BYTES - _DIGITS,
    sre.CATEGORY_SPACE: _SPACES,
    sre.CATEGORY_NOT_SPACE: ALL_BYTES - _SPACES,
    sre.CATEGORY_WORD: _WORD,
    sre.CATEGORY_NOT_WORD: ALL_BYTES - _WORD,
}


def wants_quote(pattern: str) -> bool:
    """Return whether the group `secret` of `pattern` directly follows a group `quote` that is never empty.

    Both on its first level.
    """
    parsed = _parser.parse(pattern.encode("latin-1"))
    groups = parsed.state.groupdict
    before = None
    for op, value in parsed.data:
        group = value[0] if op is sre.SUBPATTERN else None
        if group is not None and group == groups.get("secret"):
            return before is not None and before == groups.get("quote")
        before = group if group is not None and value[3].getwidth()[0] > 0 else None
    return False
