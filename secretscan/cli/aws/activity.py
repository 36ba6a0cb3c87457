"""`secretscan aws activity`: what a key did since it was exposed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.aws.layout import answer, say
from secretscan.cli.aws.moments import parsed_moment
from secretscan.cli.aws.options import AwsArguments, KeyId, aws_options
from secretscan.cli.aws.saved import exposed_since, key_of, read_report
from secretscan.cli.aws.show_activity import activity_text
from secretscan.cli.exits import Exit


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
    start = parsed_moment(_start(since, report, key_id))
    with arguments.connected("activity") as connection:
        found = investigate(
            connection, key_id, since=start, regions=[r for r in regions.split(",") if r], limit=max_events
        )
    answer(arguments, "activity", {"activity": found}, activity_text(found))
    return Exit.INCOMPLETE if found.unread else Exit.CLEAN


def _start(since: str, report: Path | None, key_id: str) -> str:
    """Return from when to read: as given, or when the report's history first held the key; empty if neither tells."""
    if since or report is None:
        return since
    loaded = read_report(report)
    exposed = exposed_since(loaded, key_id)
    if not exposed:
        holds = any(key_of(finding) == key_id for finding in loaded.findings)
        why = f"does not say since when {key_id} is exposed" if holds else f"does not hold {key_id}"
        say(f"{report} {why}: read as far back as CloudTrail keeps events, 90 days")
    return exposed
