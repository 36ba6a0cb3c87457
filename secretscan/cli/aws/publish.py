"""`secretscan aws publish`: a saved report to Security Hub and SNS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.aws.layout import answer
from secretscan.cli.aws.moments import utc_now
from secretscan.cli.aws.options import AwsArguments, aws_options
from secretscan.cli.aws.saved import read_report
from secretscan.cli.aws.source import source_name
from secretscan.cli.exits import Exit

if TYPE_CHECKING:
    from secretscan.model.report import Report
    from secretscan.verify.aws.connection import Connection
    from secretscan.verify.aws.publish.asff import Sender
    from secretscan.verify.aws.publish.securityhub import Published


@aws_options
def publish(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="A report made with --format json.")],
    source: Annotated[
        str, typer.Option(metavar="NAME", help="The repository's name.  [default: the report's target]")
    ] = "",
    topic: Annotated[str, typer.Option(metavar="ARN", help="Send a summary to this SNS topic, too.")] = "",
    archive: Annotated[bool, typer.Option(help="Archive findings the report no longer has.")] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent.")] = False,
    *,
    arguments: AwsArguments,
) -> int:
    """Send a report to Security Hub and SNS.

    Exit 3 when some findings were refused.
    """
    from secretscan.verify.aws.publish.asff import Sender, asff
    from secretscan.verify.aws.publish.sns import checked_topic

    checked_topic(topic)
    loaded = read_report(report)
    name = source_name(source, loaded)
    with arguments.connected("publish") as connection:
        caller = connection.caller()
        sender = Sender(caller.account, connection.region, caller.partition, name)
        if dry_run:
            would = [asff(finding, sender, utc_now()) for finding in loaded.findings]
            lines = [f"{one['Id']}  {one['Title']}" for one in would]
            answer(arguments, "publish", {"sent": False, "findings": would}, [*lines, "Nothing was sent."])
            return Exit.CLEAN
        done, message = sent(connection, loaded, sender, topic, archive=archive)
    content = {"sent": True, "source": name, "security_hub": done, "message_id": message}
    answer(arguments, "publish", content, published_text(done, name, message))
    return Exit.INCOMPLETE if done.failed else Exit.CLEAN


def sent(
    connection: Connection, report: Report, sender: Sender, topic: str, *, archive: bool = True
) -> tuple[Published, str]:
    """Return what Security Hub took, and the id of the message to the topic, if there is one.

    Raises `VerificationError` when one fails; it says what was sent before.
    """
    from secretscan.verify.aws.errors import AwsError
    from secretscan.verify.aws.publish.securityhub import half_sent, publish
    from secretscan.verify.aws.publish.sns import send_summary

    done = publish(connection, report, sender, utc_now(), archive=archive)
    if not topic:
        return done, ""
    try:
        return done, send_summary(connection, report, topic, sender.source)
    except AwsError as error:
        taken = "; ".join(line.strip() for line in published_text(done, sender.source, ""))
        raise half_sent(error, taken, f"the summary to {topic}") from error


def published_text(done: Published, source: str, message: str) -> list[str]:
    """Return what was sent, in words."""
    return [
        f"{source}: {done.imported} sent to Security Hub, {done.archived} archived there",
        *([f"  nothing archived: {done.not_archived}"] if done.not_archived else []),
        *(f"  refused: {one}" for one in done.failed),
        *([f"  summary sent as {message}"] if message else []),
    ]
