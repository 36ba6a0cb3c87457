"""The line that a scan draws on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from secretscan.cli.progress import TerminalProgress
from secretscan.report.printable import cell_width

LONG = "finding when each secret came and went"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(progress: TerminalProgress, columns: int) -> str:
    return "".join(progress.line(columns))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reading(clock: Clock) -> TerminalProgress:
    """Half of a scan, after five seconds of it; the walk before took ten."""
    progress = TerminalProgress(clock)
    progress._draw = lambda: None  # type: ignore[method-assign]
    clock.now = 10
    progress.start(2_399, 30_000_000)
    progress.stage("scanning")
    clock.now = 15
    progress.advance(1_200, 15_000_000)
    return progress


def test_a_wide_line_has_everything(reading: TerminalProgress) -> None:
    bar = "=" * 12 + "-" * 12
    figures = "1,200 of 2,399 objects  0:05 left  15.0 MB  3.0 MB/s"
    assert shown(reading, 120) == f"scanning  {bar}  {figures}"


@pytest.mark.parametrize(
    "name", ["scanning", LONG, "scanning with git cat-file, since there is no folder of objects"]
)
def test_the_line_fits_into_any_terminal(reading: TerminalProgress, name: str) -> None:
    reading.stage(name)
    assert [n for n in range(20, 130) if cell_width(shown(reading, n)) > n] == []
    reading.advance(1_199, 15_000_000)
    assert [n for n in range(20, 130) if cell_width(shown(reading, n)) > n] == []
    assert [n for n in range(60, 130) if "2,399 of 2,399 objects" not in shown(reading, n)] == []


def test_a_narrow_line_keeps_the_count(reading: TerminalProgress) -> None:
    assert shown(reading, 39) == "scanning  1,200 of 2,399 objects"


def test_a_stage_that_reads_nothing_has_its_time_alone(reading: TerminalProgress, clock: Clock) -> None:
    reading.stage(LONG)
    clock.now += 72
    assert shown(reading, 79) == f"{LONG}  1:12"


def test_rate_and_time_left_are_those_of_the_stage_that_reads(
    reading: TerminalProgress, clock: Clock
) -> None:
    clock.now += 5
    assert "1.5 MB/s" in shown(reading, 120)
    assert "0:10 left" in shown(reading, 120)


_SCRIPT = f"""
import itertools, time
from secretscan.cli.progress import TerminalProgress
progress = TerminalProgress(itertools.count(0, 0.5).__next__)
progress.start(2399, 15_100_000)
for stage in ("walking the history", "scanning", {LONG!r}):
    progress.stage(stage)
    for _ in range(4 if stage == "scanning" else 0):
        progress.advance(500, 3_000_000)
        time.sleep(0.15)
    time.sleep(0.3)
progress.close()
"""


@pytest.mark.parametrize("columns", [40, 80])
def test_a_terminal_shows_one_line_and_nothing_at_the_end(columns: int) -> None:
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [sys.executable, "-c", _SCRIPT]
    with subprocess.Popen(command, stdout=side, stderr=side, env={**environment, "TERM": "xterm"}) as process:
        os.close(side)
        written = b""
        try:
            while piece := os.read(main, 65_536):
                written += piece
        except OSError:  # the other side is gone
            pass
    os.close(main)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*m", "", written.decode())
    assert LONG[:20] in text and "of 2,399 objects" in text
    frames = re.sub(r"\x1b\[[0-9;?]*[A-Za-ln-z]", "\r", text)
    assert max(map(cell_width, re.split(r"[\r\n]+", frames))) < columns
    assert text.count("\n") <= 1  # where it ends
