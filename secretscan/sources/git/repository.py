"""`Repository`: the facts about one repository that every git source needs, from one call of git."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from secretscan.errors import RepositoryError
from secretscan.model.paths import printable
from secretscan.sources.git.command import Git, GitFailed, closed_environment

EMPTY_TREE: Final = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""Id of the tree without entries, by object format; git knows it without having it."""

_QUESTIONS: Final = (
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--is-shallow-repository",
    "--show-object-format",
    "--absolute-git-dir",
    "--git-common-dir",
    "--show-cdup",  # last: outside of a work tree it answers nothing
)


class Repository:
    """One repository as git sees it from a folder. Made by `open_repository`."""

    __slots__ = (
        "common_dir",
        "display",
        "git",
        "git_dir",
        "is_bare",
        "is_shallow",
        "object_format",
        "work_tree",
    )

    def __init__(
        self,
        git: Git,
        display: str,
        git_dir: str,
        common_dir: str,
        work_tree: str | None,
        facts: tuple[bool, str],
    ) -> None:
        """Keep what git said; `facts` are whether the history is cut off and the object format."""
        self.git = git
        """git, ready to run in this repository."""
        self.display = display
        """The repository as the user named it, printable."""
        self.git_dir = git_dir
        """Absolute path of the folder with HEAD and the index (of this work tree)."""
        self.common_dir = common_dir
        """Absolute path of the folder with the objects and refs that all work trees share."""
        self.work_tree = work_tree
        """Absolute path of the root of the checked-out files; None in a bare repository."""
        self.is_bare = work_tree is None
        self.is_shallow, self.object_format = facts

    @property
    def root(self) -> Path | None:
        """Folder whose configuration and baseline count: the root of the work tree; None in a bare repository."""
        return Path(self.work_tree) if self.work_tree is not None else None

    @property
    def id_bytes(self) -> int:
        """Length of an object id: 20 for SHA-1, 32 for SHA-256."""
        return 20 if self.object_format == "sha1" else 32

    @property
    def empty_tree(self) -> str:
        """Id of the tree that holds nothing, to compare a first commit with."""
        return EMPTY_TREE[self.object_format]


def open_repository(path: str, env: Mapping[str, str], *, as_hook: bool = False) -> Repository:
    """Return the repository that holds `path`: its root, a folder below it, or a bare repository.

    `env` is the caller's environment. `as_hook` honours what git told the hook about it (GIT_DIR,
    GIT_INDEX_FILE …); otherwise those say nothing about `path` and are dropped. Raises RepositoryError.
    """
    shown = printable(path)
    folder = os.path.abspath(path)  # noqa: PTH100 - pathlib costs the hook an import
    if not os.path.isdir(folder):  # noqa: PTH112
        raise RepositoryError(
            f"{shown} is not a folder" if os.path.exists(folder) else f"{shown} does not exist",  # noqa: PTH110
            help="name the folder of a git repository, or use `secretscan files` for plain files",
        )
    git = Git(folder, closed_environment(env, _with_parents(folder), as_hook=as_hook))
    try:
        answer = git.run("rev-parse", *_QUESTIONS)
    except GitFailed as failed:
        raise _not_usable(shown, failed) from failed
    bare, inside, shallow, object_format, git_dir, common, *rest = os.fsdecode(answer).split("\n")
    common_dir = os.path.normpath(os.path.join(folder, common))  # noqa: PTH118
    work_tree = None
    if bare == "false" and inside == "true":
        work_tree = os.path.normpath(os.path.join(os.path.realpath(folder), rest[0]))  # noqa: PTH118
    git.folder = work_tree or git_dir
    return Repository(git, shown, git_dir, common_dir, work_tree, (shallow == "true", object_format))


def _with_parents(folder: str) -> tuple[str, ...]:
    """Return the folders in which git may find the repository of `folder`, symbolic links resolved."""
    found = [os.path.realpath(folder)]
    while (parent := os.path.dirname(found[-1])) != found[-1]:  # noqa: PTH120
        found.append(parent)
    return tuple(found)


def _not_usable(shown: str, failed: GitFailed) -> RepositoryError:
    if "not a git repository" in failed.message:
        return RepositoryError(
            f"{shown} is not in a git repository",
            help="name the folder of a repository, or use `secretscan files` for plain files",
        )
    if "dubious ownership" in failed.message or "unsafe repository" in failed.message:
        return RepositoryError(
            f"{shown} belongs to somebody else, and git refuses to read it",
            help="git config --global --add safe.directory <folder of the repository>",
        )
    return RepositoryError(
        f"git cannot read {shown}: {failed.message}",
        help="`git status` in that folder shows the same problem",
    )
