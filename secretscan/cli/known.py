"""Which repository and which baseline count, for the scans and for `secretscan baseline` alike."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from secretscan.baseline.locate import DEFAULT_NAME
from secretscan.errors import SecretScanError
from secretscan.sources.git.repository import open_repository

if TYPE_CHECKING:
    from secretscan.baseline.file import Baseline
    from secretscan.config.model import Config


def root_of(folder: str) -> Path | None:
    """Folder whose configuration counts: the root of the work tree, or `folder` itself when it is no repository.

    None for a bare repository.
    """
    try:
        return open_repository(folder, os.environ).root
    except SecretScanError:
        return Path(folder)


def baseline_path(named: str, config: Config, root: Path | None) -> Path | None:
    """Return where the baseline lies: as `named` by --baseline, by the configuration, or at `root`, in that order.

    The file may be missing. None for a bare repository, whose working directory is anybody's.
    """
    if named:
        return Path(named)
    if config.baseline is not None:
        return config.baseline
    return root / DEFAULT_NAME if root is not None else None


def load_baseline(named: str, config: Config, root: Path | None) -> Baseline | None:
    """Return the baseline of a scan; None where nobody names one and none lies at `root`.

    Raises `BaselineError` for one that is named and missing.
    """
    path = baseline_path(named, config, root)
    is_named = bool(named) or config.baseline is not None
    if path is None or not (is_named or path.is_file()):
        return None
    from secretscan.baseline.file import load

    return load(path, help="" if named else hint(config))


def hint(config: Config) -> str:
    """Return the next step where the baseline that nobody named with --baseline cannot be read."""
    if config.baseline is None:
        return "write one with `secretscan baseline write`"
    return f"write one with `secretscan baseline write`, or take `baseline` out of {config.source}"
