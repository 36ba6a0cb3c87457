"""The hook scripts that `secretscan hooks install` writes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Final

from secretscan.errors import UsageError

_MARK: Final = "# written by `secretscan hooks install`"
_ASIDE: Final = ".before-secretscan"


def write_hook(folder: Path, stage: str, *, force: bool) -> Path:
    """Write the hook `stage` into `folder` and return its path.

    With `force` a hook of somebody else is set aside and called first. Raises UsageError when there is one
    and `force` was not given.
    """
    path = folder / stage
    aside = folder / (stage + _ASIDE)
    if path.exists() and not _is_ours(path):
        if not force:
            raise UsageError(
                f"{path} is there already and not ours",
                help="--force keeps it as a first step; or add `secretscan hooks run "
                + stage
                + '` "$@" to it',
            )
        path.replace(aside)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_script(stage, aside if aside.exists() else None), encoding="utf-8", newline="\n")
    path.chmod(0o755)
    return path


def remove_hook(folder: Path, stage: str) -> Path | None:
    """Remove the hook that `write_hook` wrote and return its path; None when there is none of ours."""
    path = folder / stage
    if not path.exists() or not _is_ours(path):
        return None
    path.unlink()
    aside = folder / (stage + _ASIDE)
    if aside.exists():
        aside.replace(path)
    return path


def _is_ours(path: Path) -> bool:
    return _MARK in path.read_text(encoding="utf-8", errors="replace")


def _script(stage: str, first: Path | None) -> str:
    """A shell script, which git runs on every platform. It fails closed: no secretscan, no commit."""
    python = shlex.quote(sys.executable)
    lines = ["#!/bin/sh", _MARK, "set -e"]
    if first is not None:
        lines.append(f'{shlex.quote(str(first))} "$@"')
    command = "staged" if stage == "pre-commit" else f'hooks run {stage} -- "$@"'
    lines.append(f"exec {python} -P -m secretscan {command}")
    return "\n".join(lines) + "\n"
