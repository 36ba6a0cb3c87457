"""`KnownColumns`: what is known of scanned versions, in columns for those that hold nothing, which are nearly all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from secretscan.engine.versions import NO_BASE
from secretscan.engine.zonescan import Known

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers


class KnownColumns:
    """What is known of each version that was scanned, by its number."""

    def __init__(self, path_numbers: Numbers, paths: Sequence[bytes]) -> None:
        """Take the number of each version's path, among `paths`; nothing is known yet."""
        self._path_numbers = path_numbers
        self._paths = paths
        self._special: dict[int, Known] = {}
        self._sizes = np.full(len(path_numbers), NO_BASE, dtype=np.int64)
        self.is_special = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether there is something in a version, or its deltas must be searched for more than what is new."""
        self.announces = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether what announces short encoded values may be in it (`decode.places`)."""
        self.may_stand = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether it may announce them there."""

    def begin(self, numbers: Numbers, sizes: Numbers) -> None:
        """Take versions, by number, for such as hold nothing, until more is known of one."""
        self._sizes[numbers] = sizes

    def base_sizes(self, numbers: Numbers, bases: Numbers) -> Numbers:
        """Return the size of the base of each version that was scanned under the same path, `NO_BASE` without one."""
        is_same = (bases >= 0) & (self._path_numbers[bases] == self._path_numbers[numbers])
        return np.where(is_same, self._sizes[bases], NO_BASE)

    def get(self, number: int) -> Known | None:
        """Return what is known of a version, None for one that was not scanned, or for `NO_BASE`."""
        if number < 0 or self._sizes[number] < 0:
            return None
        if self.is_special[number]:
            return self._special[number]
        path = self._paths[self._path_numbers[number]]
        announces = bool(self.announces[number])
        return Known(path, int(self._sizes[number]), announces=announces, is_thorough=False)

    def put(self, number: int, known: Known) -> bool:
        """Note what is known of a version; return whether it is more than that it holds nothing."""
        is_special = bool(known.claims or known.decodes or known.is_whole)
        if is_special:
            self._special[number] = known
            self.is_special[number] = True
        return is_special
