"""The two decorators of kernels, and the types they work on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from numba import types

Function = TypeVar("Function", bound=Callable[..., Any])

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Table = npt.NDArray[np.int64]
States = npt.NDArray[np.uint16]
Fours = npt.NDArray[np.uint32]
Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.uint32]

NOTHING: Final = types.none
NUMBER: Final = types.int64
SEED: Final = types.uint64
BYTES: Final = types.Array(types.uint8, 1, "C")
FROZEN: Final = types.Array(types.uint8, 1, "C", readonly=True)
"""Bytes that a kernel only reads."""
NUMBERS: Final = types.Array(types.int64, 1, "C")
TABLE: Final = types.Array(types.int64, 2, "C")
STATES: Final = types.Array(types.uint16, 1, "C")
FOURS: Final = types.Array(types.uint32, 1, "C", readonly=True)
"""Bytes that a kernel only reads, four at a time, the first of them lowest."""
SHIFTED_FOURS: Final = types.Array(types.uint32, 1, "C", readonly=True, aligned=False)
"""The same from another byte on."""
WORDS: Final = types.Array(types.uint64, 1, "C")
PLACES: Final = types.Array(types.uint32, 1, "C")


def compiled(result: object, *arguments: object) -> Callable[[Function], Function]:
    """Compile a kernel for these types, or load it as an earlier process compiled it, when its module is imported.

    It runs without the interpreter: it can raise nothing, and must check all that it is given.
    """
    signature = cast("Any", result)(*arguments)
    return cast("Callable[[Function], Function]", numba.njit([signature], cache=True, nogil=True))


def named_arrays(made: type, members: tuple[object, ...]) -> object:
    """Return the type of a named tuple of arrays of these types."""
    return cast("Any", types.NamedTuple)(members, made)


def inner(function: Function) -> Function:
    """Compile a part of kernels, which is kept with them."""
    return cast("Function", numba.njit(nogil=True)(function))


@inner
def number(byte: np.unsignedinteger[Any]) -> int:
    """Return a byte, or a few, as a number that shifts and sums do not overflow."""
    return np.int64(byte)  # type: ignore[return-value]
