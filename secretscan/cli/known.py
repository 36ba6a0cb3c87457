"""Which repository and which baseline count, for the scans and for `secretscan baseline` alike."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from secretscan.baseline.locate import DEFAULT_NAME
from secretscan.config.discover import is_inside
from secretscan.errors import BaselineError, SecretScanError
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


def root_of_paths(paths: Sequence[str]) -> Path:
    """Folder whose configuration counts for files: the root of the one repository that all `paths` lie in.

    Where they lie in several or in none, that of the working directory; and where that lies in none, the
    working directory itself. Git is asked once, and only where a folder on the way up has a `.git`.
    """
    seen: dict[str, str] = {}
    folders = [path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths]  # noqa: PTH112, PTH120
    found = {_marked(os.path.realpath(folder), seen) for folder in dict.fromkeys(folders)}
    folder = folders[0] if len(found) == 1 and "" not in found else "."
    if _marked(os.path.realpath(folder), seen):
        with suppress(SecretScanError):
            return open_repository(folder, os.environ).root or Path()
    return Path()


def _marked(folder: str, seen: dict[str, str]) -> str:
    """Return the nearest folder from `folder` up that has a `.git`, or nothing; `seen` remembers the way."""
    way = []
    while folder not in seen:
        way.append(folder)
        parent = os.path.dirname(folder)  # noqa: PTH120 - a hook may name thousands of files
        if os.path.lexists(os.path.join(folder, ".git")):  # noqa: PTH118
            seen[folder] = folder
        elif parent == folder:
            seen[folder] = ""
        else:
            folder = parent
    seen.update(dict.fromkeys(way, seen[folder]))
    return seen[folder]


def baseline_path(named: str, config: Config, root: Path | None) -> Path | None:
    """Return where the baseline lies: as `named` by --baseline, by the configuration, or at `root`, in that order.

    The file may be missing. None for a bare repository, whose working directory is anybody's. Raises `BaselineError` for
    a link at `root` that leads out of it: the repository is not trusted to say what is read, or written to.
    """
    if named:
        return Path(named)
    if config.baseline is not None:
        return config.baseline
    if root is None:
        return None
    path = root / DEFAULT_NAME
    if path.is_symlink() and not is_inside(path, root):
        raise BaselineError(
            f"{DEFAULT_NAME} is a link to a file outside of the repository",
            help="replace it with the file itself, or name one with --baseline",
        )
    return path


def load_baseline(named: str, config: Config, root: Path | None) -> Baseline | None:
    """Return the baseline of a scan; None where nobody names one and none lies at `root`.

    Raises `BaselineError` for one that is named and missing.
    """
    path = baseline_path(named, config, root)
    is_named = bool(named) or config.baseline is not None
    if path is None or not (is_named or path.is_file()):
        return None
    from secretscan.baseline.file import load

    baseline = load(path, help="" if named else hint(config))
    if root is not None and not named and path.is_relative_to(root):
        return replace(baseline, path=path.relative_to(root).as_posix())
    return baseline


def hint(config: Config) -> str:
    """Return the next step where the baseline that nobody named with --baseline cannot be read."""
    if config.baseline is None:
        return "write one with `secretscan baseline write`"
    return f"write one with `secretscan baseline write`, or take `baseline` out of {config.source}"
