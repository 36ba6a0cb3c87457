"""Programs on disk: one private file each, named by rules and library version, checked before use.

A file that is damaged, of another user or open to others is ignored and written anew: the cache can cost
time, never correctness. It holds rules only, never anything that was scanned.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan.engine.program import Program
from secretscan.privatefile import Keep, read_private, write_private

_MAGIC: Final = b"secretscan-program-10\n"
_KEEP: Final = Keep("*.program", files=8)
"""A few versions and configurations."""


def load_program(
    digest: str, folder: Path | None, make: Callable[[], Program], *, save: bool = True
) -> Program:
    """Return the program of `digest` from the cache in `folder`, or from `make` (then it is saved, if `save`).

    `folder` None means no cache. A cache that cannot be written is no error.
    """
    if folder is None:
        return make()
    path = folder / f"{_key(digest)}.program"
    program = _read(path, digest)
    if program is None:
        program = make()
        if save:
            with suppress(OSError):
                write_private(path, _MAGIC, program.pack(), _KEEP)
    return program


def _key(digest: str) -> str:
    """File name of a program: rules, Hyperscan build, processor family and byte order all matter."""
    parts = [digest, _hyperscan_version(), sys.platform, sys.byteorder, _machine()]
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _machine() -> str:
    return os.uname().machine if hasattr(os, "uname") else ""


def _hyperscan_version() -> str:
    try:
        import hyperscan
    except ImportError:
        return "none"
    return str(getattr(hyperscan, "__version__", "unknown"))


def _read(path: Path, digest: str) -> Program | None:
    """Return the saved program; None when there is none that can be trusted: a crafted one could crash Hyperscan."""
    payload = read_private(path, _MAGIC)
    with suppress(ValueError):  # written by another program
        return None if payload is None else Program.unpack(digest, bytes(payload))
    return None
