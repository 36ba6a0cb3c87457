"""Trees of patterns as one deterministic automaton: tables that a loop can walk byte by byte.

Subset construction over Thompson's automaton (Aho, Sethi, Ullman: Compilers, sections 3.6 and 3.7). It begins where
a match begins and is dead where none goes on; whoever runs it picks the offsets.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from secretscan.rules.expression import is_endless
from secretscan.rules.tree import Bytes, Choice, Node, Repeat, Seq

DEAD: Final = 0
START: Final = 1
MAX_STATES: Final = 20_000
"""More would not fit the processor's caches, nor be made in a second or two."""
MAX_PATTERNS: Final = 8


@dataclass(frozen=True, slots=True)
class Automaton:
    """Tables of an automaton for up to `MAX_PATTERNS` patterns."""

    classes: bytes
    """The class of each of the 256 bytes: bytes of one class are alike to all patterns."""
    width: int
    """How many classes there are."""
    table: array[int]
    """The state after each: `table[state * width + class]`. State 0 is `DEAD`, state 1 is `START`."""
    accepts: bytes
    """For each state a bit for every pattern, by number, of which a match ends there."""


class _Builder:
    """An automaton with free moves, grown from trees."""

    def __init__(self) -> None:
        self.free: list[list[int]] = []
        self.moves: list[list[tuple[frozenset[int], int]]] = []

    def new(self) -> int:
        """Return a new state."""
        self.free.append([])
        self.moves.append([])
        return len(self.free) - 1

    def grow(self, node: Node | Seq, at: int, *, loose: bool) -> int:
        """Return the state that is reached from `at` through `node`."""
        match node:
            case Seq(items):
                for item in items:
                    at = self.grow(item, at, loose=loose)
                return at
            case Bytes(members):
                after = self.new()
                self.moves[at].append((members, after))
                return after
            case Choice(options):
                after = self.new()
                for option in options:
                    inside = self.new()
                    self.free[at].append(inside)
                    self.free[self.grow(option, inside, loose=loose)].append(after)
                return after
            case Repeat(body, least, most):
                return self._repeat(body, (least, most), at, loose=loose)
            case _:
                return at

    def _repeat(self, body: Seq, counts: tuple[int, int], at: int, *, loose: bool) -> int:
        least, most = counts
        for _ in range(least):
            at = self.grow(body, at, loose=loose)
        if least == most:
            return at
        after = self.new()
        self.free[at].append(after)
        if loose and is_endless(body, most):
            self.free[self.grow(body, after, loose=loose)].append(after)
            return after
        for _ in range(most - least):
            at = self.grow(body, at, loose=loose)
            self.free[at].append(after)
        return after


def automaton(patterns: Iterable[tuple[Seq, Sequence[Seq]]]) -> Automaton | None:
    """Return the automaton of `patterns`: what begins each, as it stands, and what may follow, in loose form.

    As in `expression.written`, that form drops the upper bounds of repeats that stay on one line, and no tree holds a
    lookaround. None when it would be too large.
    """
    builder = _Builder()
    start, ends = builder.new(), dict[int, int]()
    for number, (first, followers) in enumerate(patterns):
        if number == MAX_PATTERNS:
            return None
        inside = builder.new()
        builder.free[start].append(inside)
        behind = builder.grow(first, inside, loose=False)
        for follower in followers:
            begin = builder.new()
            builder.free[behind].append(begin)
            end = builder.grow(follower, begin, loose=True)
            ends[end] = ends.get(end, 0) | 1 << number
    return _determined(builder, start, ends)


def _determined(builder: _Builder, start: int, ends: dict[int, int]) -> Automaton | None:
    classes, width = _byte_classes(builder)
    closed = [_closure(builder, state, ends) for state in range(len(builder.free))]
    steps: list[dict[int, frozenset[int]]] = []
    for moves in builder.moves:
        step: dict[int, frozenset[int]] = {}
        for members, after in moves:
            for number in {classes[byte] for byte in members}:
                step[number] = step.get(number, frozenset()) | closed[after]
        steps.append(step)
    numbers = {frozenset[int](): DEAD, closed[start]: START}
    sets = list(numbers)
    table = array("H", bytes(2 * width))
    for place in range(START, MAX_STATES):
        if place == len(sets):
            break
        row = array("H", bytes(2 * width))
        joined: dict[int, set[int]] = {}
        for state in sets[place]:
            for number, reachable in steps[state].items():
                joined.setdefault(number, set()).update(reachable)
        for number, states in joined.items():
            reached = frozenset(states)
            if reached not in numbers:
                numbers[reached] = len(sets)
                sets.append(reached)
            row[number] = numbers[reached] if numbers[reached] < MAX_STATES else DEAD
        table.extend(row)
    if len(sets) > MAX_STATES:
        return None
    accepts = bytes(_bits(states, ends) for states in sets)
    return Automaton(bytes(classes), width, table, accepts)


def _bits(states: Iterable[int], ends: dict[int, int]) -> int:
    bits = 0
    for state in states:
        bits |= ends.get(state, 0)
    return bits


def _closure(builder: _Builder, state: int, ends: dict[int, int]) -> frozenset[int]:
    """Return what is reached from a state without a byte, as far as it leads on or is an end."""
    seen, stack = {state}, [state]
    while stack:
        for after in builder.free[stack.pop()]:
            if after not in seen:
                seen.add(after)
                stack.append(after)
    return frozenset(one for one in seen if builder.moves[one] or one in ends)


def _byte_classes(builder: _Builder) -> tuple[list[int], int]:
    sets = {members for moves in builder.moves for members, _ in moves}
    numbers: dict[tuple[bool, ...], int] = {}
    classes = [
        numbers.setdefault(tuple(byte in members for members in sets), len(numbers)) for byte in range(256)
    ]
    return classes, len(numbers)
