"""`secretscan aws activity`: what a key did since it was exposed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.aws.layout import answer, table
from secretscan.cli.aws.moments import parsed_moment
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.saved import exposed_since, read_report
from secretscan.cli.exits import Exit

if TYPE_CHECKING:
    from secretscan.verify.aws.activity.investigate import Investigation
    from secretscan.verify.aws.activity.summary import Row


@aws_options
def activity(
    key_id: KeyId,
    since: Annotated[str, typer.Option(metavar="DATE", help="Start.  [default: 90 days ago]")] = "",
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON report; start at the commit that leaked it.")
    ] = None,
    regions: Annotated[
        str, typer.Option(metavar="LIST", help="Regions, with commas.  [default: all enabled]")
    ] = "",
    max_events: Annotated[int, typer.Option(min=1, metavar="N", help="Events read in one region.")] = 5000,
    *,
    arguments: AwsArguments,
) -> int:
    """Summarise what a key did since it leaked.

    From CloudTrail and GuardDuty; exit 3 when a region could not be read.
    """
    from secretscan.verify.aws.activity.investigate import investigate
    from secretscan.verify.aws.identify import checked_kind

    checked_kind(key_id)
    start = parsed_moment(since or (exposed_since(read_report(report), key_id) if report else ""))
    with arguments.connected("activity") as connection:
        found = investigate(
            connection, key_id, since=start, regions=[r for r in regions.split(",") if r], limit=max_events
        )
    answer(arguments, "activity", {"activity": found}, activity_text(found))
    return Exit.INCOMPLETE if found.unread else Exit.CLEAN


def activity_text(found: Investigation) -> list[str]:
    """Return the investigation in words: totals, suspicious rows first, addresses, GuardDuty, gaps."""
    summary = found.summary
    compared = (
        f"compared with {summary.compared_with} calls before" if summary.compared_with else "nothing before"
    )
    rows = [_cells(row) for row in summary.rows]
    threats = [
        f"    {threat.severity:g}  {threat.kind} in {threat.region}, {threat.count} times, last {threat.last}"
        for threat in found.threats
    ]
    addresses = [
        f"    {one.address}  {one.count} calls  {one.first} to {one.last}{'  new' if one.new else ''}"
        for one in summary.addresses
    ]
    return [
        f"{found.key_id} since {found.since}",
        f"  {summary.calls} calls, {summary.denied} denied, {summary.from_new_addresses} from new addresses ({compared})",
        *(f"  as {arn}" for arn in summary.principals),
        *(
            table(("", "service", "action", "from", "error", "calls", "first", "last", "regions"), rows)
            if rows
            else []
        ),
        *(["  addresses", *addresses] if addresses else []),
        *(["  GuardDuty", *threats] if threats else ["  GuardDuty: no findings"]),
        *([f"  GuardDuty is off in {', '.join(found.unwatched)}"] if found.unwatched else []),
        *([f"  read {len(found.regions)} regions: {', '.join(found.regions)}"]),
        *(f"  not read: {line}" for line in found.unread),
    ]


def _cells(row: Row) -> tuple[str, ...]:
    mark = " ".join(word for word, holds in (("denied", row.denied), ("new", row.new_address)) if holds)
    count = str(row.count)
    return (
        mark,
        row.service,
        row.action,
        row.address,
        row.error,
        count,
        row.first,
        row.last,
        ",".join(row.regions),
    )
