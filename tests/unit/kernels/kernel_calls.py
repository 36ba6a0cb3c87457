"""Parts of kernels, which only kernels can call, made to be called from Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any


@lru_cache
def callable_part(part: Callable[..., Any]) -> Callable[..., Any]:
    """Return `part` in a kernel of its own: it may be compiled without what Python needs to call it itself."""
    import numba

    @numba.njit
    def call(*arguments):  # type: ignore[no-untyped-def]
        return part(*arguments)

    return call
