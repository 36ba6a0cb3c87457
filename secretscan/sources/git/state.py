"""The state of a repository: a digest of all that a walk of everything goes by, had in milliseconds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from secretscan.sources.git.repository import Repository

_QUESTIONS = (
    ("for-each-ref", "--format=%(objectname) %(refname)"),
    ("rev-list", "--no-walk=unsorted", "--all", "--reflog"),  # HEADs of other work trees, and reflogs
    ("rev-parse", "--verify", "HEAD^{commit}"),
)


def repository_state(repo: Repository) -> str:
    """Return a digest of what refs, HEADs and reflogs name and of which files hold the objects.

    While it stays the same a walk meets the same objects, and finds them there. Empty where that cannot be told:
    without a commit, where a ref leads nowhere, or where objects lie in another repository too.
    """
    folder = Path(repo.common_dir)
    running = [repo.git.start(*question) for question in _QUESTIONS]
    answers = [process.communicate()[0] for process in running]
    try:
        edge = (folder / "shallow").read_bytes()
    except FileNotFoundError:
        edge = b""
    except OSError:
        return ""
    if any(process.returncode for process in running) or _has_others(repo, folder):
        return ""
    try:
        files = list(_files(folder / "objects"))
    except OSError:
        return ""
    tips = sorted(answers[1].split())
    return blake2b(repr((answers[0], tips, answers[2], edge, files)).encode(), digest_size=16).hexdigest()


def _has_others(repo: Repository, folder: Path) -> bool:
    """Whether git reads objects from elsewhere."""
    return (
        any(name.endswith(("OBJECT_DIRECTORY", "OBJECT_DIRECTORIES")) for name in repo.git.environment)
        or (folder / "objects/info/alternates").exists()
    )


def _files(objects: Path) -> Iterator[tuple[str, int, int]]:
    """Yield each pack, and each folder of loose objects, with its size and the time of its last change."""
    folders = [objects, objects / "pack"]
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                facts = entry.stat()
                yield entry.name, facts.st_size, facts.st_mtime_ns
