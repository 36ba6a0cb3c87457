"""Kernels compiled by numba, once for a machine, in some twenty seconds. Only this module and `emit` import it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any, Final

import numba
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types

from secretscan.kernels.compiled import EMITTED, PARTS, Kernel
from secretscan.kernels.emit import emitted_parts
from secretscan.kernels.native import NEEDED, Code, Kind, Named, pieces

_OPTIONS: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""No way to call them from Python by numba: `native` has its own."""
_ENTRANCE: Final = "frame."
"""Begins the name of a function that takes a frame."""


def build(kernels: Iterable[Kernel], modules: Iterable[ModuleType]) -> list[Code]:
    """Return the machine code of `kernels`, which stand in `modules`. Raises whatever numba does."""
    compile_parts(tuple(modules))
    return [_code(kernel) for kernel in kernels]


@lru_cache(maxsize=1)
def compile_parts(modules: tuple[ModuleType, ...]) -> Mapping[Callable[..., Any], Any]:
    """Put parts that kernels can call into the place of all parts in `modules`; return them by what they are made of."""
    made = {part: numba.njit(**_OPTIONS)(part) for part in PARTS}
    made.update(emitted_parts())
    for module in modules:
        for name, value in list(vars(module).items()):
            if isinstance(value, FunctionType) and value in made and not _says(value, module):
                setattr(module, name, made[value])
    return made


def _says(part: FunctionType, module: ModuleType) -> bool:
    """Whether a part is there to say in Python what `emit` has code for."""
    return part in EMITTED and part.__module__ == module.__name__


def _code(kernel: Kernel) -> Code:
    arguments = tuple(map(_type, kernel.arguments))
    signature = _type(kernel.result)(*arguments)
    compiled: Any = numba.njit([signature], **_OPTIONS)(kernel.function).overloads[arguments]
    library = compiled.library
    module = library._final_module  # numba has no other way to its machine code
    outside = {
        function.name
        for function in module.functions
        if function.is_declaration and not function.name.startswith("llvm.")
    }
    if outside - NEEDED:
        raise ValueError(f"{kernel.name} needs {', '.join(sorted(outside - NEEDED))}")
    name = compiled.fndesc.llvm_func_name
    module.link_in(llvm.parse_assembly(_entrance(kernel, name, module)))
    return Code(kernel.name, _ENTRANCE + name, library.codegen._tm.emit_object(module))


def _entrance(kernel: Kernel, name: str, like: Any) -> str:  # noqa: ANN401 - a module of LLVM
    """Return the code of a function that takes a frame (`native`) and calls the kernel `name` with its pieces.

    Places are passed as numbers of 64 bits, which calls do alike on all processors that numba compiles for.
    """
    count = 2 + sum(map(pieces, kernel.arguments))
    piece = ir.IntType(64)
    module = ir.Module()
    module.triple, module.data_layout = like.triple, like.data_layout
    target = ir.Function(module, ir.FunctionType(ir.IntType(32), [piece] * count), name)
    entrance = ir.Function(module, ir.FunctionType(ir.IntType(32), [piece.as_pointer()]), _ENTRANCE + name)
    code = ir.IRBuilder(entrance.append_basic_block())
    frame = entrance.args[0]
    code.ret(code.call(target, [code.load(code.gep(frame, [piece(n)])) for n in range(count)]))
    return str(module)


def _type(kind: Kind | Named) -> Any:  # noqa: ANN401 - a type of numba's
    if isinstance(kind, Named):
        make: Any = types.NamedTuple
        return make([_type(member) for member in kind.members], kind.made)
    if not kind.dtype:
        return types.none
    number = getattr(types, kind.dtype)
    if not kind.dimensions:
        return number
    return types.Array(number, kind.dimensions, "C", readonly=kind.is_frozen)
