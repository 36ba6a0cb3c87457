"""What tokens of known issuers begin with, and the names of issuers: `issuers.json`, derived from the rules.

bench/judge_issuers.py writes the file. A rule of its own knows these tokens better than any judge of generic secrets.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

_WORD: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d?|\d+")
_MOST_WORDS: Final = 3


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[bytes, ...], frozenset[bytes], tuple[bytes, ...]]:
    raw = json.loads(Path(__file__).with_name("issuers.json").read_bytes())
    prefixes, names, marks = ([text.encode() for text in raw[key]] for key in ("prefixes", "names", "marks"))
    return tuple(prefixes), frozenset(names), tuple(marks)


def is_issued(value: bytes) -> bool:
    """Return whether `value` begins like a token that a rule of its own finds, or drops as malformed."""
    return value.startswith(_tables()[0])


def has_issuer_mark(value: bytes) -> bool:
    """Return whether `value` begins like a token whose own rule knows its form, but checks no structure in it."""
    return value.startswith(_tables()[2])


@lru_cache(maxsize=2048)
def names_issuer(name: bytes) -> bool:
    """Return whether `name` holds the name of an issuer whose keys have a known form.

    The name is split into words, and up to three neighbours joined: `NEW_RELIC_KEY` names newrelic.
    """
    words = [w.lower() for w in _WORD.findall(name)]
    names = _tables()[1]
    return any(
        b"".join(words[n : n + size]) in names
        for n in range(len(words))
        for size in range(1, min(_MOST_WORDS, len(words) - n) + 1)
    ) or any(n in w for w in words if len(w) > _JOINED for n in names)


_JOINED: Final = 9
"""Length from which a word may be several run together: `airtablekey`."""
