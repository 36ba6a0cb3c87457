"""What kernels take of the parts of a buffer: where each starts, and of what kind its file is, as a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from secretscan.engine.parts import Part, PartColumns
from secretscan.engine.traits import ALL_KINDS

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers

CODES: Final = {kind: n for n, kind in enumerate(ALL_KINDS)}
"""The kinds of files by which parts differ, as numbers."""


def columns(parts: Sequence[Part]) -> tuple[Numbers, Numbers]:
    """Return where `parts` start, and the codes of their kinds."""
    if isinstance(parts, PartColumns):
        return parts.starts, parts.kinds
    starts = np.array([part.start for part in parts], dtype=np.int64)
    return starts, np.array([CODES[part.kind] for part in parts], dtype=np.int64)
