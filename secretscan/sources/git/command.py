"""The one module that spawns git, with an environment in which the repository can run and change nothing.

A repository that is scanned is hostile until proven otherwise: its configuration may name programs (pagers,
diff drivers, fsmonitor, hooks), its remotes may be asked for missing objects, its replace refs and grafts may
hide commits. Everything here turns those off. Only plumbing commands are called, whose output no
configuration changes.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Final

from secretscan.errors import RepositoryError
from secretscan.model.paths import printable

HOOK_VARIABLES: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
"""What git tells its hooks about the repository; kept only when secretscan runs as one (githooks(5))."""

_PATH_VARIABLES: Final = ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")

_CLOSED: Final = {
    "GIT_ALLOW_PROTOCOL": "none",  # no transport at all: a promised object is not worth a connection
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replace ref could show a clean commit in place of the real one
    "GIT_GRAFT_FILE": os.devnull,  # grafts could cut parents off
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "GIT_ADVICE": "0",
    "LC_ALL": "C",
}

_CONFIG: Final = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.commitGraph", "false"),  # a damaged or forged graph file could hide commits
    ("core.useReplaceRefs", "false"),
    ("core.attributesFile", os.devnull),
    ("core.pager", "cat"),
    ("safe.bareRepository", "all"),
)


_PIPE_BYTES: Final = 1 << 20
"""What Linux lets any user ask for (pipe(7))."""


class GitFailed(Exception):
    """git ended with an error. `status` is its exit code, `message` its first error line, printable."""

    def __init__(self, status: int, stderr: bytes) -> None:
        """Take what the process left behind."""
        self.status = status
        self.message = first_error(stderr)
        super().__init__(self.message)


class Git:
    """git in one folder with a closed environment."""

    __slots__ = ("environment", "folder")

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        """Take the folder to run in and the environment made by `closed_environment`."""
        self.folder = folder
        self.environment = environment

    def run(self, *args: str, stdin: IO[bytes] | None = None) -> bytes:
        """Return what `git ARGS` writes to standard output. Raises GitFailed when it exits with an error."""
        process = self.start(*args, stdin=stdin, stderr=subprocess.PIPE)
        output, errors = process.communicate()
        if process.returncode:
            raise GitFailed(process.returncode, errors)
        return output

    def ask(self, question: bytes, *args: str) -> bytes:
        """Return what `git ARGS` answers to `question` on its standard input."""
        process = self.start(*args, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = process.communicate(question)
        if process.returncode:
            raise GitFailed(process.returncode, errors)
        return output

    def start(
        self,
        *args: str,
        stdin: IO[bytes] | int | None = None,
        stdout: IO[bytes] | int = subprocess.PIPE,
        stderr: IO[bytes] | int = subprocess.DEVNULL,
    ) -> subprocess.Popen[bytes]:
        """Return `git ARGS` running, with an empty standard input unless one is given."""
        try:
            return subprocess.Popen(
                ["git", "-C", self.folder, *args],
                env=self.environment,
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=stdout,
                stderr=stderr,
            )
        except FileNotFoundError as error:
            raise RepositoryError(
                "git was not found on the PATH", help="install git 2.31 or later and try again"
            ) from error


def widen(pipe: IO[bytes]) -> None:
    """Let a process write far ahead of whoever reads from it, where the system can; Linux gives 64 KiB unasked."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def closed_environment(
    base: Mapping[str, str], safe_folders: tuple[str, ...], *, as_hook: bool = False
) -> dict[str, str]:
    """Return `base` without what could make git run, ask, fetch or lie, for child processes only.

    `safe_folders` are exempt from git's check of the owner: the user named them, and nothing in them is
    obeyed. `as_hook` keeps what git told the hook of the repository and the index; its relative folders
    are resolved here, since git runs elsewhere later. GIT_INDEX_FILE stays as it is: git reads it from the
    root of the work tree, wherever it was started.
    """
    closed = {k: v for k, v in base.items() if not k.startswith("GIT_")}
    if as_hook:
        for name in HOOK_VARIABLES:
            if name in base:
                closed[name] = _absolute(base[name]) if name in _PATH_VARIABLES else base[name]
    closed.update(_CLOSED)
    settings = [*_CONFIG, *(("safe.directory", folder) for folder in safe_folders)]
    closed["GIT_CONFIG_COUNT"] = str(len(settings))
    for n, (key, value) in enumerate(settings):
        closed[f"GIT_CONFIG_KEY_{n}"] = key
        closed[f"GIT_CONFIG_VALUE_{n}"] = value
    return closed


def first_error(stderr: bytes) -> str:
    """Return the line of git's standard error that says what went wrong, printable, without its prefix."""
    lines = stderr.decode("utf-8", "backslashreplace").splitlines()
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["no message"]
    return printable(fatal[0].split(": ", 1)[-1])


def _absolute(folder: str) -> str:
    return os.path.abspath(folder)  # noqa: PTH100 - pathlib costs the hook an import
