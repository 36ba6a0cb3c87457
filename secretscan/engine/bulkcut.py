"""`BulkCut`: cuts many versions that stand in one buffer. The twin is `versions.cut_parts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from secretscan.engine.decode.places import is_json
from secretscan.engine.textform import SNIFFED_BYTES
from secretscan.engine.versions import Cut, Version
from secretscan.engine.windows import LOOKAROUND_BYTES, NEAR_BYTES, WORTH_PERCENT
from secretscan.kernels.parts import ESCAPES, ESCAPES_IF_OBJECT, IS_DELTA, MAY_DECODE, cut_parts

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Bytes, Numbers

_BOUNDS: Final = np.array([SNIFFED_BYTES, LOOKAROUND_BYTES, NEAR_BYTES, WORTH_PERCENT], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class BulkCut:
    """Cuts the versions whose columns it holds."""

    made: Bytes = field(repr=False)
    starts: Numbers
    sizes: Numbers
    """Where each version stands in `made`."""
    copies: Numbers
    copies_from: Numbers
    copies_to: Numbers
    """Which rows of `copies` each version shares with its base."""

    def __call__(self, versions: Sequence[Version], base_sizes: Sequence[int]) -> Cut:
        """Return what of `versions`, those of the columns, to look at."""
        watched = np.array([_watched(version.path) for version in versions], dtype=np.int64)
        # no part is longer than its version, its ranges and a newline before each
        room = int(self.sizes.sum() + (self.copies_to - self.copies_from).sum()) + 2 * len(versions)
        text = np.empty(room, dtype=np.uint8)
        starts, told = np.empty(len(versions), dtype=np.int64), np.empty(len(versions), dtype=np.int64)
        size = cut_parts(
            self.made,
            self.starts,
            self.sizes,
            np.array(base_sizes, dtype=np.int64),
            self.copies,
            self.copies_from,
            self.copies_to,
            watched,
            _BOUNDS,
            text,
            starts,
            told,
            np.empty((int((self.copies_to - self.copies_from).max(initial=0)) + 2, 2), dtype=np.int64),
        )
        return Cut(
            text[:size].tobytes(), starts.tolist(), (told & IS_DELTA).tolist(), (told & MAY_DECODE).tolist()
        )


def _watched(path: bytes) -> int:
    """Return what makes a version under `path` worth decoding."""
    if is_json(path, b""):
        return ESCAPES
    return 0 if path else ESCAPES_IF_OBJECT
