"""`Inventory`: which objects the repository has, with type and size, in the order of the packs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from threading import Thread
from typing import IO, TYPE_CHECKING, Final

from secretscan.sources.git.command import Git

if TYPE_CHECKING:
    import subprocess

_CHECK: Final = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--buffer")
_PIECE: Final = 1 << 22
_WORDS: Final = 3
"""Of a line about an object that is there."""

Known = tuple[bytes, bytes, int]
"""Id in hexadecimal, type (`blob`, `commit`, `tag`) and size; the type is empty where git has no such object."""


class Inventory:
    """A `git cat-file --batch-check` that runs, and is read, while the walk goes on; have it once with `rows`."""

    def __init__(self, git: Git, oids: Iterable[bytes] | None = None) -> None:
        """Start it: for all objects of the repository, its alternates included, or for `oids` alone."""
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it is read
        self._rows: list[Known] = []
        self._failure: BaseException | None = None
        self._process = _start(git, oids, self._output)
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()

    def is_whole(self) -> bool:
        """Whether git answered to the end, once it has; a promised object that was never fetched ends it."""
        return self._process.wait() == 0

    def close(self) -> None:
        """End git, if it still runs: nobody wants the rows any more."""
        if self._process.poll() is None:
            self._process.kill()
        self._reading.join()

    def rows(self) -> list[Known]:
        """Return the objects as git lists them: packed ones by pack and offset, which is cheapest to read.

        Trees are left out: no scan reads them, and they are half of all objects.
        """
        self._reading.join()
        if self._failure is not None:
            raise self._failure
        return self._rows

    def _read(self) -> None:
        try:
            self._rows += self._parsed()
        except BaseException as failure:  # noqa: BLE001 - raised where the rows are asked for
            self._failure = failure

    def _parsed(self) -> Iterator[Known]:
        self._process.wait()
        with self._output as output:
            output.seek(0)
            while lines := output.readlines(_PIECE):
                for words in [line.split() for line in lines if b" tree " not in line]:
                    if len(words) == _WORDS:
                        yield words[0], words[1], int(words[2])
                    elif words[1:] == [b"missing"]:
                        yield words[0], b"", 0


def _start(git: Git, oids: Iterable[bytes] | None, output: IO[bytes]) -> subprocess.Popen[bytes]:
    if oids is None:
        return git.start(*_CHECK, "--batch-all-objects", "--unordered", stdout=output)
    with tempfile.TemporaryFile() as asked:
        asked.writelines(oid + b"\n" for oid in oids)
        asked.flush()
        asked.seek(0)
        return git.start(*_CHECK, stdin=asked, stdout=output)
