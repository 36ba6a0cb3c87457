"""`BulkCut`: cuts many versions that stand in one buffer. The twin is `versions.cut_parts`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from secretscan.engine.decode.places import is_json
from secretscan.engine.textform import SNIFFED_BYTES
from secretscan.engine.windows import LOOKAROUND_BYTES, NEAR_BYTES, WORTH_PERCENT
from secretscan.kernels.parts import ESCAPES, ESCAPES_IF_OBJECT, IS_DELTA, MAY_DECODE, cut_parts

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Bytes, Numbers

_BOUNDS: Final = np.array([SNIFFED_BYTES, LOOKAROUND_BYTES, NEAR_BYTES, WORTH_PERCENT], dtype=np.int64)


class CutColumns(NamedTuple):
    """What of many versions to look at, in one buffer: `versions.Cut` in columns, without any binary data."""

    text: bytes
    starts: Numbers
    is_delta: Numbers
    may_decode: Numbers

    def __repr__(self) -> str:
        """Show no text: it may hold secrets."""
        return f"CutColumns({len(self.text)} bytes of {len(self.starts)} versions)"


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

    def cut(self, base_sizes: Numbers, watched: Numbers) -> CutColumns:
        """Return what of the versions to look at.

        Given for each the size of the base that it may be looked at as a delta of, `NO_BASE` without one, and what
        makes it worth decoding (`watched`).
        """
        count = len(self.starts)
        # no part is longer than its version, its ranges and a newline before each
        room = int(self.sizes.sum() + (self.copies_to - self.copies_from).sum()) + 2 * count
        text = np.empty(room, dtype=np.uint8)
        starts, told = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
        size = cut_parts(
            self.made,
            self.starts,
            self.sizes,
            base_sizes,
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
        return CutColumns(text[:size].tobytes(), starts, told & IS_DELTA, told & MAY_DECODE)


def watched(path: bytes) -> int:
    """Return what makes a version under `path` worth decoding."""
    if is_json(path, b""):
        return ESCAPES
    return 0 if path else ESCAPES_IF_OBJECT
