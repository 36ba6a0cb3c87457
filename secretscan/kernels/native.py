"""Machine code of kernels, as `build` keeps it: loaded into the process, and called with arrays.

A function of numba's takes a place for its result, one for an exception, and its arguments in pieces: of an array who
owns it (nobody), how many numbers it has and of how many bytes, where they are, its shape and its strides
(numba.core.callconv, numba.core.datamodel.models.ArrayModel).
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from secretscan.kernels.compiled import Kernel, Kind

NEEDED: Final = frozenset({"NRT_MemInfo_call_dtor"})
"""What machine code may ask of numba: to give back memory that is counted, of which kernels have none."""

_POINTER: Final = ctypes.c_void_p
_NUMBER: Final = ctypes.c_int64
_stand_in: Final = ctypes.CFUNCTYPE(None, _POINTER)(lambda _counted: None)
"""Stands in for what `NEEDED` names; never called."""
_engines: Final[list[Any]] = []
"""What holds the code that was loaded, for as long as the process lives."""


class Code(NamedTuple):
    """The machine code of a kernel."""

    kernel: str
    symbol: str
    """The name of its function in `object`."""
    object: bytes


class Call:
    """A loaded kernel."""

    __slots__ = ("_function", "_kinds", "_name", "_result")

    def __init__(self, kernel: Kernel, address: int) -> None:
        """Take the kernel and where its function is."""
        self._name = kernel.name
        self._result = _scalar(kernel.result.dtype)
        self._kinds = [(kind, np.dtype(kind.dtype)) for kind in kernel.kinds]
        types = [_POINTER, _POINTER]
        for kind in kernel.kinds:
            types += _pieces(kind)
        self._function: Callable[..., int] = ctypes.CFUNCTYPE(ctypes.c_int32, *types)(address)

    def __call__(self, values: Sequence[Any]) -> Any:  # noqa: ANN401 - a number or nothing
        """Return what the kernel does for these numbers and arrays. Raises TypeError for others than it takes."""
        pieces: list[Any] = []
        for (kind, dtype), value in zip(self._kinds, values, strict=True):
            if not kind.dimensions:
                pieces.append(int(value))
                continue
            if not _is_of(kind, dtype, value):
                raise TypeError(f"{self._name} takes no such array: {kind}")
            pieces += (
                None,
                None,
                value.size,
                value.itemsize,
                value.ctypes.data,
                *value.shape,
                *value.strides,
            )
        result, problem = self._result(), _POINTER()
        if self._function(ctypes.addressof(result), ctypes.addressof(problem), *pieces):
            raise RuntimeError(f"{self._name} failed")
        return result.value


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


def _scalar(dtype: str) -> Any:  # noqa: ANN401 - a type of ctypes
    return {"": _POINTER, "int64": _NUMBER, "uint64": ctypes.c_uint64}[dtype]


def _pieces(kind: Kind) -> list[Any]:
    if not kind.dimensions:
        return [_scalar(kind.dtype)]
    return [_POINTER, _POINTER, _NUMBER, _NUMBER, _POINTER, *([_NUMBER] * (2 * kind.dimensions))]


def _is_of(kind: Kind, dtype: np.dtype[Any], value: object) -> bool:
    """Whether a value is an array that a kernel may be given: it trusts what it is told."""
    return (
        type(value) is np.ndarray
        and value.dtype == dtype
        and value.ndim == kind.dimensions
        and value.flags.c_contiguous
        and (kind.is_frozen or value.flags.writeable)
        and (value.flags.aligned or not kind.is_aligned)
    )
