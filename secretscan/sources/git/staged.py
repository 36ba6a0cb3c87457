"""What the index would commit: the pre-commit hook's source.

Two calls of git, whatever is staged: the list of changed paths, and their bytes, old and new. The added lines
are found here by comparing the two versions, not parsed from a patch: a patch says nothing usable of files
that git takes for binary (UTF-16), and its form depends on attributes and configuration of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from secretscan.errors import RepositoryError
from secretscan.model.blob import Blob, Skipped
from secretscan.model.paths import printable_path
from secretscan.model.provenance import StagedFile
from secretscan.sources.git.added import added_spans
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.fetch import Fetched, fetch
from secretscan.sources.git.repository import Repository

_DIFF: Final = (
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--find-renames",  # a renamed file's old version tells which of its lines are new
    "-l1000",  # beyond so many candidates a renamed and edited file is read as a new one
    "--no-relative",
    "--ita-invisible-in-index",  # `git add -N` stages a name; a commit would not hold it
    "--ignore-submodules=none",
)
_GITLINK: Final = b"160000"
_SYMLINK: Final = b"120000"


class _Entry(NamedTuple):
    """One changed path of the index. Ids are hexadecimal; `old` is empty for a path that is new."""

    path: bytes
    old: str
    new: str


def staged_blobs(repo: Repository, *, whole_files: bool = False, max_bytes: int) -> Iterator[Blob | Skipped]:
    """Yield the blobs that a commit of the index would add or change, in the order of their paths.

    `focus` holds the lines that the version in HEAD (the first parent, during a merge) does not have; it is
    None for a new file, for every file with `whole_files`, and for a change of type. A symbolic link is read
    as the text it points to. Larger blobs than `max_bytes` are skipped. Raises RepositoryError.
    """
    if repo.is_bare:
        raise RepositoryError(
            f"{repo.display} has no work tree, so nothing can be staged", help="use `history`"
        )
    entries: list[_Entry] = []
    for entry in _entries(_changes(repo)):
        if isinstance(entry, Skipped):
            yield entry
        else:
            entries.append(entry)
    if not entries:
        return
    wanted: list[str] = []
    for entry in entries:
        wanted.append(entry.new)
        if entry.old and not whole_files:
            wanted.append(entry.old)
    answers = fetch(repo, wanted, max_bytes=max_bytes)
    for entry in entries:
        new = next(answers)
        old = next(answers) if entry.old and not whole_files else None
        yield _blob(entry, new, old)


def _blob(entry: _Entry, new: Fetched, old: Fetched | None) -> Blob | Skipped:
    if new.data is None:
        return Skipped(printable_path(entry.path), new.why)
    focus = None if old is None or old.data is None else added_spans(old.data, new.data)
    return Blob(new.data, StagedFile(entry.path, entry.new), focus)


def _changes(repo: Repository) -> bytes:
    """Return the raw changes from HEAD to the index."""
    try:
        return repo.git.run(*_DIFF, "HEAD", "--")
    except GitFailed as failed:
        if not _is_unborn(repo):
            raise _broken(failed) from failed
    try:
        return repo.git.run(*_DIFF, repo.empty_tree, "--")
    except GitFailed as failed:
        raise _broken(failed) from failed


def _is_unborn(repo: Repository) -> bool:
    """Whether HEAD names a branch that has no commit yet, which is not the same as a HEAD that is broken."""
    try:
        branch = repo.git.run("symbolic-ref", "-q", "HEAD").decode("utf-8", "surrogateescape").strip()
        repo.git.run("show-ref", "--verify", "-q", "--", branch)
    except GitFailed as failed:
        return failed.status == 1
    return False


def _broken(failed: GitFailed) -> RepositoryError:
    return RepositoryError(
        f"git cannot compare the index with HEAD: {failed.message}", help="`git fsck` shows what is damaged"
    )


def _entries(raw: bytes) -> Iterator[_Entry | Skipped]:
    """Yield what there is to read in the output of `git diff-index --raw -z`.

    Form (git-diff-index(1), "Raw output format"): `:mode mode id id status NUL path NUL`, with a second path
    after renames and copies.
    """
    tokens = iter(raw.split(b"\0"))
    for token in tokens:
        if not token:
            continue
        old_mode, new_mode, old, new, status = token[1:].split(b" ")
        path = next(tokens)
        if status[:1] in b"RC":
            path = next(tokens)
        if status == b"U":
            yield Skipped(printable_path(path), "has unresolved merge conflicts")
        elif new_mode == _GITLINK:
            yield Skipped(
                printable_path(path), "submodule: scan it as a repository of its own", by_design=True
            )
        elif status != b"D" and new.strip(b"0"):
            same_kind = (old_mode == _SYMLINK) == (new_mode == _SYMLINK) and old_mode != _GITLINK
            has_old = old.strip(b"0") and same_kind
            if old != new or not has_old:
                yield _Entry(path, old.decode() if has_old else "", new.decode())
