"""Files and folders as they lie on disk. Inside a work tree git says which files count; elsewhere all do."""
# ruff: noqa: PTH116, PTH118 - paths are bytes here, which pathlib does not take

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from secretscan.errors import UsageError
from secretscan.model.blob import Blob, Skipped
from secretscan.model.paths import printable, printable_path
from secretscan.model.provenance import WorkTreeFile
from secretscan.sources.git.worktree import listed_files

_PIECE = 1 << 16
_READING = (
    os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
"""Not waiting: what was a file may have become a pipe since."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A regular file to read."""

    path: bytes
    """Path to open, as the user would type it."""
    size: int
    """Bytes when it was found."""


def find_files(
    paths: Sequence[str], env: Mapping[str, str], *, respect_gitignore: bool = True
) -> Iterator[FileEntry | Skipped]:
    """Yield the files at and below `paths`, each once, in the order of their names.

    Inside a work tree these are the tracked files and the untracked ones that .gitignore does not cover,
    unless `respect_gitignore` is false. Symbolic links are followed only when named in `paths`; `.git` folders
    are left out. Raises UsageError for a path that does not exist: a typo must not look like a clean scan.
    """
    walk = _Walk(env, respect_gitignore)
    for path, state in [_named(name) for name in paths]:
        if stat.S_ISDIR(state.st_mode):
            yield from walk.folder(path, is_root=True)
        elif found := walk.file(path, state):
            yield found


def _named(name: str) -> tuple[bytes, os.stat_result]:
    path = os.fsencode(name)
    try:
        return path, os.stat(path)
    except OSError as error:
        raise UsageError(
            f"{printable(name)}: {error.strerror or type(error).__name__}",
            help="check the path; nothing was scanned",
        ) from error


def fetch_ahead(entries: Sequence[FileEntry], max_bytes: int) -> None:
    """Have the system fetch files of up to `max_bytes` that are read next: a disk is faster at many than at one by one.

    What cannot be opened is left to `read_file` to tell of.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    for entry in entries:
        if entry.size <= max_bytes:
            with suppress(OSError):
                file = os.open(entry.path, _READING)
                try:
                    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
                finally:
                    os.close(file)


def read_file(entry: FileEntry, max_bytes: int) -> Blob | Skipped:
    """Return the content of a file, or why it could not be read."""
    if entry.size > max_bytes:
        return Skipped(printable_path(entry.path), f"{entry.size} bytes, over the limit of {max_bytes}")
    try:
        file = os.open(entry.path, _READING)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return Skipped(printable_path(entry.path), "no longer a regular file")
            # no more is asked for than there should be: asking costs memory, however little comes
            data = os.read(file, entry.size + 1)
            while len(data) != entry.size and len(data) <= max_bytes and (more := os.read(file, _PIECE)):
                data += more
        finally:
            os.close(file)
    except OSError as error:
        return Skipped(printable_path(entry.path), error.strerror or type(error).__name__)
    if len(data) > max_bytes:
        return Skipped(printable_path(entry.path), f"grew over the limit of {max_bytes} bytes")
    return Blob(data, WorkTreeFile(shown_path(entry.path)))


def shown_path(path: bytes) -> bytes:
    """Return a path as reports show it and configurations name it: with `/`, from the folder the user is in."""
    path = path.replace(os.sep.encode(), b"/") if os.sep != "/" else path
    return path.removeprefix(b"./")


class _Walk:
    """One walk over the named paths; remembers what it gave, so that overlapping paths count once."""

    def __init__(self, env: Mapping[str, str], respect_gitignore: bool) -> None:
        self._env = env
        self._respect = respect_gitignore
        self._given: set[tuple[int, int]] = set()

    def folder(self, path: bytes, *, is_root: bool = False) -> Iterator[FileEntry | Skipped]:
        """Yield the files below a folder. Folders may lie in each other as deep as the system lets them."""
        levels = [self._inside(path, is_root=is_root)]
        while levels:
            found = next(levels[-1], None)
            if found is None:
                levels.pop()
            elif isinstance(found, Skipped):
                yield found
            else:
                entry, state = found
                if stat.S_ISDIR(state.st_mode):
                    levels.append(self._inside(entry))
                elif not stat.S_ISLNK(state.st_mode) and (file := self.file(entry, state)):
                    yield file

    def _inside(
        self, path: bytes, *, is_root: bool = False
    ) -> Iterator[tuple[bytes, os.stat_result] | Skipped]:
        """Yield what lies in a folder, or what git lists below it; a nested repository is listed as a folder."""
        names, is_listed = None, True
        if self._respect and (is_root or os.path.lexists(os.path.join(path, b".git"))):
            names = listed_files(path, self._env)
        if names is None:
            try:
                names, is_listed = sorted(os.listdir(path)), False  # noqa: PTH208 - names are bytes
            except OSError as error:
                yield Skipped(printable_path(path), error.strerror or type(error).__name__)
                return
        below = os.path.join(path, b"")
        for name in names:
            entry = below + name.rstrip(b"/")
            try:
                if name != b".git":
                    yield entry, os.lstat(entry)
            except FileNotFoundError:
                if not is_listed:  # a tracked file may be gone from disk: then there is nothing to read
                    yield Skipped(printable_path(entry), "vanished while the folder was read")
            except OSError as error:
                yield Skipped(printable_path(entry), error.strerror or type(error).__name__)

    def file(self, path: bytes, state: os.stat_result) -> FileEntry | Skipped | None:
        """Return a file, unless it was given before or is no regular file. Hard links count once."""
        if not stat.S_ISREG(state.st_mode):
            return Skipped(printable_path(path), "not a regular file", by_design=True)
        identity = (state.st_dev, state.st_ino)
        if identity[1] and identity in self._given:
            return None
        self._given.add(identity)
        return FileEntry(path, state.st_size)
