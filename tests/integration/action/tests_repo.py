"""Repositories for these tests: the shared `Repo`, and checkouts of it as actions/checkout makes them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Repo
else:
    Repo = object


def checkout(origin: Repo, ref: str, name: str = "workspace", *options: str) -> Path:
    """A detached checkout of `ref`; without `--depth` also every branch and tag, as `fetch-depth: 0` gives."""
    folder = origin.path.parent / name
    folder.mkdir()

    def git(*args: str) -> None:
        subprocess.run(["git", *args], cwd=folder, env=origin.env, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("remote", "add", "origin", origin.path.as_uri())
    full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
    wanted = f"+{full}:refs/remotes/{full.removeprefix('refs/').replace('heads/', 'origin/')}"
    everything = () if options else ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    git("fetch", "-q", "--no-tags", *options, "origin", *everything, wanted)
    git("checkout", "-q", "--detach", wanted.partition(":")[2])
    return folder
