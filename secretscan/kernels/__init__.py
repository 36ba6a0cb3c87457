"""Kernels: the inner loops of a history scan compiled by numba (extra `fast`), for histories that repay it.

Each is plain arithmetic on arrays of bytes and numbers, and has a twin in Python that tests hold it to: what a scan
finds never depends on whether kernels ran. Nothing outside this package imports numba.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from secretscan import __version__

WORTH_BYTES: Final = 256 << 20
"""Unpacked bytes of a history from which loading the kernels (about half a second) pays."""
WORTH_COMPILING_BYTES: Final = 1 << 30
"""The same for compiling them, once for each version of secretscan and numba (about ten seconds)."""

_KEPT: Final = 2
"""Other versions of which the kernels are kept."""
_MODULES: Final = (
    "closing",
    "deltas",
    "encoded",
    "forest",
    "grams",
    "memory",
    "names",
    "needlerows",
    "needles",
    "parts",
    "runs",
    "words",
)


def pay(size: int, folder: Path) -> bool:
    """Return whether kernels kept in `folder` pay for a history of `size` bytes."""
    if size < WORTH_BYTES or find_spec("numba") is None:
        return False
    return size >= WORTH_COMPILING_BYTES or is_compiled(folder)


def is_compiled(folder: Path) -> bool:
    """Return whether an earlier process compiled them into `folder`."""
    return _mark(folder).exists()


def load(folder: Path) -> bool:
    """Load all kernels from `folder`; compile them and keep them there where it lacks them.

    Return whether that worked: not without numba, nor where others than the user could have put code in its way,
    nor from files that are damaged, which are dropped.
    """
    own = _own(folder)
    with suppress(OSError, ImportError):
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not all(map(_is_private, (own, folder, folder.parent))):
            return False
        import numba

        vars(numba.config)["CACHE_DIR"] = str(own)
        try:
            for name in _MODULES:
                import_module(f"{__name__}.{name}")
        except Exception:  # noqa: BLE001 - of numba, of LLVM, of a damaged file: the twins do without, and say the same
            shutil.rmtree(own, ignore_errors=True)  # compiled anew by the next process
            return False
        if not is_compiled(folder):
            _mark(folder).touch(mode=0o600)
            _drop_old(folder)
        return True
    return False


def _drop_old(folder: Path) -> None:
    """Drop the kernels of other versions, but for those compiled last."""
    others = [
        path for path in folder.iterdir() if path != _own(folder) and path.is_dir() and not path.is_symlink()
    ]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def _is_private(folder: Path) -> bool:
    """Whether only this user can have written into a folder."""
    state = folder.lstat()
    if not hasattr(os, "getuid"):
        return True
    return state.st_uid == os.getuid() and not state.st_mode & 0o022


def _mark(folder: Path) -> Path:
    return _own(folder) / "complete"


def _own(folder: Path) -> Path:
    """Return the folder for these very kernels: numba itself sees changes only file by file."""
    from importlib import metadata

    digest = blake2b(digest_size=8)
    for told in (__version__, metadata.version("numba"), sys.version):
        digest.update(told.encode() + b"\0")
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return folder / digest.hexdigest()
