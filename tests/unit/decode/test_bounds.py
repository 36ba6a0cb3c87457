"""What is decoded of one text is bounded, however many bombs are in it."""

from __future__ import annotations

from collections.abc import Iterator

from secretscan.engine.decode import MAX_OUTPUT_BYTES, Finders, derive
from secretscan.engine.decode.derived import Part
from secretscan.engine.decode.runs import Found

MEBIBYTE = 1 << 20


def test_small_bombs_do_not_add_up() -> None:
    taken: list[int] = []

    def bombs(data: bytes) -> Iterator[Found]:
        for n in range(0, len(data), 10):
            taken.append(n)
            yield "gzip", [Part(n, n + 10, b"a" * MEBIBYTE)]

    texts = list(derive(b"x" * 10_000, find=Finders(runs=bombs)))
    assert len(taken) <= 2 * MAX_OUTPUT_BYTES // MEBIBYTE + 1
    assert sum(len(text.data) for text in texts) <= MAX_OUTPUT_BYTES + MEBIBYTE + 10_000
