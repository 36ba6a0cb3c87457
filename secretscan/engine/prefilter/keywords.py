"""Prefilter in pure Python: every keyword of every rule is looked for in the lower-cased bytes."""

from __future__ import annotations

from secretscan.engine.prefilter import Windows, merge
from secretscan.engine.program import Program


class KeywordPrefilter:
    """Windows around the keywords of a program's rules: wider than Hyperscan's, never narrower."""

    def __init__(self, program: Program) -> None:
        """Index the rules by keyword; one without keywords is tried on the whole text."""
        self._rules_of: dict[bytes, list[int]] = {}
        self._always: list[int] = []
        self._reach = [max(b, a) for b, a in zip(program.back, program.ahead, strict=True)]
        for number, words in enumerate(program.keywords()):
            if not self._reach[number]:
                continue  # a composite rule has no pattern of its own
            if not words:
                self._always.append(number)
            for word in words:
                self._rules_of.setdefault(word.encode(), []).append(number)

    def windows(self, data: bytes | memoryview) -> Windows:
        """Return where each rule could match in `data`."""
        lowered = bytes(data).lower()
        size = len(lowered)
        found: dict[int, list[tuple[int, int]]] = {rule: [(0, size)] for rule in self._always}
        for word, rules in self._rules_of.items():
            at = lowered.find(word)
            while at >= 0:
                for rule in rules:
                    reach = self._reach[rule]
                    low, high = max(0, at - reach), min(size, at + len(word) + reach)
                    found.setdefault(rule, []).append((low, high))
                at = lowered.find(word, at + 1)
        return {rule: merge(sorted(windows)) for rule, windows in found.items()}
