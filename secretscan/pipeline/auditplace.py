"""Where saved audits are kept. Apart from what reads them, since the command line asks before that is imported."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import Final

from secretscan.sources.git.repository import Repository

FOLDER: Final = "audits"
"""Folder of the saved audits in that of the cache."""


def outcome_file(cache_dir: Path, repository: Repository) -> Path:
    """Return the file of the last audit of a repository (`lastaudit`), named by its place alone."""
    place = os.path.realpath(repository.git_dir).encode("utf-8", "surrogateescape")
    return cache_dir / FOLDER / f"{blake2b(place, digest_size=16).hexdigest()}.outcome"
