"""`WalkAhead`: git lists commits and objects of a repository while what will read the lists is still being loaded."""

from __future__ import annotations

import tempfile
from typing import IO

from secretscan.sources.git.command import Git, GitFailed
from secretscan.sources.git.graph import LIST_ALL
from secretscan.sources.git.inventory import Inventory


class WalkAhead:
    """The lists that a walk of everything begins with, as git makes them. Left, it ends what is still running."""

    def __init__(self, git: Git) -> None:
        """Start git. Raises RepositoryError where there is none."""
        self._listed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `__exit__`
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._listing = git.start(*LIST_ALL, stdout=self._listed, stderr=self._errors)
        self.inventory = Inventory(git)

    def __enter__(self) -> WalkAhead:
        return self

    def __exit__(self, *_: object) -> None:
        self.inventory.close()
        if self._listing.poll() is None:
            self._listing.kill()
            self._listing.wait()
        self._listed.close()
        self._errors.close()

    def commits(self) -> bytes:
        """Return the lines that `git rev-list` writes of all commits. Raises GitFailed."""
        if status := self._listing.wait():
            raise GitFailed(status, _content(self._errors))
        return _content(self._listed)


def _content(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
