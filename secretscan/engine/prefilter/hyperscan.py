"""Prefilter on Hyperscan (Vectorscan): every rule's trigger in one database, one pass over the bytes."""

from __future__ import annotations

from typing import cast

import hyperscan

from secretscan.engine.prefilter import Windows, merge
from secretscan.engine.program import Program


class Unusable(Exception):
    """The database was built for another processor or library; the caller falls back."""


class HyperscanPrefilter:
    """Windows around the ends that Hyperscan reports for the triggers of a program."""

    def __init__(self, program: Program) -> None:
        """Load the database. Raises Unusable when this machine cannot run it."""
        self._back = program.back
        self._ahead = program.ahead
        self._found: dict[int, list[int]] = {}
        try:
            self._database = hyperscan.loadb(program.database, mode=hyperscan.HS_MODE_BLOCK)
            self._database.scratch = hyperscan.Scratch(self._database)
        except hyperscan.HyperscanError as error:
            raise Unusable(str(error)) from error

    def windows(self, data: bytes | memoryview) -> Windows:
        """Return where each rule could match in `data` (Hyperscan reports ends in ascending order)."""
        found: dict[int, list[int]] = {}

        def on_match(rule: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends = found.get(rule)
            if ends is None:
                found[rule] = [end]
            else:
                ends.append(end)

        self._database.scan(cast("bytes", data), match_event_handler=on_match)
        size = len(data)
        return {rule: self._around(rule, ends, size) for rule, ends in found.items()}

    def _around(self, rule: int, ends: list[int], size: int) -> list[tuple[int, int]]:
        back, ahead = self._back[rule], self._ahead[rule]
        return merge([(max(0, end - back), min(size, end + ahead)) for end in sorted(ends)])
