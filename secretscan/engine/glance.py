"""`Glance`: what there is to see in a text before any rule is tried."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from secretscan.engine.prefilter import Windows
from secretscan.engine.windows import Range


class Glance(NamedTuple):
    """What there is to see in a text as a whole."""

    windows: Windows = MappingProxyType({})
    """Where rules could match that may find something."""
    far: tuple[Range, ...] = ()
    """The bytes that rule out matches over many lines, ascending and disjoint."""
    hits: Sequence[int] = ()
    """What was hit, as the prefilter tells it; not told where there are no windows."""


NOTHING_SEEN: Final = Glance()
