"""`PathTraits`: what the path of a version says of it, in columns, worked out once for each path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from secretscan.engine.bulkcut import watched
from secretscan.engine.decode.places import announces, may_be_bundle
from secretscan.engine.filekind import file_kind
from secretscan.engine.partcolumns import CODES

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Places, Table

KIND, WATCHED, ANNOUNCES, MAY_BE_BUNDLE = 0, 1, 2, 3
"""Columns: the code of the kind of file, what makes it worth decoding (`bulkcut`), whether it may announce short
encoded values, and whether it may be made for machines (`decode.places`)."""
_COLUMNS: Final = 4


class PathTraits:
    """Tells of paths by their numbers."""

    def __init__(self, paths: Sequence[bytes]) -> None:
        """Take the paths; nothing is told of one before it is met."""
        self.paths = paths
        self._rows = np.zeros((len(paths), _COLUMNS), dtype=np.int64)
        self._is_told = np.zeros(len(paths), dtype=np.bool_)

    def of(self, numbers: Places) -> Table:
        """Return a row for each of the paths with these numbers."""
        fresh = numbers[~self._is_told[numbers]]
        for number in set(fresh.tolist()):
            path = self.paths[number]
            self._rows[number] = (
                CODES[file_kind(path)],
                watched(path),
                announces(path),
                may_be_bundle(path),
            )
        self._is_told[fresh] = True
        return self._rows[numbers]
