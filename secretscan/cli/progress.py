"""Progress on a terminal: objects, bytes, rate and time left, once a scan has taken a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PATIENCE_S: Final = 1.0
"""What is over sooner needs no display, and never pays for the import of rich."""


class TerminalProgress:
    """Draws with rich on stderr, from `_PATIENCE_S` on."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the monotonic clock; nothing is drawn yet."""
        self._clock = clock
        self._began = clock()
        self._bar: Bar | None = None
        self._name = "reading"
        self._objects = self._size = 0
        self._total_objects = self._total_size = 0

    def start(self, objects: int, size: int) -> None:
        """Take the totals; 0 when unknown."""
        self._total_objects, self._total_size = objects, size
        self._draw()

    def stage(self, name: str) -> None:
        """Take the name of what is done now."""
        self._name = name
        self._draw()

    def advance(self, objects: int, size: int) -> None:
        """Take what has been read since the last call."""
        self._objects += objects
        self._size += size
        self._draw()

    def detail(self, text: str) -> None:
        """Leave it out: the display has one line."""

    def close(self) -> None:
        """Take the display off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self) -> None:
        if self._bar is None:
            if self._clock() - self._began < _PATIENCE_S:
                return
            self._bar = _new_bar()
            self._bar.start()
            self._bar.add_task(self._name, total=None, objects="")
        task = self._bar.task_ids[0]
        of = f" of {self._total_objects:,}" if self._total_objects else ""
        self._bar.update(
            task,
            description=self._name,
            total=self._total_size or None,
            completed=self._size,
            objects=f"{self._objects:,}{of} objects",
        )


def _new_bar() -> Bar:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[objects]}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
