"""The key of a saved audit: everything a scan of an object depends on besides the object itself.

What is left out does not change what is seen in an object: the baseline and the threshold speak at the end, and
excluded paths are taken out before anything is looked up. When in doubt a thing is in the key: a scan that was
not needed costs time, a stale result would hide secrets.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan import __version__
from secretscan.engine.program import Program
from secretscan.pipeline.settings import ScanSettings
from secretscan.sources.git.repository import Repository

_SOURCES: Final = ("model", "rules", "config", "baseline", "engine", "sources", "pipeline")
"""Packages whose code decides what is found in an object."""
_LIBRARIES: Final = ("regex", "hyperscan")


def audit_key(repository: Repository, settings: ScanSettings, program: Program) -> str:
    """Return 32 hexadecimal digits that stand for the repository, the rules, the settings and this very program."""
    config, today = settings.config, settings.today()
    allow = [
        (entry.rules, entry.paths, entry.secrets, entry.lines, entry.fingerprints)
        for entry in config.allow
        if not entry.is_expired(today)
    ]
    parts = (
        os.path.realpath(repository.common_dir),
        repository.object_format,
        program.digest,
        config.extend,
        sorted(config.disable),
        sorted(config.severity.items()),
        config.is_trusted,
        allow,
        settings.max_bytes,
        settings.pure_python,
        bool(program.database),
        __version__,
        code_digest(),
        [_library(name) for name in _LIBRARIES],
        sys.version_info[:3],
        sys.byteorder,
    )
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


@cache
def code_digest() -> str:
    """Return a digest of the program's own files: a checkout changes without a change of its version."""
    digest = blake2b(digest_size=16)
    root = Path(__file__).resolve().parents[1]
    for package in _SOURCES:
        for folder, folders, names in os.walk(root / package):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                path = os.path.join(folder, name)  # noqa: PTH118 - hundreds of files, and pathlib is slow
                digest.update(os.fsencode(os.path.relpath(path, root)) + b"\0")
                with open(path, "rb") as file:  # noqa: PTH123
                    digest.update(blake2b(file.read()).digest())
    return digest.hexdigest()


def _library(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return ""
