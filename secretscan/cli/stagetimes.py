"""How long each stage of a scan took, and how much was read and searched: what `--stats` writes."""

from __future__ import annotations

from collections.abc import Callable

from secretscan.model.report import ScanStats
from secretscan.pipeline.settings import NoProgress, Progress
from secretscan.report.printable import escape_controls


class StageTimes:
    """A progress that hands on what it is told to another, and keeps the time between."""

    def __init__(self, inner: Progress, clock: Callable[[], float]) -> None:
        """Take the progress that draws and the monotonic clock, which runs from here."""
        self._inner = inner
        self._clock = clock
        self._name = "loading the rules"
        self._since = clock()
        self._seconds: dict[str, float] = {}
        self._reading: set[str] = set()
        """Stages in which objects were read."""
        self._objects = self._size = 0

    def start(self, objects: int, size: int) -> None:
        """Hand on the totals."""
        self._inner.start(objects, size)

    def stage(self, name: str) -> None:
        """Take the name of what is done now; the time until here is that of the stage before."""
        self._note()
        self._name = name
        self._inner.stage(name)

    def advance(self, objects: int, size: int) -> None:
        """Count what has been read since the last call."""
        self._reading.add(self._name)
        self._objects += objects
        self._size += size
        self._inner.advance(objects, size)

    def detail(self, text: str) -> None:
        """Hand it on."""
        self._inner.detail(text)

    def close(self) -> None:
        """Take the display off the screen for good; the time goes on."""
        self._inner.close()
        self._inner = NoProgress()

    def table(self, scan: ScanStats) -> str:
        """Return the seconds of each stage until now, then what was read and searched, one line each."""
        self._note()
        searched = scan.scanned_bytes or 0
        share = f"{searched / self._size:.1%} of them" if self._size else ""
        known = f"{scan.known_blobs:,} more known from an earlier audit" if scan.known_blobs else ""
        taken = sum(self._seconds[name] for name in self._reading)
        rows = [(escape_controls(name), f"{seconds:.3f} s", "") for name, seconds in self._seconds.items()]
        rows.append(("in all", f"{sum(self._seconds.values()):.3f} s", ""))
        rows.append(("objects read", f"{self._objects:,}  ", known))
        rows.append(("bytes unpacked", f"{self._size:,}  ", ""))
        rows.append(("bytes scanned", f"{searched:,}  ", share))
        rows.append(
            ("bytes unpacked a second", f"{self._size / taken:,.0f}  " if taken else "-  ", "while scanning")
        )
        names = max(len(name) for name, _, _ in rows)
        figures = max(len(figure) for _, figure, _ in rows)
        return "\n".join(
            f"{name:{names}}  {figure:>{figures}} {note}".rstrip() for name, figure, note in rows
        )

    def _note(self) -> None:
        now = self._clock()
        self._seconds[self._name] = self._seconds.get(self._name, 0.0) + now - self._since
        self._since = now
