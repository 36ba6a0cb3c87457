"""`KnownColumns`: what is known of scanned versions, in columns for those that hold nothing, which are nearly all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from secretscan.engine.versions import NO_BASE
from secretscan.engine.zonescan import Known

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Numbers, Places


class KnownColumns:
    """What is known of each version that was scanned, by its number.

    Memory is asked for as noughts, which the system gives where it is used: versions may be millions.
    """

    def __init__(self, path_numbers: Places, paths: Sequence[bytes]) -> None:
        """Take the number of each version's path, among `paths`; nothing is known yet."""
        self.path_numbers = path_numbers
        self._paths = paths
        self._special: dict[int, Known] = {}
        self._ends = np.zeros(len(path_numbers), dtype=np.int64)
        """The size of each, and one more; a nought of those of which nothing is known."""
        self.is_special = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether there is something in a version, or its deltas must be searched for more than what is new."""
        self.announces = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether what announces short encoded values may be in it (`decode.places`)."""
        self.may_stand = np.zeros(len(path_numbers), dtype=np.bool_)
        """Whether it may announce them there."""

    def forget(self) -> None:
        """Forget what there is in versions, none of which is a base of one that will be asked about."""
        self._special.clear()

    def begin(self, numbers: Numbers, sizes: Numbers) -> None:
        """Take versions, by number, for such as hold nothing, until more is known of one."""
        self._ends[numbers] = sizes + 1

    def base_sizes(self, numbers: Numbers, bases: Numbers) -> Numbers:
        """Return the size of the base of each version that was scanned under the same path, `NO_BASE` without one."""
        is_same = (bases >= 0) & (self.path_numbers[bases] == self.path_numbers[numbers])
        return np.where(is_same, self._ends[bases] - 1, NO_BASE)

    def get(self, number: int) -> Known | None:
        """Return what is known of a version, None for one that was not scanned, or for `NO_BASE`."""
        if number < 0 or not self._ends[number]:
            return None
        if self.is_special[number]:
            return self._special.get(number)
        path = self._paths[self.path_numbers[number]]
        announces = bool(self.announces[number])
        return Known(path, int(self._ends[number]) - 1, announces=announces, is_thorough=False)

    def put(self, number: int, known: Known) -> bool:
        """Note what is known of a version; return whether it is more than that it holds nothing."""
        is_special = bool(known.claims or known.hidden.is_any or known.far or known.is_whole)
        if is_special:
            self._special[number] = known
            self.is_special[number] = True
        return is_special
