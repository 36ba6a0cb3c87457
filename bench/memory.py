"""How much memory a process and all its descendants hold together (Linux, /proc)."""

from __future__ import annotations

import os
import threading
from pathlib import Path

SAMPLE_S = 0.02


class Memory(threading.Thread):
    """Watches what a process and all its descendants hold, until `done` is set."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_bytes = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, sum(map(held_bytes, family(self.pid))))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                waiting += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
        except OSError:
            continue
    return found


def held_bytes(pid: int) -> int:
    """Proportional set size of a process, 0 when it has ended or the system does not tell."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.split("\n") if line.startswith("Pss:")), 0)
