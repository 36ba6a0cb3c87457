"""`Inventory`: which objects the repository has, with type and size, in the order of the packs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Final

from secretscan.sources.git.command import Git

_CHECK: Final = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--buffer")
_PIECE: Final = 1 << 22

Known = tuple[bytes, bytes, int]
"""Id in hexadecimal, type (`blob`, `commit`, `tag`, `tree`) and size; the type is `missing` where git has no answer."""


class Inventory:
    """A `git cat-file --batch-check` that runs while the walk does; read it once with `rows`."""

    def __init__(self, git: Git, oids: Iterable[bytes] | None = None) -> None:
        """Start it: for all objects of the repository, its alternates included, or for `oids` alone."""
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `rows`
        if oids is None:
            self._process = git.start(*_CHECK, "--batch-all-objects", "--unordered", stdout=self._output)
            return
        with tempfile.TemporaryFile() as asked:
            asked.writelines(oid + b"\n" for oid in oids)
            asked.flush()
            asked.seek(0)
            self._process = git.start(*_CHECK, stdin=asked, stdout=self._output)

    def rows(self) -> Iterator[Known]:
        """Yield the objects as git lists them: packed ones by pack and offset, so that bases come before deltas."""
        self._process.wait()
        with self._output as output:
            output.seek(0)
            while lines := output.readlines(_PIECE):
                for line in lines:
                    fields = line.split()
                    if len(fields) == 3:
                        yield fields[0], fields[1], int(fields[2])
                    elif fields:
                        yield fields[0], b"missing", 0
