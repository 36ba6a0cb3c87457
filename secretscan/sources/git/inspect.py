"""Facts of a repository beside its objects: remotes that promised some, and who made a commit and when.

GitPython reads the configuration. Only its parser is used, on a file from the repository's folder: GitPython's own git
processes would run in an open environment. It is imported when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secretscan.sources.git.fetch import fetch
from secretscan.sources.git.repository import Repository

if TYPE_CHECKING:
    from git.config import GitConfigParser

_MAX_COMMIT_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """Who wrote a commit, and when. Text as the commit says it, undecodable bytes escaped."""

    author: str = ""
    email: str = ""
    date: str = ""
    """Author date in UTC, like `2026-01-02T03:04:05Z`; empty where the commit gives none that makes sense."""


def promisor_remotes(repo: Repository) -> tuple[str, ...]:
    """Return the remotes from which a partial clone may fetch what it lacks; empty for a full clone."""
    from configparser import Error as ConfigParserError

    from git.config import GitConfigParser

    try:
        with GitConfigParser(Path(repo.common_dir, "config"), read_only=True, merge_includes=False) as config:
            names = [_quoted(s) for s in config.sections() if _is_promisor(config, s)]
            if not names and config.has_option("extensions", "partialclone"):
                names = [str(config.get("extensions", "partialclone"))]
    except (OSError, ValueError, ConfigParserError):
        return ()
    return tuple(names)


def _is_promisor(config: GitConfigParser, section: str) -> bool:
    if not section.startswith("remote "):
        return False
    value = str(config.get(section, "promisor")) if config.has_option(section, "promisor") else "false"
    return value.lower() in ("", "true", "yes", "on", "1")


def _quoted(section: str) -> str:
    return section.partition(" ")[2].strip('"')


def commit_facts(repo: Repository, oids: Iterable[str]) -> dict[str, CommitFacts]:
    """Return author and date of the given commits. One that cannot be read has empty facts."""
    return {answer.oid: _facts(answer.data) for answer in fetch(repo, oids, max_bytes=_MAX_COMMIT_BYTES)}


def _facts(commit: bytes | None) -> CommitFacts:
    headers = (commit or b"").partition(b"\n\n")[0].split(b"\n")
    line = next((h for h in headers if h.startswith(b"author ")), b"")
    if not line:
        return CommitFacts()
    text = line.decode("utf-8", "backslashreplace")
    signed = _SIGNED.match(text)
    who, seconds = signed.groups() if signed else (text.partition(" ")[2], "0")
    left = who.find("<")
    right = who.find(">", left + 1)
    # without an address, all of it is a name
    name, email = (who[:left].rstrip(), who[left + 1 : right]) if left >= 0 and right >= 0 else (who, "")
    return CommitFacts(name, email, iso_date(int(seconds)) if len(seconds) <= _MAX_DIGITS else "")


_MAX_DIGITS: Final = 19
"""Of seconds that fit in 64 bits; thousands of digits are more than `int` takes."""
_SIGNED: Final = re.compile(r"author (.*) ([0-9]+) [+-][0-9]+")
"""Who, and when (git-commit-tree(1), "Commit information"). GitPython reads it likewise, but takes 60 ms to import."""


def iso_date(seconds: int) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC; empty for what no calendar holds."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""
