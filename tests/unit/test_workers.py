"""Worker processes and what becomes of their results when the user interrupts."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, cast

import pytest

from secretscan.pipeline import workers


class Interrupted:
    """A pool whose third batch is never done: waiting for it is interrupted."""

    def __init__(self) -> None:
        self.given: deque[int] = deque()

    def submit(self, work: object, batch: int) -> Future[int]:
        self.given.append(batch)
        future: Future[int] = Never() if batch == 2 else Future()
        if batch not in (2, 4):
            future.set_result(batch)
        if batch == 5:
            future = Future()
            future.set_exception(ValueError("a worker died"))
        return future


class Never(Future[int]):
    def result(self, timeout: float | None = None) -> int:
        raise KeyboardInterrupt


def test_an_interrupt_loses_no_batch_that_is_done() -> None:
    found: list[Any] = []
    pool = cast(ProcessPoolExecutor, Interrupted())
    with pytest.raises(KeyboardInterrupt):
        found.extend(workers._in_order(pool, range(8), ahead=100))
    assert found == [0, 1, 3, 6, 7]
