"""`Pace`: how fast calls may follow each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """A token bucket: `burst` calls at once, then `rate` a second. Safe for threads."""

    def __init__(
        self,
        rate: float,
        burst: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start with a full bucket. `rate` is in calls per second."""
        self._interval = 1.0 / rate
        self._credit = burst * self._interval
        self._clock = clock
        self._sleep = sleep
        self._mutex = threading.Lock()
        self._due = clock() - self._credit

    def wait(self) -> None:
        """Return when the next call may be made. Callers are served in the order they ask."""
        with self._mutex:
            now = self._clock()
            self._due = max(self._due, now - self._credit) + self._interval
            delay = self._due - now
        if delay > 0:
            self._sleep(delay)

    def restart(self) -> None:
        """Count from now: the call just made may have reached the server only now, its connection set up first."""
        with self._mutex:
            self._due = max(self._due, self._clock())
