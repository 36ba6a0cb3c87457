"""Decoding: texts that a text holds encoded. The engine scans each of them, and what they hold in turn.

`wide_text` is for whole files in UTF-16 and UTF-32; `derive` for encoded values inside a text. Every
`Derived` leads back to the bytes it was made from. Output is bounded at each step (`MAX_OUTPUT_BYTES`,
`MAX_INFLATED_BYTES`), so that a bomb costs no more than an ordinary file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from secretscan.engine.decode.derived import MAX_OUTPUT_BYTES, Derived, Part, rewrite
from secretscan.engine.decode.escapes import backslashed, entities, escapes, percent
from secretscan.engine.decode.marks import FindMarks, no_marks
from secretscan.engine.decode.places import is_bundle, is_json, is_lock, short_values
from secretscan.engine.decode.runs import MAX_INFLATED_BYTES, Found, encoded_runs, joined
from secretscan.engine.decode.wide import wide_text

__all__ = [
    "MAX_INFLATED_BYTES",
    "MAX_OUTPUT_BYTES",
    "USUAL",
    "Derived",
    "Finders",
    "derive",
    "encoded_runs",
    "hints",
    "wide_text",
]

_ESCAPE_REACH: Final = 48
"""Bytes around an escape in which a value may only now be readable: its name, its operator, its quotes."""


class Finders(NamedTuple):
    """What finds that something is encoded in a text."""

    runs: Callable[[bytes], Iterator[Found]] = encoded_runs
    """`encoded_runs`, or its like."""
    marks: FindMarks = no_marks


USUAL: Final = Finders()


def derive(data: bytes, path: bytes = b"", find: Finders = USUAL) -> Iterator[Derived]:
    """Yield what `data` holds encoded, one text for each encoding, with the lines around the decoded values.

    `path` tells what not to read: bundles and source maps, and the digests of lock files.
    """
    if is_bundle(path, data):
        return
    if not is_lock(path):
        found = sorted(
            chain(_held(find.runs(data)), short_values(data, path)), key=lambda item: item[1][0].start
        )
        for how, parts in joined(found).items():
            yield from _rewritten(data, parts, how)
    marks = find.marks(data)
    yield from _rewritten(data, percent(data, marks.percents), "percent", reach=_ESCAPE_REACH)
    yield from _rewritten(data, entities(data, marks.entities), "entities", reach=_ESCAPE_REACH)
    for how, parts in backslashed(data, marks.backslashes, is_json=is_json(path, data)).items():
        yield from _rewritten(data, parts, how, reach=_ESCAPE_REACH)


def _held(found: Iterable[Found]) -> Iterator[Found]:
    """Yield what is found until more is decoded than `rewrite` puts into texts: many small bombs are a large one."""
    size = 0
    for item in found:
        yield item
        size += sum(len(part.decoded) for part in item[1])
        if size > 2 * MAX_OUTPUT_BYTES:
            return


def hints(data: bytes, find: Finders = USUAL) -> Iterator[int]:
    """Yield where something may be encoded in `data`, parts of several texts: where `derive` is worth its while.

    All that `derive` finds in such a part by itself is hinted at, whatever the path says.
    """
    for _, parts in find.runs(data):
        yield parts[0].start
    marks = find.marks(data)
    for part in chain(percent(data, marks.percents), entities(data, marks.entities)):
        yield part.start
    yield from escapes(data, marks.backslashes)


def _rewritten(data: bytes, parts: Iterable[Part], how: str, *, reach: int = 0) -> Iterator[Derived]:
    derived = rewrite(data, parts, how, reach=reach)
    if derived is not None:
        yield derived
