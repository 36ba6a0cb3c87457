"""`secretscan aws checkup`: the safety nets that decide how much a leak costs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.aws.layout import answer
from secretscan.cli.aws.moments import utc_now
from secretscan.cli.aws.options import AwsArguments, aws_options
from secretscan.cli.exits import Exit
from secretscan.errors import UsageError
from secretscan.model.counts import plural

if TYPE_CHECKING:
    from secretscan.verify.aws.checkup.model import Check
    from secretscan.verify.aws.checkup.runner import Result


@aws_options
def checkup(
    regions: Annotated[
        str, typer.Option(metavar="LIST", help="Regions, with commas.  [default: all enabled]")
    ] = "",
    only: Annotated[str, typer.Option(metavar="LIST", help="Only these checks, with commas.")] = "",
    max_age: Annotated[int, typer.Option(min=1, metavar="DAYS", help="Age from which a key is old.")] = 90,
    expiry: Annotated[
        int, typer.Option(min=1, metavar="DAYS", help="Notice before a certificate ends.")
    ] = 30,
    asff: Annotated[bool, typer.Option("--asff", help="Answer in the AWS Security Finding Format.")] = False,
    *,
    arguments: AwsArguments,
) -> int:
    """Check the account's safety nets, read-only.

    Exit 1 when one is missing, 3 when one cannot be seen.
    """
    from secretscan.verify.aws.checkup.asff import asff as as_finding
    from secretscan.verify.aws.checkup.runner import run_checks
    from secretscan.verify.aws.publish.asff import Sender
    from secretscan.verify.aws.regions import chosen_regions

    chosen = _chosen(only)
    with arguments.connected("checkup") as connection:
        caller = connection.caller()
        places = chosen_regions(connection, [r for r in regions.split(",") if r])
        results = run_checks(connection, chosen, places, max_age_days=max_age, expiry_days=expiry)
        sender = Sender(caller.account, connection.region, caller.partition, "checkup")
    if asff:
        now = utc_now()
        sys.stdout.write(json.dumps([as_finding(result, sender, now) for result in results], indent=2) + "\n")
    else:
        content = {"account": caller.account, "regions": places, "results": results}
        answer(arguments, "checkup", content, _text(results, caller.account))
    states = {str(result.state) for result in results}
    if "fail" in states:
        return Exit.FINDINGS
    return Exit.INCOMPLETE if "unknown" in states else Exit.CLEAN


def _chosen(only: str) -> tuple[Check, ...]:
    from secretscan.verify.aws.checkup import CHECKS

    names = [name for name in only.split(",") if name]
    unknown = sorted(set(names) - {check.id for check in CHECKS})
    if unknown:
        known = ", ".join(check.id for check in CHECKS)
        raise UsageError(f"there is no check {', '.join(unknown)}", help=f"choose from {known}")
    return tuple(check for check in CHECKS if not names or check.id in names)


def _text(results: tuple[Result, ...], account: str) -> list[str]:
    """Return a block for each check that fails, a line for what could not be seen, and the passes as a number."""
    by_check: dict[str, list[Result]] = {}
    for result in results:
        by_check.setdefault(result.check, []).append(result)
    failing = {check: found for check, some in by_check.items() if (found := _in_state(some, "fail"))}
    unseen = {check: found for check, some in by_check.items() if (found := _in_state(some, "unknown"))}
    lines = [f"account {account}"]
    for check, found in failing.items():
        lines += _failure(check, found)
    for check, found in unseen.items():
        lines += [
            f"  ?     {check}  cannot tell{_places(some)}: {why}" for why, some in _by_reason(found).items()
        ]
    passing = len(by_check.keys() - failing.keys() - unseen.keys())
    wholly_unseen = len(unseen.keys() - failing.keys())
    totals = (
        f"{plural(len(by_check), 'check')}: {len(failing)} fail, {wholly_unseen} cannot tell, {passing} pass"
    )
    return [*lines, totals]


def _failure(check: str, found: list[Result]) -> list[str]:
    """Return the block of one check, over all regions it fails in: what it found, why that matters, the fix."""
    (first, *others) = (f"{reason}{_places(some)}" for reason, some in _by_reason(found).items())
    return [
        f"  FAIL  {check}  {first}  ({found[0].severity})",
        *(f"        also {other}" for other in others),
        *(
            f"          {f'{result.region}: ' if result.region and len(found) > 1 else ''}{name}"
            for result in found
            for name in result.resources
        ),
        f"        why  {found[0].why}",
        f"        fix  {found[0].fix}",
    ]


def _in_state(results: list[Result], state: str) -> list[Result]:
    return [result for result in results if result.state == state]


def _by_reason(results: list[Result]) -> dict[str, list[Result]]:
    grouped: dict[str, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.reason, []).append(result)
    return grouped


def _places(results: list[Result]) -> str:
    """Return ` in REGION`, ` in 3 regions (…)`, or nothing for a check of the whole account."""
    regions = [result.region for result in results if result.region]
    if len(regions) > 1:
        return f" in {plural(len(regions), 'region')} ({', '.join(regions)})"
    return f" in {regions[0]}" if regions else ""
