"""Which files of a work tree count: what git tracks, and what it does not ignore."""

from __future__ import annotations

import os
from collections.abc import Mapping

from secretscan.errors import RepositoryError
from secretscan.sources.git.command import Git, GitFailed
from secretscan.sources.git.repository import open_repository


def listed_files(folder: bytes, env: Mapping[str, str]) -> list[bytes] | None:
    """Return the files below `folder` that git tracks or does not ignore, sorted; None outside a work tree.

    Names are relative to `folder`. A nested repository or submodule is named as one entry, without its files.
    None also when git fails, or when `folder` is itself ignored: then the caller reads every file, which is
    more and never less than was asked for.
    """
    try:
        repository = open_repository(os.fsdecode(folder), env)
    except RepositoryError:
        return None
    if repository.work_tree is None:
        return None
    git = Git(os.path.abspath(os.fsdecode(folder)), repository.git.environment)  # noqa: PTH100
    if _is_ignored(git):
        return None
    try:
        names = git.run("ls-files", "-c", "-o", "--exclude-standard", "-z")
    except GitFailed:
        return None
    return sorted(set(names.split(b"\0")) - {b""})


def _is_ignored(git: Git) -> bool:
    """Whether .gitignore covers the folder as a whole; the root of a work tree never is."""
    try:
        git.run("check-ignore", "--quiet", "--no-index", ".")
    except GitFailed:
        return False
    return True
