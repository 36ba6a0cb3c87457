"""Parts of a buffer in columns, as kernels take them: where each starts, and of what kind its file is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, overload

import numpy as np

from secretscan.engine.parts import Part
from secretscan.engine.traits import ALL_KINDS

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers

CODES: Final = {kind: n for n, kind in enumerate(ALL_KINDS)}
"""The kinds of files by which parts differ, as numbers."""


class PartColumns(Sequence[Part]):
    """Parts in columns; one is made when somebody asks for it."""

    def __init__(self, starts: Numbers, kinds: Numbers, paths: Sequence[int], names: Sequence[bytes]) -> None:
        """Take where each part starts, the code of its kind, and the number of its path among `names`."""
        self.starts = starts
        self.listed: list[int] = starts.tolist()
        self.kinds = kinds
        self._paths = paths
        self._names = names

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, key: int) -> Part: ...
    @overload
    def __getitem__(self, key: slice) -> list[Part]: ...
    def __getitem__(self, key: int | slice) -> Part | list[Part]:
        if isinstance(key, slice):
            return [self[n] for n in range(*key.indices(len(self)))]
        return Part(int(self.starts[key]), self._names[self._paths[key]], ALL_KINDS[self.kinds[key]])


def columns(parts: Sequence[Part]) -> tuple[Numbers, Numbers]:
    """Return where `parts` start, and the codes of their kinds."""
    if isinstance(parts, PartColumns):
        return parts.starts, parts.kinds
    starts = np.array([part.start for part in parts], dtype=np.int64)
    return starts, np.array([CODES[part.kind] for part in parts], dtype=np.int64)
