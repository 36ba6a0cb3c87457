"""Machine code of kernels, as `build` keeps it: loaded into the process, and called with arrays.

A function of numba's takes a place for its result, one for an exception, and its arguments in pieces: of an array who
owns it (nobody), how many numbers it has and of how many bytes, where they are, its shape and its strides
(numba.core.callconv, numba.core.datamodel.models.ArrayModel). Some take 170 pieces, which cost ctypes half a microsecond
each; so `build` puts a function before each that takes one place where they all stand, eight bytes each: the frame.
"""

from __future__ import annotations

import ctypes
import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Kernel

NEEDED: Final = frozenset({"NRT_MemInfo_call_dtor"})
"""What machine code may ask of numba: to give back memory that is counted, of which kernels have none."""

_DTYPES: Final = {name: np.dtype(name) for name in ("uint8", "uint16", "uint32", "uint64", "int64")}
_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400
"""Bits of `ndarray.flags.num` (NPY_ARRAY_C_CONTIGUOUS and its like in numpy's C interface)."""
_MOST_KEPT: Final = 8
"""Named tuples of which a kernel keeps the pieces."""
_PLACES: Final = struct.Struct("=QQ")
"""Where a result and an exception go."""
_ROW: Final = struct.Struct("=QQqqQqq")
_TABLE: Final = struct.Struct("=QQqqQqqqq")
_NUMBERS: Final = {"int64": struct.Struct("=q"), "uint64": struct.Struct("=Q")}
_POINTER: Final = ctypes.c_void_p
_ANSWER: Final = ctypes.c_int64 * 2
"""A result, and behind it where an exception would be."""
_ANSWER_BYTES: Final = 8
_NO_BYTES: Final = ctypes.c_char * 0
"""What can be asked where an array is, quicker than the array itself."""
_stand_in: Final = ctypes.CFUNCTYPE(None, _POINTER)(lambda _counted: None)
"""Stands in for what `NEEDED` names; never called."""
_engines: Final[list[Any]] = []
"""What holds the code that was loaded, for as long as the process lives."""


class Kind(NamedTuple):
    """The type of an argument or a result: a number, or an array of numbers that lie one behind the other."""

    dtype: str
    """Name of the numbers' type in numpy; empty for no result."""
    dimensions: int = 0
    """0 for a number."""
    is_frozen: bool = False
    """Whether a kernel only reads the array."""


class Named(NamedTuple):
    """The type of a named tuple of arrays."""

    made: type
    members: tuple[Kind, ...]


class Code(NamedTuple):
    """The machine code of a kernel."""

    kernel: str
    symbol: str
    """The name of its function in `object`."""
    object: bytes


class Call:
    """A loaded kernel."""

    __slots__ = ("_function", "_kept", "_name", "_packs")

    def __init__(self, kernel: Kernel, address: int) -> None:
        """Take the kernel and where the function is that takes its frame."""
        self._name = kernel.name
        self._kept: dict[int, tuple[object, bytes]] = {}
        self._packs = tuple(map(self._pack_of, kernel.arguments))
        self._function: Callable[..., int] = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)(address)

    def __call__(self, arguments: Sequence[Any]) -> int:
        """Return the number that the kernel does for these arguments. Raises TypeError for others than it takes.

        A kernel leaves little of the interpreter in the processor's caches, so what this does counts several times.
        """
        answer = _ANSWER()
        at = ctypes.addressof(answer)
        frame = [pack(value) for pack, value in zip(self._packs, arguments, strict=True)]
        if self._function(_PLACES.pack(at, at + _ANSWER_BYTES) + b"".join(frame)):
            raise RuntimeError(f"{self._name} failed")
        return int(answer[0])

    def _pack_of(self, kind: Kind | Named) -> Callable[[Any], bytes]:
        """Return what makes the pieces of an argument."""
        if isinstance(kind, Named):
            return partial(self._of_tuple, tuple(map(self._pack_of, kind.members)))
        if kind.dimensions:
            return partial(_of_array, self._name, kind, _DTYPES[kind.dtype], _wanted_flags(kind))
        return _NUMBERS[kind.dtype].pack

    def _of_tuple(self, packs: Sequence[Callable[[Any], bytes]], values: tuple[Any, ...]) -> bytes:
        """Return the pieces of a named tuple, which are the same each time: they are most of a frame."""
        kept = self._kept.get(id(values))
        if kept is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            own = [pack(value) for pack, value in zip(packs, values, strict=True)]
            kept = self._kept[id(values)] = values, b"".join(own)  # alive, so that its number is no other's
        return kept[1]


def _of_array(name: str, kind: Kind, dtype: np.dtype[Any], wanted: int, value: Any) -> bytes:  # noqa: ANN401
    """Return the pieces of an array, or of bytes where a kernel only reads. A kernel trusts what it is told there."""
    if kind.is_frozen and type(value) is bytes:
        size = len(value)
        return _ROW.pack(0, 0, size, 1, _POINTER.from_buffer(ctypes.c_char_p(value)).value, size, 1)
    if (
        type(value) is not np.ndarray
        or value.dtype != dtype
        or value.ndim != kind.dimensions
        or value.flags.num & wanted != wanted
    ):
        raise TypeError(f"{name} takes no such array: {kind}")
    size, width = value.size, value.itemsize
    at = value.ctypes.data if kind.is_frozen else ctypes.addressof(_NO_BYTES.from_buffer(cast("Any", value)))
    if kind.dimensions == 1:
        return _ROW.pack(0, 0, size, width, at, size, width)
    return _TABLE.pack(0, 0, size, width, at, *value.shape, *value.strides)


def pieces(argument: Kind | Named) -> int:
    """Return how many pieces of a frame an argument has."""
    if isinstance(argument, Named):
        return sum(map(pieces, argument.members))
    return 5 + 2 * argument.dimensions if argument.dimensions else 1


def load(kernels: Iterable[Kernel], packed: bytes) -> bool:
    """Load the code that `pack` was given; False where it is for another processor, or of other kernels."""
    import llvmlite.binding as llvm

    head, _, objects = packed.partition(b"\n")
    told = json.loads(head)
    if told["processor"] != processor():
        return False
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    for name in NEEDED:
        llvm.add_symbol(name, ctypes.cast(_stand_in, _POINTER).value)
    engine = llvm.create_mcjit_compiler(
        llvm.parse_assembly(""), llvm.Target.from_default_triple().create_target_machine()
    )
    at = 0
    symbols: dict[str, str] = {}
    for kernel, symbol, size in told["kernels"]:
        engine.add_object_file(llvm.ObjectFileRef.from_data(objects[at : at + size]))
        symbols[kernel] = symbol
        at += size
    engine.finalize_object()
    _engines.append(engine)
    addresses = {kernel: engine.get_function_address(symbol) for kernel, symbol in symbols.items()}
    return _connect(kernels, addresses)


def pack(codes: Iterable[Code]) -> bytes:
    """Return the code of kernels in the form that `load` takes."""
    kept = list(codes)
    head = {
        "processor": processor(),
        "kernels": [(code.kernel, code.symbol, len(code.object)) for code in kept],
    }
    return json.dumps(head).encode() + b"\n" + b"".join(code.object for code in kept)


def processor() -> list[str]:
    """Return what code must be made for to run here: a home folder may be that of several machines."""
    import llvmlite.binding as llvm

    return [llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]


def _connect(kernels: Iterable[Kernel], addresses: Mapping[str, int]) -> bool:
    found = [(kernel, addresses.get(kernel.name, 0)) for kernel in kernels]
    if not all(address for _, address in found):
        return False
    for kernel, address in found:
        kernel.call = Call(kernel, address)
    return True


def _wanted_flags(kind: Kind) -> int:
    return _CONTIGUOUS | _ALIGNED | (0 if kind.is_frozen else _WRITEABLE)
