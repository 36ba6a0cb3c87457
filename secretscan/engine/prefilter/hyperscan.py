"""Prefilter on Hyperscan (Vectorscan): every rule's trigger in two databases, one pass over the bytes each.

The generic rules have a database of their own: in source code they come near a match so often that a history
scan asks about each line once (`linememory`) and passes over it the next time.
"""

from __future__ import annotations

from typing import Any, cast

import hyperscan

from secretscan.engine.linememory import LOOKAHEAD, Range
from secretscan.engine.prefilter import Windows, merge
from secretscan.engine.program import Program
from secretscan.rules.breaks import MANY_BREAKS


class Unusable(Exception):
    """The database was built for another processor or library; the caller falls back."""


class HyperscanPrefilter:
    """Windows around the ends that Hyperscan reports for the triggers of a program."""

    def __init__(self, program: Program) -> None:
        """Load the databases. Raises Unusable when this machine cannot run them."""
        self._back = program.back
        self._ahead = program.ahead
        self._breaks = program.breaks
        try:
            self._formats = _loaded(program.database)
            self._generic = _loaded(program.generic_database)
        except hyperscan.HyperscanError as error:
            raise Unusable(str(error)) from error

    def windows(self, data: bytes | memoryview, new: list[Range] | None = None) -> Windows:
        """Return where each rule could match in `data`.

        `new` are the ranges in which matches of generic rules with heads can begin; None: anywhere.
        """
        found: dict[int, list[int]] = {}
        size = len(data)
        self._scan(self._formats, data, 0, found)
        windows = {rule: self._around(rule, ends, size) for rule, ends in found.items()}
        found = {}
        for low, high in [(0, size)] if new is None else new:
            end = min(size, high + LOOKAHEAD)
            part = data if low == 0 and end == size else memoryview(data)[low:end]
            self._scan(self._generic, part, low, found)
        text = bytes(data) if found else b""
        windows |= {rule: self._close(rule, sorted(set(ends)), text) for rule, ends in found.items()}
        return windows

    def _scan(
        self,
        database: Any,  # noqa: ANN401 - the library has no stubs
        data: bytes | memoryview,
        offset: int,
        found: dict[int, list[int]],
    ) -> None:
        if database is None:
            return

        def on_match(rule: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends = found.get(rule)
            if ends is None:
                found[rule] = [end + offset]
            else:
                ends.append(end + offset)

        database.scan(cast("bytes", data), match_event_handler=on_match)

    def _around(self, rule: int, ends: list[int], size: int) -> list[tuple[int, int]]:
        back, ahead = self._back[rule], self._ahead[rule]
        return merge([(max(0, end - back), min(size, end + ahead)) for end in sorted(ends)])

    def _close(self, rule: int, ends: list[int], data: bytes) -> list[tuple[int, int]]:
        """Windows that begin no earlier than the line in which a match with a trigger that ends there can begin."""
        back, ahead, breaks = self._back[rule], self._ahead[rule], self._breaks[rule]
        if breaks == MANY_BREAKS:
            return merge([(max(0, end - back), min(len(data), end + ahead)) for end in ends])
        windows = []
        for end in ends:
            line = data.rfind(b"\n", 0, end - 1) + 1
            for _ in range(breaks):
                line = (
                    data.rfind(b"\n", 0, len(data[max(0, end - back) : line].rstrip()) + max(0, end - back))
                    + 1
                )
            windows.append((max(line, end - back, 0), min(len(data), end + ahead)))
        return windows


def _loaded(serialized: bytes) -> Any:  # noqa: ANN401 - the library has no stubs
    if not serialized:
        return None
    database = hyperscan.loadb(serialized, mode=hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database
