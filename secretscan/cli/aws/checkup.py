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
    """Return the failures with their fix, what could not be seen, then what passes."""
    counts = {state: [r for r in results if r.state == state] for state in ("fail", "unknown", "pass")}
    lines = [f"account {account}"]
    for result in counts["fail"]:
        lines += [
            f"  FAIL  {_place(result)}  {result.reason}  ({result.severity})",
            *(f"          {name}" for name in result.resources),
            f"        why  {result.why}",
            f"        fix  {result.fix}",
        ]
    lines += [f"  ?     {_place(result)}  cannot tell: {result.reason}" for result in counts["unknown"]]
    lines += [f"  pass  {_place(result)}  {result.reason}" for result in counts["pass"]]
    totals = f"{len(counts['fail'])} fail, {len(counts['unknown'])} cannot tell, {len(counts['pass'])} pass"
    return [*lines, totals]


def _place(result: Result) -> str:
    return f"{result.check} in {result.region}" if result.region else result.check
