"""Worker processes: each builds its own scanner once and then takes batches until none is left.

Results come back in the order of the batches whatever the timing, so that the report never depends on it.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Final, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD: Final = 32
"""Batches handed out per worker beyond the one whose result is due: a slow one must not leave the others idle."""

_state: dict[str, Any] = {}
"""What `_start` made in this worker process: the work function, bound to its scanner."""


class Workers(Generic[Task, Result]):
    """Processes that take batches, round after round, and keep what they learned in between."""

    def __init__(self, make_work: Callable[[], Callable[[Task], Result]], jobs: int) -> None:
        """Start nothing yet. `make_work` must be picklable; it is called once in each worker."""
        self._make_work = make_work
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._work: Callable[[Task], Result] | None = None

    def __enter__(self) -> Workers[Task, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, batches: Iterable[Task]) -> Iterator[Result]:
        """Yield the result of each batch in order. With one job, or just one batch, all runs in this process.

        Batches that come one by one are taken as they come, some way ahead of the results.

        An interrupt cancels what has not begun, and is raised again once the results of all finished batches have
        been yielded.
        """
        count = len(batches) if isinstance(batches, Sized) else self._jobs
        if self._pool is None and (self._jobs <= 1 or count <= 1):
            if self._work is None:
                self._work = self._make_work()
            for batch in batches:
                yield self._work(batch)
            return
        if self._pool is None:
            context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
            self._pool = ProcessPoolExecutor(min(self._jobs, count), context, _start, (self._make_work,))
        try:
            yield from _in_order(self._pool, batches, self._jobs * _AHEAD)
        except BaseException:
            # nobody will read what is still being done
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool, self._jobs = None, 1
            raise

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def run_batches(
    make_work: Callable[[], Callable[[Task], Result]], batches: Iterable[Task], jobs: int
) -> Iterator[Result]:
    """Yield the result of each batch in order, from workers of their own."""
    with Workers(make_work, jobs) as workers:
        yield from workers.run(batches)


def _in_order(pool: ProcessPoolExecutor, batches: Iterable[Task], ahead: int) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(_work, batch))
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except KeyboardInterrupt:
        for future in waiting:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
        raise


def _start(make_work: Callable[[], Callable[[Any], Any]]) -> None:
    # Ctrl-C reaches the whole process group; only the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _state["work"] = make_work()


def _work(batch: object) -> object:
    return _state["work"](batch)
