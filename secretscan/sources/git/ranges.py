"""`Selection`: which commits a narrower scan asks `git rev-list` for, every name in it resolved to an id."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from secretscan.errors import RepositoryError, UsageError
from secretscan.model.paths import printable
from secretscan.sources.git.command import GitFailed
from secretscan.sources.git.repository import Repository

_ZEROS: Final = re.compile(r"0{40}(?:0{24})?")
_SETS: Final = re.compile(r"--(?:all|branches|tags|remotes)(?:=[A-Za-z0-9._/*-]{1,200})?")
_RELATIVE: Final = re.compile(
    r"yesterday|\d{9,11}|\d{1,5}[ .](?:second|minute|hour|day|week|month|year)s?(?:[ .]ago)?", re.IGNORECASE
)
_NOTHING: Final = ("--max-count=0", "--all")


@dataclass(frozen=True, slots=True)
class Selection:
    """Arguments for `git rev-list` that hold ids and fixed options only, and the words for messages."""

    arguments: tuple[str, ...]
    shown: str
    """What the user asked for, printable."""
    ends: tuple[str, ...] = ()
    """Revisions that are asked for and may name annotated tags, whose messages are part of the answer."""

    @classmethod
    def of_history(cls, repo: Repository, rev: str | None, since: str | None) -> Selection:
        """Return the ancestors of `rev` (of everything, when None), as far as they are newer than `since`."""
        starts = ("--all", "--reflog") if rev is None else (resolve(repo, rev),)
        limits = () if since is None else (f"--since={_checked_date(since)}",)
        return cls((*limits, *starts), printable(" ".join(filter(None, (rev, since)))), (rev,) if rev else ())

    @classmethod
    def of_range(cls, repo: Repository, spec: str) -> Selection:
        """Return the commits of `A..B`, `A...B` (of either side alone), `B --not SETS`, or of one commit.

        A side that is left out is HEAD. An all-zero B, which the push of a deletion has, selects nothing; an
        all-zero A excludes what the remote-tracking branches hold, B's own new branch apart, since a CI
        checkout has that already.
        """
        shown = printable(spec)
        words = spec.split()
        if len(words) > 1:
            ends = tuple(word for word in words[: [*words, "--not"].index("--not")] if word[0] not in "-^")
            return cls(tuple(_with_sets(repo, words)), shown, ends)
        if "..." in spec:
            left, right = (side or "HEAD" for side in spec.split("...", 1))
            return cls((f"{resolve(repo, left)}...{resolve(repo, right)}",), shown, (left, right))
        if ".." not in spec:
            return cls(("--max-count=1", resolve(repo, spec)), shown, (spec,))
        left, right = (side or "HEAD" for side in spec.split("..", 1))
        if _ZEROS.fullmatch(right):
            return cls(_NOTHING, shown)
        end = resolve(repo, right)
        if _ZEROS.fullmatch(left):
            return cls((end, *(f"^{oid}" for oid in _elsewhere(repo, end))), shown, (right,))
        return cls((end, f"^{resolve(repo, left)}"), shown, (right,))


def resolve(repo: Repository, rev: str) -> str:
    """Return the id of the commit that `rev` names. Raises RepositoryError when there is none."""
    try:
        found = repo.git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    except (GitFailed, ValueError) as failed:
        advice = "fetch it first (`git fetch origin <revision>`)"
        if _is_unborn(repo, rev):
            advice = "there are no commits yet; `secretscan staged` looks at what is staged"
        elif repo.is_shallow:
            advice = (
                "this is a shallow clone: `git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout"
            )
        raise RepositoryError(f"{repo.display} has no commit {printable(rev)}", help=advice) from failed
    return found.decode().strip()


def _is_unborn(repo: Repository, rev: str) -> bool:
    """Whether `rev` asks for HEAD before its first commit, or for anything where nothing is committed."""
    if not rev.startswith("HEAD"):
        return not repo.git.run("for-each-ref", "--count=1")
    try:
        repo.git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailed:
        return True
    return False


def _elsewhere(repo: Repository, end: str) -> Sequence[str]:
    """Return the tips of the remote-tracking branches other than `end` itself, in order."""
    tips = repo.git.run("for-each-ref", "--format=%(objecttype) %(objectname)", "refs/remotes/")
    lines = (line.split() for line in tips.decode().splitlines())
    return sorted({oid for kind, oid in lines if kind == "commit" and oid != end})


def _with_sets(repo: Repository, words: Sequence[str]) -> Iterator[str]:
    """Yield rev-list arguments for revisions and sets of refs; no other option passes."""
    for word in words:
        if word == "--not" or _SETS.fullmatch(word):
            yield word
        elif word.startswith("-"):
            raise UsageError(
                f"{printable(word)} is no part of a range", help="use `A..B`, or `B --not --remotes=origin`"
            )
        else:
            yield ("^" if word[0] == "^" else "") + resolve(repo, word.removeprefix("^"))


def _checked_date(since: str) -> str:
    """Return `since` if it is a date beyond doubt: git takes what it does not understand for now."""
    if _RELATIVE.fullmatch(since.strip()):
        return since.strip()
    try:
        return datetime.fromisoformat(since.strip()).isoformat()
    except ValueError as error:
        raise UsageError(
            f"{printable(since)} is not a date", help="write it like 2026-01-31, or like `2 weeks ago`"
        ) from error
