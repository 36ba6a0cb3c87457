"""Running the checks: in parallel, read-only, and honest about what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from secretscan.verify.aws.checkup.model import Check, Scope, State, Verdict
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.errors import AwsError
from secretscan.verify.aws.partition import home_region

_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Result:
    """A check in one place."""

    check: str
    title: str
    severity: str
    region: str
    """Empty for a check of the whole account."""
    state: State
    reason: str
    resources: tuple[str, ...]
    why: str
    fix: str


def run_checks(
    connection: Connection,
    checks: Sequence[Check],
    regions: Sequence[str],
    *,
    max_age_days: int = 90,
    expiry_days: int = 30,
) -> tuple[Result, ...]:
    """Return every check's result in every place it applies to, in the order of `checks` and `regions`."""
    account = connection.caller().account
    home = home_region(connection.partition)
    places = [(check, region) for check in checks for region in (regions if check.regional else [home])]

    def run(place: tuple[Check, str]) -> Result:
        check, region = place
        scope = Scope(connection, account, region, max_age_days, expiry_days)
        return _result(check, region if check.regional else "", _verdict(check, scope))

    with ThreadPoolExecutor(_AT_ONCE, "checkup") as pool:
        return tuple(pool.map(run, places))


def _verdict(check: Check, scope: Scope) -> Verdict:
    try:
        return check.run(scope)
    except AwsError as error:
        return Verdict(State.UNKNOWN, error.problem)


def _result(check: Check, region: str, verdict: Verdict) -> Result:
    return Result(
        check=check.id,
        title=check.title,
        severity=str(check.severity),
        region=region,
        state=verdict.state,
        reason=verdict.reason,
        resources=verdict.resources,
        why=check.why,
        fix=check.fix,
    )
