"""Worker processes: each builds its own scanner once and then takes batches until none is left.

Results come back in the order of the batches whatever the timing, so that the report never depends on it.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD: Final = 32
"""Batches handed out per worker beyond the one whose result is due: a slow one must not leave the others idle."""

_state: dict[str, Any] = {}
"""What `_start` made in this worker process: the work function, bound to its scanner."""


def run_batches(
    make_work: Callable[[], Callable[[Task], Result]], batches: Sequence[Task], jobs: int
) -> Iterator[Result]:
    """Yield the result of each batch in order. With one job (or one batch) everything runs in this process.

    `make_work` must be picklable; it is called once in each worker. An interrupt cancels what has not begun,
    and is raised again once the results of all finished batches have been yielded.
    """
    if jobs <= 1 or len(batches) <= 1:
        work = make_work()
        for batch in batches:
            yield work(batch)
        return
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with _pool(ProcessPoolExecutor(min(jobs, len(batches)), context, _start, (make_work,))) as pool:
        yield from _in_order(pool, batches, jobs * _AHEAD)


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


@contextmanager
def _pool(pool: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    """Shut the pool down without waiting for batches that nobody will read."""
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _start(make_work: Callable[[], Callable[[Any], Any]]) -> None:
    # Ctrl-C reaches the whole process group; only the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _state["work"] = make_work()


def _work(batch: object) -> object:
    return _state["work"](batch)
