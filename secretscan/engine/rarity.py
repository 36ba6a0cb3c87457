"""How rare bytes are in source code, which makes one needle better than another, and where a search meets a needle.

Shares and costs matter for speed alone; `grams_of` and `folded` decide what is found.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import product
from math import prod
from pathlib import Path
from typing import Final

from secretscan.rules.needles import Sets

GRAM_BYTES: Final = 4
MOST_GRAMS: Final = 1 << 14
"""Grams that the sets of four bytes may be spelled out to."""
_PERCENT: Final = (
    (" ", 20.0),
    ("et", 6.0),
    ("aoinsrl", 4.0),
    ("dcmpuf", 2.5),
    ("_.,()=:'\"-", 1.5),
    ("hgbyv", 1.2),
    ("wkx0123456789#/[]", 0.6),
    ("qjz{}<>*+%&;!@\\|`~^?$", 0.2),
)
"""Bytes in a hundred of source code, roughly, each of those in a string: counted in Python's library."""
_RARE: Final = 2e-5
"""Share of any other byte."""
_PER_GRAM: Final = 3e-6
"""What a gram more costs: the places of text that are taken for it by its bits (`needletables`)."""
_PER_WINDOW: Final = 20.0
_PER_BYTE: Final = 0.3
"""What a needle found costs, as against a gram found, and what each byte around it that is searched for all rules."""

_BESIDE: Final = 0.5
"""How often a byte stands beside four others that often go with it."""
_LOOKED_UP: Final = 600
"""Ways up to which each is looked up among the common ones."""

Gram = tuple[int, Sets]
"""Where four bytes begin in a needle, and their sets: a place before it or behind it may be any byte."""
ANY: Final = frozenset(range(256))


def folded(byte: int) -> int:
    """Return a byte as it stands in grams, where upper case and lower case are alike, and some other pairs too."""
    return byte | 0x20


def gram_sets(sets: Sets) -> Sets:
    """Return folded sets."""
    return tuple(_FOLDED if members is ANY else frozenset(map(folded, members)) for members in sets)


@lru_cache(maxsize=65536)
def grams_of(sets: Sets) -> tuple[Gram, Gram] | None:
    """Return the rarest four bytes of a needle that begin at an even place, and those at an odd one.

    Text is looked at four bytes at a time from every other place, so one of them is met wherever the needle stands.
    None where one would have to be spelled out in too many ways.
    """
    best: dict[int, tuple[float, Gram]] = {}
    pad = (ANY,) * (GRAM_BYTES - 2)
    padded = gram_sets((*pad, *sets, *pad))
    for at in range(len(padded) - GRAM_BYTES + 1):
        four = padded[at : at + GRAM_BYTES]
        ways = prod(map(len, four))
        if ways <= MOST_GRAMS:
            price = _share(four) + ways * _PER_GRAM
            if at % 2 not in best or price < best[at % 2][0]:
                best[at % 2] = price, (at - len(pad), four)
    return (best[0][1], best[1][1]) if len(best) == 2 else None


def gram_count(sets: Sets) -> int:
    """Return how many grams a search for a needle has to know."""
    return sum(prod(map(len, four)) for _, four in grams_of(sets) or ())


def needle_cost(sets: Sets, width: int) -> float:
    """Return what it costs to search for a needle with `width` bytes around it; infinite when that is not possible."""
    found = _costs(sets)
    return float("inf") if found is None else found[0] + (_PER_WINDOW + width * _PER_BYTE) * found[1]


@lru_cache(maxsize=65536)
def _costs(sets: Sets) -> tuple[float, float] | None:
    """Return what it costs to search for the grams of a needle, and the share of the places where it stands."""
    grams = grams_of(sets)
    if grams is None:
        return None
    price = sum(_share(four) + prod(map(len, four)) * _PER_GRAM for _, four in grams)
    whole = gram_sets(sets)
    fours = [whole[at : at + GRAM_BYTES] for at in range(len(whole) - GRAM_BYTES + 1)]
    stands = min(map(_share, fours), default=prod(map(_share_of_one, whole)))
    stands *= _BESIDE ** max(0, sum(len(members) == 1 for members in whole) - GRAM_BYTES)
    return price, stands


def share_of(members: frozenset[int]) -> float:
    """Return the share of the bytes of text that are among `members`."""
    return _share_of_one(frozenset(map(folded, members))) if members != ANY else 1.0


def share_of_byte(byte: int) -> float:
    """Return the share of the bytes of text that are `byte`, folded."""
    return _SHARES[byte]


def _share_of_one(members: frozenset[int]) -> float:
    return min(1.0, sum(_SHARES[byte] for byte in members))


@lru_cache(maxsize=65536)
def _share(four: Sets) -> float:
    """Return the share of the places in text where four bytes out of these sets stand."""
    common, rarest = _common()
    apart = prod(map(_share_of_one, four))
    if prod(map(len, four)) > _LOOKED_UP:
        return apart
    together = (common.get(bytes(gram)) for gram in product(*four))
    return sum(share for share in together if share is not None) + min(apart, rarest)


def share_of_gram(gram: bytes) -> float:
    """Return the share of the places in text where a gram stands, if it is one of the common ones; else 0."""
    return _common()[0].get(gram, 0.0)


@lru_cache(maxsize=1)
def _common() -> tuple[dict[bytes, float], float]:
    """Return the shares of the commonest grams, and that of the least common of them (bench/grams.py)."""
    table = json.loads(Path(__file__).with_name("grams.json").read_bytes())
    shares: dict[bytes, float] = {}
    for bits, text in table.items():
        grams = text.encode("latin-1")
        shares.update(
            (grams[at : at + GRAM_BYTES], 2.0 ** -int(bits)) for at in range(0, len(grams), GRAM_BYTES)
        )
    return shares, min(shares.values())


def _shares() -> list[float]:
    shares = [_RARE] * 256
    for chars, percent in _PERCENT:
        for char in chars:
            shares[folded(ord(char))] += percent / 100
    return shares


_FOLDED: Final = frozenset(map(folded, ANY))
_SHARES: Final = _shares()
