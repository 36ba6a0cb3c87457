"""Progress on a terminal, on one line of any width, once a scan has taken a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

_PATIENCE_S: Final = 1.0
"""What is over sooner needs no display, and never pays for the import of rich."""
_GAP: Final = "  "
_BAR: Final = 24
_NARROWEST_BAR: Final = 8


class TerminalProgress:
    """Draws with rich on stderr, from `_PATIENCE_S` on.

    A stage that reads nothing has its name and its time; one that reads has objects, bytes, rate and time left, as
    far as the line has room for them.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take the monotonic clock; nothing is drawn yet."""
        self._clock = clock
        self._began = self._stage_began = clock()
        self._live: Live | None = None
        self._name = "reading"
        self._objects = self._size = self._read = 0
        self._total_objects = self._total_size = 0
        self._is_reading = False

    def start(self, objects: int, size: int) -> None:
        """Take the totals; 0 when unknown."""
        self._total_objects, self._total_size = objects, size
        self._draw()

    def stage(self, name: str) -> None:
        """Take the name of what is done now."""
        self._name = name
        self._stage_began = self._clock()
        self._read = 0
        self._is_reading = False
        self._draw()

    def advance(self, objects: int, size: int) -> None:
        """Take what has been read since the last call."""
        self._is_reading = True
        self._objects += objects
        self._size += size
        self._read += size
        self._draw()

    def detail(self, text: str) -> None:
        """Leave it out: the display has one line."""

    def close(self) -> None:
        """Take the display off the screen."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def line(self, columns: int) -> tuple[str, str, str]:
        """Return what is shown in so many columns: what stands before the bar, the bar (`=` and `-`), what follows."""
        from secretscan.report.printable import cell_width, clip, escape_controls

        name = escape_controls(self._name)
        if not self._is_reading:
            parts = [_GAP + _time(self._clock() - self._stage_began)]
        else:
            parts = [_GAP + text for text in self._figures()]
        # the count and, at most a line's half, the name are always there
        name = clip(name, max(columns - len(parts[0]), columns // 2))
        left = columns - cell_width(name)
        shown = []
        for part in parts:
            if len(part) <= left:
                shown.append(part)
                left -= len(part)
        room = min(left - len(_GAP), _BAR)
        has_bar = self._is_reading and self._total_size > 0 and room >= _NARROWEST_BAR
        done = room * min(self._size, self._total_size) // self._total_size if has_bar else 0
        return name, _GAP + "=" * done + "-" * (room - done) if has_bar else "", "".join(shown)

    def _figures(self) -> list[str]:
        """Return what is known of the reading, the most telling first."""
        from secretscan.report.phrases import size

        of = f" of {self._total_objects:,}" if self._total_objects else ""
        figures = [f"{self._objects:,}{of} objects"]
        rate = self._read / max(self._clock() - self._stage_began, 0.001)
        if rate and self._total_size > self._size:
            figures.append(f"{_time((self._total_size - self._size) / rate)} left")
        return [*figures, size(self._size), f"{size(int(rate))}/s"]

    def _draw(self) -> None:
        if self._live is None and self._clock() - self._began >= _PATIENCE_S:
            self._live = _new_live(self.line)
            self._live.start()


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _new_live(line: Callable[[int], tuple[str, str, str]]) -> Live:
    """Return a display that shows `line` for the terminal as wide as it is at the time."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True)
    is_plain = console.legacy_windows or console.options.ascii_only

    def drawn() -> Text:
        name, bar, figures = line(console.width - 1)  # a full line would wrap on some terminals
        done = bar.rstrip("-")
        left = bar[len(done) :]
        if not is_plain:
            done, left = done.replace("=", "━"), left.replace("-", "━")
        return Text.assemble(
            name, (done, "bar.complete"), (left, "bar.back"), figures, no_wrap=True, overflow="crop"
        )

    return Live(get_renderable=drawn, console=console, transient=True, refresh_per_second=8)
