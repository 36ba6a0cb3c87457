"""What an event of GitHub Actions says was changed: from the recorded payload to two commits.

Source: docs.github.com, "Events that trigger workflows" and "Webhook events and payloads".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from secretscan.errors import UsageError

_OID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_ZEROS: Final = re.compile(r"0+")
_HEADS: Final = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Change:
    """Commits that an event brought: those of `head` that `base` does not have."""

    head: str
    """Object id; empty when the event took a branch or tag away and brought nothing."""
    base: str = ""
    """Object id; empty when there is no commit before: a new branch or tag, or the first push of all."""
    branch: str = ""
    """The branch that was pushed to, without `refs/heads/`; empty for tags and pull requests."""
    default_branch: str = ""
    """The repository's default branch, as far as the payload names it."""
    stand_in: str = ""
    """A commit that holds all of `head` in case the checkout lacks `head` itself: the merge of a pull request."""


def change_of(event: str, payload: Mapping[str, object], sha: str) -> Change | None:
    """Return what `event` changed, or None for events without a change (schedule, dispatch …).

    `sha` is GITHUB_SHA. Raises UsageError for a payload without the commits its event must have.
    """
    match event:
        case "push":
            return _push(payload)
        case "pull_request" | "pull_request_target" | "pull_request_review":
            sides = _table(payload, "pull_request")
            stand_in = sha if event != "pull_request_target" else ""
            return Change(
                head=_oid(event, _table(sides, "head"), "sha"),
                base=_oid(event, _table(sides, "base"), "sha"),
                stand_in=stand_in,
            )
        case "merge_group":
            group = _table(payload, "merge_group")
            return Change(head=_oid(event, group, "head_sha"), base=_oid(event, group, "base_sha"))
        case _:
            return None


def _push(payload: Mapping[str, object]) -> Change:
    ref = payload.get("ref")
    default_branch = _table(payload, "repository").get("default_branch")
    return Change(
        head=_oid("push", payload, "after"),
        base=_oid("push", payload, "before"),
        branch=ref.removeprefix(_HEADS) if isinstance(ref, str) and ref.startswith(_HEADS) else "",
        default_branch=default_branch if isinstance(default_branch, str) else "",
    )


def _table(payload: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = payload.get(key)
    return value if isinstance(value, dict) else {}


def _oid(event: str, table: Mapping[str, object], key: str) -> str:
    """Return the object id at `key`, empty for the all-zero one."""
    value = table.get(key)
    if not isinstance(value, str) or not _OID.fullmatch(value):
        raise UsageError(
            f"the payload of the {event} event has no commit id `{key}`",
            help="set the input `range` to A..B, or `scan` to history",
        )
    return "" if _ZEROS.fullmatch(value) else value
