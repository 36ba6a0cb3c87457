"""A check of one safety net, as a value: what it looks at, what it found, how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from secretscan.model.finding import Severity
from secretscan.verify.aws.connection import Connection


class State(StrEnum):
    """What a check can say."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a check in one place."""

    state: State
    reason: str
    resources: tuple[str, ...] = ()
    """What fails: names or ARNs, sorted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a check looks, and from which figure it objects."""

    connection: Connection
    account: str
    region: str
    """The region of a regional check; the partition's home region for the others."""
    max_age_days: int = 90
    expiry_days: int = 30


@dataclass(frozen=True, slots=True)
class Check:
    """One safety net."""

    id: str
    title: str
    """What is true when it passes."""
    why: str
    """What its lack costs when a key leaks."""
    fix: str
    severity: Severity
    regional: bool
    run: Callable[[Scope], Verdict]
    """Looks, and raises `AwsError` where it may not."""


def verdict(failing: list[str], *, fine: str, one: str, bad: str) -> Verdict:
    """Return a pass with `fine` when nothing fails, otherwise a failure with `one` or `bad` and the sorted names."""
    if failing:
        return Verdict(
            State.FAIL, one if len(failing) == 1 else bad.format(count=len(failing)), tuple(sorted(failing))
        )
    return Verdict(State.PASS, fine)
