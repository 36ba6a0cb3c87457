"""The needles of a program: which short runs of bytes stand in whatever leads to a match, and how far around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from operator import itemgetter
from typing import Final

from secretscan.engine.program import Program
from secretscan.engine.rarity import GRAM_BYTES, gram_count, grams_of, needle_cost, share_of
from secretscan.engine.traits import ALL_KINDS, BINARY, kind_bits, kinds_of
from secretscan.engine.trigger import is_by_keyword
from secretscan.rules import reach
from secretscan.rules.automaton import DEAD, START, Automaton
from secretscan.rules.model import Rule
from secretscan.rules.needles import LONGEST, Needle, Sets, needed, needles
from secretscan.rules.tree import Bytes, Seq, parse, widths

HEAD_BYTES: Final = GRAM_BYTES + 1
"""Bytes of a family's needle: of each two grams in it, one begins at an even place."""
MOST_NEEDED: Final = 3
"""Sets of bytes that a match needs beside its needle; each has a bit in a kernel."""
RULE, KIND_RULE, FAMILY = 0, 1, 2
"""These are constants of `kernels.needlerows`, which says what they are."""
_ALIKE: Final = 2
"""Bytes with which heads begin alike that may be joined."""
_MOST_WAYS: Final = 20_000
"""Ways to spell out a head from which it is joined with others."""
ANY_KIND: Final = kind_bits(ALL_KINDS)
_ANY_TEXT: Final = ANY_KIND & ~kind_bits([BINARY])


@dataclass(frozen=True, slots=True)
class Sought:
    """A needle, and what of the text around it matters."""

    needle: Needle
    back: int
    """Bytes from the needle back to where its trigger begins, at most."""
    ahead: int
    """Bytes from where the needle begins to the end of its trigger, at most."""
    far_ahead: int
    """The same to the end of a match."""
    token_run: int = 0
    newline_span: int = 0
    needed: tuple[frozenset[int], ...] = ()
    """Sets of bytes, of each of which every match holds one; at most `MOST_NEEDED`."""
    kind: int = RULE
    state: int = 0
    """The state of the automaton behind the needle, for a family; `START` where it has to begin with it."""
    kinds: int = ANY_KIND
    """The kinds of files in which it counts, by bits (`kind_bits`)."""


def needles_of_rules(program: Program, most_grams: int) -> tuple[list[Sought], list[int]]:
    """Return the needles of rules, but those of families, and the numbers of the rules for which there are none.

    Where they would come to more than `most_grams`, the rules with the most grams go without.
    """
    of_rules: list[tuple[int, int, list[Sought]]] = []
    in_family = {number for family in program.families for number in family}
    for number, rule in enumerate(program.rules()):
        if number not in in_family and rule.pattern:
            own = list(_of_rule(rule, program.token_runs[number], program.newline_span[number]))
            of_rules.append((sum(gram_count(one.needle.sets) for one in own), number, own))
    found: list[Sought] = []
    without: list[int] = []
    for count, number, own in sorted(of_rules, key=itemgetter(0)):
        if own and count <= most_grams:
            most_grams -= count
            found += own
        else:
            without.append(number)
    return found, without


def _of_rule(rule: Rule, token_run: int, newline_span: int) -> Iterator[Sought]:
    tree = reach.trigger(rule.pattern).tree
    seqs = [_literal(word.encode()) for word in rule.keywords] if is_by_keyword(rule) else [tree]
    all_of_it = reach.max_width(rule.pattern)
    kinds = kind_bits(kinds_of(rule))
    inside = sorted(set(needed(parse(rule.pattern))), key=share_of)
    if not rule.pattern.isascii():
        # trees hold characters, texts their bytes in UTF-8: only the needle of a keyword is certain
        token_run, newline_span, inside = 0, all_of_it, []
    each = [(needles(seq, partial(needle_cost, width=widths(seq)[1])), widths(seq)[1]) for seq in seqs]
    if not all(found for found, _ in each):
        return
    for found, width in each:
        for needle in found:
            yield Sought(
                needle,
                needle.most,
                width - needle.least,
                all_of_it - needle.least,
                token_run,
                newline_span,
                _beside(needle, inside),
                RULE if kinds == ANY_KIND else KIND_RULE,
                kinds=kinds,
            )


def _beside(needle: Needle, inside: Sequence[frozenset[int]]) -> tuple[frozenset[int], ...]:
    """Return the first of the sets of bytes inside a match that neither the needle holds itself nor each other."""
    chosen: list[frozenset[int]] = []
    for members in inside:
        if len(chosen) < MOST_NEEDED and not any(members & other for other in (*needle.sets, *chosen)):
            chosen.append(members)
    return tuple(chosen)


def _literal(word: bytes) -> Seq:
    return Seq(
        tuple(
            Bytes(frozenset({byte, byte ^ 0x20} if chr(byte).isalpha() and byte < 128 else {byte}))
            for byte in word
        )
    )


def needles_of_families(made: Automaton) -> list[Sought] | None:
    """Return the needles with which matches of an automaton begin; None when one is shorter than a gram."""
    members: dict[int, list[int]] = {}
    for byte, number in enumerate(made.classes):
        members.setdefault(number, []).append(byte)
    heads = [*dict.fromkeys(_few_heads(_paths(made, members, START, ())))]
    if any(len(head) < GRAM_BYTES or grams_of(head) is None for head, _ in heads):
        return None
    return [
        Sought(Needle(head, 0, 0), 0, 0, 0, kind=FAMILY, state=state, kinds=_ANY_TEXT)
        for head, state in heads
    ]


def _few_heads(heads: Iterable[tuple[Sets, int]]) -> Iterator[tuple[Sets, int]]:
    """Yield the heads, those as one that differ in their last byte only: each gram is that of fewer then.

    So are those that begin alike if any of them could be spelled out in too many ways.
    """
    groups: dict[Sets, list[tuple[Sets, int]]] = {}
    for head, state in heads:
        groups.setdefault(head[:_ALIKE], []).append((head, state))
    for group in groups.values():
        if any(prod(map(len, head)) > _MOST_WAYS for head, _ in group):
            yield _joined(group)
            continue
        nearly: dict[tuple[int, Sets], list[tuple[Sets, int]]] = {}
        for head, state in group:
            nearly.setdefault((len(head), head[:-1]), []).append((head, state))
        for some in nearly.values():
            yield _joined(some) if len(some) > 1 else some[0]


def _joined(group: Sequence[tuple[Sets, int]]) -> tuple[Sets, int]:
    """Return a head that stands wherever one of a group does."""
    shortest = min(len(head) for head, _ in group)
    places = zip(*(head[:shortest] for head, _ in group), strict=True)
    return tuple(frozenset[int]().union(*sets) for sets in places), START


def _paths(
    made: Automaton, members: dict[int, list[int]], state: int, path: Sets
) -> Iterator[tuple[Sets, int]]:
    """Yield the ways on from a state as the bytes at each place, and where they lead: a head's length or up to a match.

    Where there is one way on only, a head goes it. What leads to a match begins at `START`, so that it is met.
    """
    following: dict[int, set[int]] = {}
    for number in range(made.width):
        after = made.table[state * made.width + number]
        if after != DEAD:
            following.setdefault(after, set()).update(members[number])
    is_long = len(path) >= HEAD_BYTES and (len(following) > 1 or len(path) == LONGEST)
    if made.accepts[state] or is_long:
        yield path, START if made.accepts[state] else state
        return
    for after, values in following.items():
        yield from _paths(made, members, after, (*path, frozenset(values)))
