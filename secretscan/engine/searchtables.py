"""`SearchTables`: what kernels need to find the triggers of a program, made once and kept beside it."""

from __future__ import annotations

import json
from array import array
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from secretscan import __version__
from secretscan.engine.needles import needles_of_families, needles_of_rules
from secretscan.engine.needletables import ARRAY_TYPES, MOST_GRAMS, NeedleTables, make_needle_tables
from secretscan.engine.program import Program, trigger_database
from secretscan.engine.rarity import gram_count
from secretscan.engine.trigger import MAX_CONTEXT, family_trees, triggers_of
from secretscan.privatefile import Keep, read_private, write_private
from secretscan.rules.automaton import Automaton, automaton
from secretscan.rules.reach import max_width

_MAGIC: Final = f"secretscan-search-4 {__version__}\n".encode()
"""To be raised whenever something else is made of the same rules: old tables would miss triggers."""
_KEEP: Final = Keep("*.search", files=4)
LONG_RUN: Final = 47
"""Token bytes in a row that are rare enough to be looked for in place of a needle."""
MOST_AROUND: Final = 1024
"""Bytes that a rule may reach from such a run to be looked for by it."""
_NOTHING: Final = Automaton(bytes(256), 1, array("H", (0, 0)), bytes(2))


@dataclass(frozen=True, slots=True)
class SearchTables:
    """The automaton of the families, the needles of all triggers, and what has none."""

    automaton: Automaton = field(repr=False)
    needles: NeedleTables = field(repr=False)
    heads: NeedleTables = field(repr=False)
    """Those of the families alone."""
    runs: tuple[int, int]
    """Token bytes in a row that stand in every match of rules without needles, and bytes that those reach around them."""
    rest: bytes = field(repr=False)
    """Serialized Hyperscan database of the rules that have neither; empty without such rules."""


def make_tables(program: Program) -> SearchTables | None:
    """Return the tables of `program`, which take some seconds to make; None where they would get too large."""
    made: Automaton | None = _NOTHING
    if program.families:
        made = automaton(
            family_trees([program.rule(number) for number in numbers]) for numbers in program.families
        )
    heads = needles_of_families(made) if made is not None else None
    if made is None or heads is None:
        return None
    room = MOST_GRAMS - sum(gram_count(head.needle.sets) for head in heads)
    found, without = needles_of_rules(program, room)
    needles, of_families = make_needle_tables([*heads, *found]), make_needle_tables(heads)
    if needles is None or of_families is None:
        return None
    runs = [n for n in without if program.token_runs[n] >= LONG_RUN and _width(program, n) <= MOST_AROUND]
    rest = [(n, e) for n in without if n not in runs for e in triggers_of(program.rule(n)).expressions]
    shortest = min((program.token_runs[n] for n in runs), default=0)
    widest = max((_width(program, n) for n in runs), default=0)
    return SearchTables(made, needles, of_families, (shortest, widest), trigger_database(rest))


def _width(program: Program, number: int) -> int:
    return max_width(program.rule(number).pattern)


def load_tables(program: Program, folder: Path, *, save: bool) -> SearchTables | None:
    """Return the tables kept in `folder`; those made anew, and kept there, only with `save`."""
    path = folder / f"{program.digest}.search"
    payload = read_private(path, _MAGIC)
    if payload is not None:
        with suppress(ValueError, TypeError):
            return _unpack(bytes(payload), len(program.families))
    tables = make_tables(program) if save else None
    if tables is not None:
        with suppress(OSError):
            write_private(path, _MAGIC, _pack(tables), _KEEP)
    return tables


def _sections(tables: SearchTables) -> list[bytes | array[int]]:
    made = tables.automaton
    return [
        made.classes,
        made.accepts,
        made.table,
        *tables.needles.arrays(),
        *tables.heads.arrays(),
        tables.rest,
    ]


_TYPES: Final = ("", "", "H", *ARRAY_TYPES, *ARRAY_TYPES, "")


def _pack(tables: SearchTables) -> bytes:
    sections = [bytes(section) for section in _sections(tables)]
    sizes = json.dumps([tables.automaton.width, *tables.runs, *map(len, sections)]).encode()
    return b"\n".join((sizes, b"".join(sections)))


def _unpack(payload: bytes, families: int) -> SearchTables:
    """Return what `_pack` wrote. Raises ValueError or TypeError for anything else, or a table that leads outside."""
    from secretscan.engine.tablecheck import are_sound_needles, is_sound_automaton

    head, _, rest = payload.partition(b"\n")
    width, shortest, widest, *sizes = json.loads(head)
    if len(sizes) != len(_TYPES) or sum(sizes) != len(rest):
        raise ValueError("sizes do not add up")
    parts: list[Any] = []
    at = 0
    for size, code in zip(sizes, _TYPES, strict=True):
        part: Any = rest[at : at + size]
        if code:
            part = array(code)
            part.frombytes(rest[at : at + size])
        parts.append(part)
        at += size
    classes, accepts, table, *needle_parts, database = parts
    half = len(ARRAY_TYPES)
    made = Automaton(classes, width, table, accepts)
    needles, heads = NeedleTables(*needle_parts[:half]), NeedleTables(*needle_parts[half:])
    if (
        not is_sound_automaton(made, families)
        or not all(are_sound_needles(some, len(accepts)) for some in (needles, heads))
        or not all(isinstance(number, int) and 0 <= number <= MAX_CONTEXT for number in (shortest, widest))
    ):
        raise ValueError("a table leads outside")
    return SearchTables(made, needles, heads, (shortest, widest), database)
