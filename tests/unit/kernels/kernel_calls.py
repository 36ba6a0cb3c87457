"""Parts of kernels, which only kernels can call, made to be called from Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache
def callable_part(part: Callable[..., Any]) -> Callable[..., Any]:
    """Return `part` in a kernel of its own: it may be compiled without what Python needs to call it itself."""
    import sys

    import numba

    from secretscan.kernels.build import compile_parts

    modules = tuple(
        module for name, module in sorted(sys.modules.items()) if name.startswith("secretscan.kernels.")
    )
    inside = compile_parts(modules).get(part, part)

    @numba.njit
    def call(*arguments):  # type: ignore[no-untyped-def]
        return inside(*arguments)

    return call
