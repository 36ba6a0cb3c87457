"""Which words of an allow comment are ids of rules, and which were meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

_ALIKE = 0.85
"""Likeness from which a word is taken for a rule id that is spelled wrong; reasons like `well-known` stay below .75."""
_WORDS_ASKED = 100
"""Words compared with all ids, some 10 ms each. No person writes more: all others with a dash are taken for ids."""


class RuleNames:
    """The ids of the rules. They are asked for when the first comment needs them: a hook mostly meets none."""

    def __init__(self, ids: Callable[[], Iterable[str]]) -> None:
        """Take what returns the ids."""
        self._ask = ids
        self._meant: dict[str, str] = {}

    @cached_property
    def ids(self) -> frozenset[str]:
        """All ids."""
        return frozenset(self._ask())

    @cached_property
    def _ends(self) -> tuple[frozenset[str], frozenset[str]]:
        """First and last words of the ids: providers, and kinds of credentials."""
        split = [rule_id.split("-") for rule_id in self.ids]
        return frozenset(words[0] for words in split), frozenset(words[-1] for words in split)

    def meant(self, word: str) -> str:
        """Return the nearest id to a word that is none but was meant to be, `?` when none is near; empty for others."""
        if word in self.ids or "-" not in word:
            return ""
        if word not in self._meant:
            if len(self._meant) >= _WORDS_ASKED:
                return "?"
            self._meant[word] = self._nearest(word)
        return self._meant[word]

    def _nearest(self, word: str) -> str:
        from difflib import get_close_matches

        if near := get_close_matches(word, sorted(self.ids), 1, _ALIKE):
            return near[0]
        first, *_, last = word.split("-")
        return "?" if first in self._ends[0] and last in self._ends[1] else ""
