"""`FamilyTables`: the triggers of a program's families as tables for a kernel, made once and kept beside the program.

On text that is full of names Hyperscan spends most of its time on these few expressions, following each name on to
what might come behind it. The kernel asks of four bytes at a time whether a name can begin there.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from secretscan import __version__
from secretscan.engine.program import Program
from secretscan.privatefile import Keep, read_private, write_private
from secretscan.rules.automaton import DEAD, START, Automaton, automaton

HEAD_BYTES: Final = 4
"""Bytes of a match that tell whether to follow it."""
_BUCKETS: Final = 16
"""Kinds of heads told apart: bits that each byte of a head has to agree in."""
_MAGIC: Final = f"secretscan-families-1 {__version__}\n".encode()
"""To be raised whenever something else is made of the same rules: old tables would miss names."""
_KEEP: Final = Keep("*.families", files=4)


@dataclass(frozen=True, slots=True)
class FamilyTables:
    """An automaton, and what is needed to find where it can begin."""

    automaton: Automaton = field(repr=False)
    heads: array[int] = field(repr=False)
    """For each byte 16 bits for each of the `HEAD_BYTES` places in a head, the first lowest: its buckets there."""


def make_tables(program: Program) -> FamilyTables | None:
    """Return the tables of `program`, which take about a second to make; None where it has no families, or too many."""
    from secretscan.engine.trigger import family_trees

    if not program.families:
        return None
    made = automaton(
        family_trees([program.rule(number) for number in numbers]) for numbers in program.families
    )
    if made is None:
        return None
    heads = _heads(made)
    return None if heads is None else FamilyTables(made, heads)


def load_tables(program: Program, folder: Path, *, save: bool) -> FamilyTables | None:
    """Return the tables kept in `folder`; those made anew, and kept there, only with `save`."""
    path = folder / f"{program.digest}.families"
    payload = read_private(path, _MAGIC)
    if payload is not None:
        with suppress(ValueError):
            return _unpack(bytes(payload))
    tables = make_tables(program) if save else None
    if tables is not None:
        with suppress(OSError):
            write_private(path, _MAGIC, _pack(tables), _KEEP)
    return tables


def _pack(tables: FamilyTables) -> bytes:
    made = tables.automaton
    sizes = json.dumps([made.width, len(made.accepts)]).encode()
    return b"\n".join((sizes, made.classes + made.accepts + made.table.tobytes() + tables.heads.tobytes()))


def _unpack(payload: bytes) -> FamilyTables:
    """Return what `_pack` wrote. Raises ValueError when the sizes do not add up, or a state is none of them."""
    sizes, _, rest = payload.partition(b"\n")
    width, states = json.loads(sizes)
    table, heads = array("H"), array("Q")
    end = 256 + states + 2 * width * states
    if len(rest) != end + 8 * 256:
        raise ValueError("sizes do not add up")
    table.frombytes(rest[256 + states : end])
    heads.frombytes(rest[end:])
    classes = rest[:256]
    if max(classes) >= width or max(table) >= states:
        raise ValueError("a table leads outside")
    return FamilyTables(Automaton(classes, width, table, rest[256 : 256 + states]), heads)


def _heads(made: Automaton) -> array[int] | None:
    """Return the buckets of all bytes by place; None when a match may be shorter than a head."""
    members: dict[int, list[int]] = {}
    for byte, number in enumerate(made.classes):
        members.setdefault(number, []).append(byte)
    kinds: dict[tuple[frozenset[int], ...], list[tuple[frozenset[int], ...]]] = {}
    for head in _paths(made, members, START, ()):
        if len(head) < HEAD_BYTES:
            return None
        kinds.setdefault(head[:2], []).append(head)
    heads = [0] * 256
    ranked = sorted(kinds.values(), key=len, reverse=True)
    for number, alike in enumerate(ranked):
        for head in alike:
            for place, values in enumerate(head):
                for byte in values:
                    heads[byte] |= 1 << number % _BUCKETS + _BUCKETS * place
    return array("Q", heads)


def _paths(
    made: Automaton, members: dict[int, list[int]], state: int, path: tuple[frozenset[int], ...]
) -> Iterator[tuple[frozenset[int], ...]]:
    """Yield the ways on from a state as the bytes at each place, up to a head's length or the end of a match."""
    if len(path) == HEAD_BYTES or made.accepts[state]:
        yield path
        return
    following: dict[int, set[int]] = {}
    for number in range(made.width):
        after = made.table[state * made.width + number]
        if after != DEAD:
            following.setdefault(after, set()).update(members[number])
    for after, values in following.items():
        yield from _paths(made, members, after, (*path, frozenset(values)))
