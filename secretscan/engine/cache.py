"""Programs on disk: one private file each, named by rules and library version, checked before use.

A file that is damaged, of another user or open to others is ignored and written anew: the cache can cost
time, never correctness. It holds rules only, never anything that was scanned.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan.engine.program import Program

_MAGIC: Final = b"secretscan-program-7\n"
_CHECK_BYTES: Final = 32
_KEPT: Final = 8
"""Programs kept per user: a few versions and configurations; the oldest go when a new one is written."""


def load_program(digest: str, folder: Path | None, make: Callable[[], Program]) -> Program:
    """Return the program of `digest` from the cache in `folder`, or from `make` (then it is saved).

    `folder` None means no cache. A cache that cannot be written is no error.
    """
    if folder is None:
        return make()
    path = folder / f"{_key(digest)}.program"
    program = _read(path, digest)
    if program is None:
        program = make()
        with suppress(OSError):
            _write(path, program)
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
    """Return the saved program, or None when there is none that can be trusted."""
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            if not _is_private(state):
                return None
            content = file.read()
    except OSError:
        return None
    head = len(_MAGIC) + _CHECK_BYTES
    payload = content[head:]
    if not content.startswith(_MAGIC) or _check(payload) != content[len(_MAGIC) : head]:
        return None
    try:
        return Program.unpack(digest, payload)
    except ValueError:
        return None


def _is_private(state: os.stat_result) -> bool:
    """Whether only this user can have written the file (a crafted database could crash Hyperscan)."""
    if not hasattr(os, "getuid"):
        return True
    return state.st_uid == os.getuid() and not state.st_mode & 0o022


def _write(path: Path, program: Program) -> None:
    """Write atomically, readable by the user alone, and drop the oldest beyond `_KEPT`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    payload = program.pack()
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC + _check(payload) + payload)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    saved = sorted(path.parent.glob("*.program"), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in saved[_KEPT:]:
        old.unlink(missing_ok=True)


def _check(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_CHECK_BYTES).digest()
