"""Which commits a push brings: from the framework's environment or from what git writes to its hooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from secretscan.errors import UsageError

_ZERO: Final = frozenset("0")
_FIELDS_PUSH: Final = 4
_FIELDS_RECEIVE: Final = 3
_NAME: Final = re.compile(r"[A-Za-z0-9._/-]+")
"""A remote that may have branches here; git calls one that has no name by its URL."""


def framework_ranges(env: Mapping[str, str]) -> list[str] | None:
    """Return the ranges the pre-commit framework names, or None when it did not start this process.

    Source: https://pre-commit.com/#pre-push. The framework sets no range for a new branch on an empty remote:
    then all of HEAD that no remote has counts.
    """
    to_ref = env.get("PRE_COMMIT_TO_REF", "")
    from_ref = env.get("PRE_COMMIT_FROM_REF", "")
    remote = env.get("PRE_COMMIT_REMOTE_NAME", "")
    if to_ref and from_ref:
        return [f"{from_ref}..{to_ref}"]
    if remote:
        return [_without(to_ref or "HEAD", remote)]
    return None


def pushed_ranges(lines: bytes, remote: str) -> list[str]:
    """Return the ranges of the lines git writes to pre-push (with `remote`) or pre-receive (without).

    Source: githooks(5). A deleted ref brings nothing. Raises UsageError for a line of another form.
    """
    ranges = []
    for line in lines.decode("utf-8", "backslashreplace").splitlines():
        fields = line.split(" ")
        if remote and len(fields) == _FIELDS_PUSH:
            new, old = fields[1], fields[3]
        elif not remote and len(fields) == _FIELDS_RECEIVE:
            old, new = fields[0], fields[1]
        else:
            raise UsageError(
                "standard input is not what git writes to this hook",
                help="git runs it; by hand use `secretscan range A..B`",
            )
        if set(new) == _ZERO:
            continue
        if set(old) == _ZERO:
            ranges.append(_without(new, remote) if remote else f"{new} --not --all")
        else:
            ranges.append(f"{old}..{new}")
    return ranges


def _without(new: str, remote: str) -> str:
    """Return the range of what `new` reaches and no branch that is known of `remote` does."""
    return f"{new} --not --remotes={remote}" if _NAME.fullmatch(remote) else f"{new} --not"
