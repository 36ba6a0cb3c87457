"""Prefilter on Hyperscan (Vectorscan): the triggers of all rules in two databases, one of them for the families."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Final, cast

import hyperscan

from secretscan.engine.prefilter import Windows, merge
from secretscan.engine.program import Program
from secretscan.rules.breaks import MANY_BREAKS

Hit = int
"""Where a trigger ends, shifted by `END_BITS`, and the number of its rule; from the number of rules on, of a family."""
END_BITS: Final = 20
HIT_MASK: Final = (1 << END_BITS) - 1


class Unusable(Exception):
    """The database was built for another processor or library; the caller falls back."""


class HyperscanPrefilter:
    """Windows around the ends that Hyperscan reports for the triggers of a program."""

    def __init__(self, program: Program) -> None:
        """Load the databases. Raises Unusable when this machine cannot run them."""
        self._back = program.back
        self._ahead = program.ahead
        self._breaks = program.breaks
        self._families = program.families
        self._database, self._family_database = (
            load_database(program.database),
            load_database(program.family_database),
        )

    def hits(self, data: bytes | memoryview) -> list[Hit]:
        """Return the triggers that end in `data`, each end of each once, ascending."""
        found = [*scan_database(self._database, data), *scan_database(self._family_database, data)]
        found.sort()
        return found

    def rule_hits(self, data: bytes | memoryview) -> list[Hit]:
        """Return those of rules alone, in no order."""
        return scan_database(self._database, data)

    def family_hits(self, data: bytes | memoryview) -> list[Hit]:
        """Return those of families alone, in no order."""
        return scan_database(self._family_database, data)

    def windows(self, data: bytes | memoryview) -> Windows:
        """Return where each rule could match in `data`."""
        return self.windows_of(self.hits(data), data)

    def windows_of(
        self, hits: Iterable[Hit], data: bytes | memoryview, wanted: Container[int] | None = None
    ) -> Windows:
        """Return where each rule could match in `data`, given its hits; only the rules `wanted`, where given."""
        found: dict[int, list[int]] = {}
        for hit in hits:
            found.setdefault(hit & HIT_MASK, []).append(hit >> END_BITS)
        rules = len(self._back)
        text = bytes(data) if any(number >= rules for number in found) else b""
        windows = {}
        for number, ends in found.items():
            if number >= rules:
                for rule in self._families[number - rules]:
                    if wanted is None or rule in wanted:
                        windows[rule] = self._close(rule, ends, text)
            elif wanted is None or number in wanted:
                windows[number] = self._around(number, ends, len(data))
        return windows

    def _around(self, rule: int, ends: list[int], size: int) -> list[tuple[int, int]]:
        back, ahead = self._back[rule], self._ahead[rule]
        return merge([(max(0, end - back), min(size, end + ahead)) for end in ends])

    def _close(self, rule: int, ends: list[int], data: bytes) -> list[tuple[int, int]]:
        """Windows that begin no earlier than the line in which a match with a trigger that ends there can begin."""
        breaks = self._breaks[rule]
        if breaks == MANY_BREAKS:
            return self._around(rule, ends, len(data))
        back, ahead = self._back[rule], self._ahead[rule]
        windows = []
        for end in ends:
            line = data.rfind(b"\n", 0, end - 1) + 1
            for _ in range(breaks):
                low = max(0, end - back)
                line = data.rfind(b"\n", 0, len(data[low:line].rstrip()) + low) + 1
            windows.append((max(line, end - back, 0), min(len(data), end + ahead)))
        return windows


def load_database(database: bytes) -> Any:  # noqa: ANN401 - Hyperscan is untyped
    """Return the database, None for an empty one. Raises Unusable when this machine cannot run it."""
    if not database:
        return None
    try:
        loaded: Any = hyperscan.loadb(database, mode=hyperscan.HS_MODE_BLOCK)
        loaded.scratch = hyperscan.Scratch(loaded)
    except hyperscan.HyperscanError as error:
        raise Unusable(str(error)) from error
    return loaded


def scan_database(database: Any, data: bytes | memoryview) -> list[Hit]:  # noqa: ANN401 - Hyperscan is untyped
    """Return what ends in `data`, in no order; nothing without a database."""
    found: list[Hit] = []
    if database is None:
        return found
    append = found.append

    def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        append(end << END_BITS | number)

    database.scan(cast("bytes", data), match_event_handler=on_match)
    return found
