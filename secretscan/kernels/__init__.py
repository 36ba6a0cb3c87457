"""Kernels: the inner loops of large scans compiled by numba (extra `fast`), for histories and trees that repay it.

Each is plain arithmetic on arrays of bytes and numbers, and has a twin in Python that tests hold it to: what a scan
finds never depends on whether kernels ran. Nothing outside this package imports numba, and in it only `build` and `emit` do.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from secretscan import __version__
from secretscan.privatefile import Keep, read_private, write_private

HISTORY_WORTH_BYTES: Final = 32 << 20
"""Unpacked bytes of a history from which loading the kernels (about a quarter of a second) pays."""
TREE_WORTH_BYTES: Final = 128 << 20
"""The same for files, each of which is looked at once."""
WORTH_COMPILING_BYTES: Final = 1 << 30
"""The same for compiling them, once for each version of secretscan and numba (some twenty seconds)."""

_MAGIC: Final = b"secretscan-kernels-1"
_KEEP: Final = Keep("*.kernels", files=3)
_MODULES: Final = (
    "around",
    "closing",
    "compiled",
    "deltas",
    "encoded",
    "forest",
    "grams",
    "lanes",
    "marks",
    "memory",
    "messages",
    "names",
    "needlerows",
    "needles",
    "parts",
    "runs",
    "scrypt",
    "words",
)


def pay(size: int, folder: Path, worth: int) -> bool:
    """Return whether kernels kept in `folder` pay for a scan of `size` bytes, given from how many loading them does."""
    if size < worth or not _is_installed():
        return False
    return size >= WORTH_COMPILING_BYTES or is_compiled(folder)


def is_compiled(folder: Path) -> bool:
    """Return whether an earlier process compiled them into `folder`."""
    return _is_installed() and _file(folder).exists()


def load(folder: Path) -> bool:
    """Load all kernels from `folder`; compile them and keep them there where it lacks them.

    Return whether that worked: not without numba. What others than the user could have written is compiled anew.
    """
    try:
        from secretscan.kernels import native
        from secretscan.kernels.compiled import KERNELS

        modules = [import_module(f"{__name__}.{name}") for name in _MODULES]
        packed = read_private(_file(folder), _MAGIC)
        if packed is not None and native.load(KERNELS, bytes(packed)):
            return True
        from secretscan.kernels.build import build

        made = native.pack(build(KERNELS, modules))
        with suppress(OSError):
            write_private(_file(folder), _MAGIC, made, _KEEP)
        return native.load(KERNELS, made)
    except Exception:  # noqa: BLE001 - of numba, of LLVM: the twins do without, and say the same
        return False


def _is_installed() -> bool:
    return find_spec("numba") is not None


def _file(folder: Path) -> Path:
    """Return the file of these very kernels in `folder`."""
    from importlib import metadata

    digest = blake2b(digest_size=8)
    for told in (__version__, metadata.version("numba"), sys.version):
        digest.update(told.encode() + b"\0")
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return folder / f"{digest.hexdigest()}.kernels"
