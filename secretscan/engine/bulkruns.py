"""What is encoded in a large text. The twins are `decode.encoded_runs` and the patterns of `decode.escapes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from secretscan.engine.decode import Finders
from secretscan.engine.decode.marks import Marks
from secretscan.engine.decode.runs import Found, decode_run, encoded_runs
from secretscan.kernels import encoded, marks
from secretscan.kernels.compiled import frozen

_LARGE: Final = 4096
"""Bytes from which calling a kernel pays."""
_AT_ONCE: Final = 512
_KIND: Final = (1 << marks.KIND_BITS) - 1


class InBulk:
    """Finds what is encoded by kernels, which are loaded, with memory that is kept: for one thread."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        """Take how much is found in a call of a kernel."""
        self._runs, self._marks = encoded.make_room(at_once), marks.make_room(at_once)

    def finders(self) -> Finders:
        """Return what `decode` takes."""
        return Finders(self.runs, self.marks)

    def runs(self, text: bytes) -> Iterator[Found]:
        """Yield the runs of `text` that decode to text, in order."""
        if len(text) < _LARGE:
            yield from encoded_runs(text)
            return
        at = passed = 0
        while at < len(text):
            self._runs.state[0] = at  # another text may have been searched since the last run
            count = encoded.promising_runs(frozen(text), self._runs)
            at = int(self._runs.state[0])
            for low, high in self._runs.places[: 2 * count].reshape(-1, 2).tolist() if count else ():
                found = decode_run(text, low, high) if low >= passed else None
                if found:
                    yield found
                    passed = found[1][-1].end

    def marks(self, text: bytes) -> Marks:
        """Return where escapes may begin in `text`."""
        if len(text) < _LARGE:
            return Marks()
        found: list[int] = []
        self._marks.state[0] = 0
        while self._marks.state[0] < len(text):
            count = marks.find_marks(frozen(text), self._marks)
            found += self._marks.places[:count].tolist()
        of_kind: dict[int, list[int]] = {marks.PERCENT: [], marks.ENTITY: [], marks.BACKSLASH: []}
        for mark in found:
            of_kind[mark & _KIND].append(mark >> marks.KIND_BITS)
        return Marks(*of_kind.values())
