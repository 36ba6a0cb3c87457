"""Needles: short runs of bytes, one of which every match of a pattern holds, at a place in it that is known.

A search for them passes over text several times as fast as one for the patterns. As in Aho and Corasick's keyword
trees the search is for many at once; here each byte of a needle may be one of several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from secretscan.rules.tree import Bytes, Choice, Look, Node, Repeat, Seq, widths

Sets = tuple[frozenset[int], ...]

LONGEST: Final = 12
"""Bytes of a needle; more would rule out little more."""
_FEW: Final = 4
"""Times up to which a repeat of one byte set is spelled out."""
_SPELLINGS: Final = (1, 8, 64, 512, 4096)
"""Spellings of a pattern that are tried in turn, each with the needle that suits it best."""
_GOOD: Final = 1e-4
"""Cost from which on other spellings are tried."""


@dataclass(frozen=True, slots=True)
class Needle:
    """Bytes in a row, each out of its set."""

    sets: Sets
    least: int
    """Bytes of a match before it, at least."""
    most: int
    """The same, at most."""


def needles(seq: Seq, cost: Callable[[Sets], float]) -> tuple[Needle, ...]:
    """Return needles for `seq`, one of which every match of it holds, so that their summed `cost` is small.

    `cost` is infinite for what is no needle. Empty when there are none.
    """
    best: tuple[Needle, ...] = ()
    price = float("inf")
    for most in _SPELLINGS:
        if price <= _GOOD:
            break
        found: dict[Needle, float] = {}
        for spelling in _spelled(seq, most):
            paid, needle = min(
                ((cost(needle.sets), needle) for needle in _runs(spelling)),
                key=lambda pair: pair[0],
                default=(float("inf"), None),
            )
            if needle is None or paid >= price:
                break
            found[needle] = paid
        else:
            kept = _joined(_essential(found), cost)
            paid = sum(map(cost, (needle.sets for needle in kept)))
            if paid < price:
                best, price = tuple(kept), paid
    return best


def _essential(found: Iterable[Needle]) -> list[Needle]:
    """Return the needles without those in which another stands anyway, which answers for them too."""
    kept: dict[Sets, Needle] = {}
    for needle in sorted(found, key=lambda needle: len(needle.sets)):
        sets = needle.sets
        inside = next(
            (
                (other, at)
                for at in range(len(sets))
                for end in range(at + 1, len(sets) + 1)
                if (other := sets[at:end]) in kept
            ),
            None,
        )
        other, at = inside or (sets, 0)
        least, most = needle.least + at, needle.most + at
        if other in kept:
            least, most = min(least, kept[other].least), max(most, kept[other].most)
        kept[other] = Needle(other, least, most)
    return list(kept.values())


def _joined(found: list[Needle], cost: Callable[[Sets], float]) -> list[Needle]:
    """Return the needles, as one those of one length that differ in one place only, where that costs no more."""
    for place in range(LONGEST):
        joined = [needle for needle in found if len(needle.sets) <= place]
        alike: dict[tuple[Sets, Sets], list[Needle]] = {}
        for needle in found:
            if len(needle.sets) > place:
                alike.setdefault((needle.sets[:place], needle.sets[place + 1 :]), []).append(needle)
        for (before, after), group in alike.items():
            union = frozenset[int]().union(*(needle.sets[place] for needle in group))
            sets = (*before, union, *after)
            if len(group) < 2 or cost(sets) > sum(cost(needle.sets) for needle in group):
                joined += group
            else:
                least, most = min(needle.least for needle in group), max(needle.most for needle in group)
                joined.append(Needle(sets, least, most))
        found = joined
    return found


def _spelled(seq: Seq, most: int) -> list[Seq]:
    """Return `seq` as up to `most` sequences, one of which matches wherever it does: its choices made one by one."""
    spellings: list[tuple[Node, ...]] = [()]
    for item in seq.items:
        ways = _ways(item, most)
        if len(spellings) * len(ways) > most:
            ways = [(item,)]
        spellings = [before + way for before in spellings for way in ways]
    return [Seq(spelling) for spelling in spellings]


def _ways(node: Node, most: int) -> list[tuple[Node, ...]]:
    match node:
        case Choice(options):
            return [way.items for option in options for way in _spelled(option, most)]
        case Repeat(Seq((Bytes(),)) as body, least, most_times) if most_times <= _FEW:
            return [body.items * times for times in range(least, most_times + 1)]
        case Repeat(body, 0, most_times):
            again = (
                [way.items for way in _spelled(body, most)]
                if most_times == 1
                else [(Repeat(body, 1, most_times),)]
            )
            return [(), *again]
        case Repeat(body, 1, 1):
            return [way.items for way in _spelled(body, most)]
        case _:
            return [(node,)]


def _runs(seq: Seq) -> Iterator[Needle]:
    """Yield the runs of bytes that every match of `seq` holds, as long as they get."""
    run: list[frozenset[int]] = []
    low = high = 0
    start = (0, 0)
    for item in seq.items:
        if isinstance(item, Look):
            continue
        before, after = _edges(item)
        least, most = widths(item)
        if not run:
            start = (low, high)
        run += before
        low, high = low + least, high + most
        if after is None:
            continue
        yield from _cut(run, start)
        run, start = after, (low - len(after), high - len(after))
    yield from _cut(run, start)


def _cut(run: list[frozenset[int]], start: tuple[int, int]) -> Iterator[Needle]:
    """Yield `run` in pieces that are short enough, one at every place."""
    low, high = start
    for at in range(max(1, len(run) - LONGEST + 1)):
        piece = tuple(run[at : at + LONGEST])
        if piece:
            yield Needle(piece, low + at, high + at)


def _edges(node: Node) -> tuple[list[frozenset[int]], list[frozenset[int]] | None]:
    """Return the bytes that matches of `node` begin with, and those they end with: None where that is all of them."""
    match node:
        case Bytes(members):
            return [members], None
        case Repeat(Seq((Bytes(members),)), least, most):
            run = [members] * min(least, LONGEST)
            return (run, None) if least == most == len(run) else (run, run)
        case Repeat(body, least, most) if least:
            before, after = _edges_of(body)
            return (
                (before, None)
                if after is None and most == 1
                else (before, before if after is None else after)
            )
        case _:
            return [], []


def _edges_of(seq: Seq) -> tuple[list[frozenset[int]], list[frozenset[int]] | None]:
    before: list[frozenset[int]] = []
    after: list[frozenset[int]] | None = None
    for item in seq.items:
        first, last = _edges(item)
        if after is None:
            before += first
            after = last
        else:
            after = after + first if last is None else last
    return before, after


def needed(seq: Seq) -> Iterator[frozenset[int]]:
    """Yield sets of bytes, of each of which every match of `seq` holds one."""
    for item in seq.items:
        match item:
            case Bytes(members):
                yield members
            case Repeat(body, least, _) if least:
                yield from needed(body)
            case Choice(options):
                smallest = [min(needed(option), key=len, default=None) for option in options]
                if None not in smallest:
                    yield frozenset[int]().union(*filter(None, smallest))
