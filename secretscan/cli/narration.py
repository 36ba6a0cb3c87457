"""What a scan does and how, line by line on stderr: `--verbose`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from secretscan.report.printable import escape_controls


class Narration:
    """A progress that says each stage, with the seconds since the beginning, and under it how it is done."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the monotonic clock, which runs from here."""
        self._clock = clock
        self._began = clock()

    def start(self, objects: int, size: int) -> None:
        """Leave it out: it changes while files are looked for."""

    def stage(self, name: str) -> None:
        """Say what is done now."""
        print(f"{self._clock() - self._began:8.3f} s  {escape_controls(name)}", file=sys.stderr, flush=True)

    def advance(self, objects: int, size: int) -> None:
        """Leave it out."""

    def detail(self, text: str) -> None:
        """Say it under the stage."""
        print(f"{'':12}{escape_controls(text)}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Have nothing to take away."""
