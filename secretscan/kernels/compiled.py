"""The decorators of kernels, and the types they work on.

A kernel is called in its compiled form (`native`), which `build` makes of it once for a machine: numba itself takes a
second to import, and is not needed for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from secretscan.kernels.native import Call, Kind, Named

Function = TypeVar("Function", bound=Callable[..., Any])

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Table = npt.NDArray[np.int64]
States = npt.NDArray[np.uint16]
Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.uint32]

NOTHING: Final = Kind("")
NUMBER: Final = Kind("int64")
SEED: Final = Kind("uint64")
BYTES: Final = Kind("uint8", 1)
FROZEN: Final = Kind("uint8", 1, is_frozen=True)
"""Bytes that a kernel only reads."""
NUMBERS: Final = Kind("int64", 1)
TABLE: Final = Kind("int64", 2)
STATES: Final = Kind("uint16", 1)
WORDS: Final = Kind("uint64", 1)
PLACES: Final = Kind("uint32", 1)


@dataclass(slots=True)
class Kernel:
    """A function with the types it takes; called, it runs in its compiled form."""

    function: Callable[..., Any]
    result: Kind
    arguments: Sequence[Kind | Named]
    call: Call | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its name among all kernels."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - as the function has them
        """Run it. Raises TypeError for anything but what it takes, and RuntimeError while it is not loaded."""
        if self.call is None:
            raise RuntimeError(f"{self.name} is not loaded")
        return self.call(arguments)


KERNELS: Final[list[Kernel]] = []
"""All kernels of the modules imported so far."""
PARTS: Final[list[Callable[..., Any]]] = []
"""All their parts."""
EMITTED: Final[dict[Callable[..., Any], type]] = {}
"""Those whose code is not made of what they say, with the types of their results (`lanes`)."""


def compiled(result: Kind, *arguments: Kind | Named) -> Callable[[Function], Function]:
    """Make a kernel of a function, for these types.

    It runs without the interpreter: it can raise nothing and ask for no memory, and must check all that it is given.
    """

    def decorate(function: Function) -> Function:
        kernel = Kernel(function, result, arguments)
        KERNELS.append(kernel)
        return cast("Function", kernel)

    return decorate


def named_arrays(made: type, members: tuple[Kind, ...]) -> Named:
    """Return the type of a named tuple of arrays of these types."""
    return Named(made, members)


def inner(function: Function) -> Function:
    """Mark a part of kernels, which is compiled into them."""
    PARTS.append(function)
    return function


def emitted(result: type) -> Callable[[Function], Function]:
    """Mark a part of kernels for which `emit` has code, and which returns a number of this type of numpy's."""

    def decorate(function: Function) -> Function:
        EMITTED[function] = result
        return function

    return decorate


def frozen(text: bytes) -> Bytes:
    """Return a text as kernels are given it that only read it, which spares making an array of it."""
    return cast("Bytes", text)


@inner
def number(byte: np.unsignedinteger[Any]) -> int:
    """Return a byte, or a few, as a number that shifts and sums do not overflow."""
    return np.int64(byte)  # type: ignore[return-value]


@inner
def copy(source: Bytes, at: int, target: Bytes, to: int, count: int) -> None:
    """Copy `count` bytes from offset `at` of `source` to offset `to` of `target`; they do not overlap."""
    taken, put = source[at : at + count], target[to : to + count]
    for k in range(min(len(taken), len(put))):
        put[k] = taken[k]
