"""`secretscan aws respond`: a whole report answered, key by key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.aws.consent import consent, require_reason
from secretscan.cli.aws.layout import answer, say
from secretscan.cli.aws.options import AwsArguments, AwsFormat, aws_options
from secretscan.cli.aws.publish import published_text, sent
from secretscan.cli.aws.saved import read_report
from secretscan.cli.aws.show_plan import plan_text
from secretscan.cli.aws.source import source_name
from secretscan.cli.aws.state import state_directory
from secretscan.cli.exits import Exit
from secretscan.errors import SecretScanError
from secretscan.model.counts import plural

if TYPE_CHECKING:
    from secretscan.model.report import Report
    from secretscan.verify.aws.connection import Connection
    from secretscan.verify.aws.respond.candidates import LeftAlone
    from secretscan.verify.aws.respond.journal import Journal
    from secretscan.verify.aws.respond.response import Outcome


@aws_options
def respond(
    report: Annotated[Path, typer.Argument(metavar="REPORT.json", help="A report made with --format json.")],
    apply: Annotated[bool, typer.Option("--apply", help="Carry the plans out.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the audit log.")] = "",
    block_sessions: Annotated[
        bool, typer.Option("--block-sessions", help="Deny sessions issued until now, too.")
    ] = False,
    source: Annotated[
        str, typer.Option(metavar="NAME", help="The repository's name, for Security Hub.")
    ] = "",
    topic: Annotated[str, typer.Option(metavar="ARN", help="Send a summary to this SNS topic, too.")] = "",
    publish: Annotated[bool, typer.Option(help="Send the findings to Security Hub.")] = True,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Where progress is kept.")] = None,
    wait: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Limit of reading back.")] = 20.0,
    *,
    arguments: AwsArguments,
) -> int:
    """Shut down every confirmed key of a report.

    Identifies, verifies, plans and, with --apply, carries out key by key, then publishes. Resumable.
    """
    from secretscan.verify.aws.containment.planner import Wishes
    from secretscan.verify.aws.publish.sns import checked_topic
    from secretscan.verify.aws.respond.candidates import candidates
    from secretscan.verify.aws.respond.journal import Journal, report_digest
    from secretscan.verify.aws.respond.response import planned

    checked_topic(topic)
    if apply:
        require_reason(reason)
    loaded = read_report(report)
    name = source_name(source, loaded) if apply and publish else ""
    digest = report_digest(report.read_bytes())
    journal = Journal(state or state_directory() / f"respond-{digest[:16]}.json", digest)
    found, alone = candidates(loaded)
    with arguments.connected("respond", reason=reason) as connection:
        outcomes = list(planned(connection, found, journal, Wishes(block_sessions=block_sessions)))
        if arguments.format is AwsFormat.TEXT:
            answer(arguments, "respond", {}, _plans_text(outcomes, alone, apply))
        open_keys = sum(outcome.plan is not None for outcome in outcomes)
        if apply and (not open_keys or consent(f"Shut down {plural(open_keys, 'key')}?", yes=yes)):
            outcomes = _contained(connection, outcomes, journal, wait)
            sent, complete = _published(connection, loaded, name, topic) if publish else ([], True)
        else:
            sent, complete = ["Nothing was changed."], True
    text = [*(f"{one.key_id}  {one.state}: {one.detail}" for one in outcomes), *sent]
    answer(arguments, "respond", {"keys": outcomes, "left_alone": alone, "applied": apply}, text)
    failed = any(one.state == "failed" for one in outcomes)
    return Exit.INCOMPLETE if failed or not complete else Exit.CLEAN


def _contained(
    connection: Connection, outcomes: list[Outcome], journal: Journal, wait: float
) -> list[Outcome]:
    from secretscan.verify.aws.respond.response import contain

    return [contain(connection, one, journal, wait_s=wait, tell=say) for one in outcomes]


def _published(connection: Connection, report: Report, source: str, topic: str) -> tuple[list[str], bool]:
    """Return what was sent in words, and whether all of it was."""
    from secretscan.verify.aws.publish.asff import Sender

    caller = connection.caller()
    try:
        sender = Sender(caller.account, connection.region, caller.partition, source)
        done, message = sent(connection, report, sender, topic)
    except SecretScanError as error:
        return [f"not published: {error.problem} ({error.help})"], False
    return published_text(done, source, message), not done.failed


def _plans_text(outcomes: list[Outcome], alone: tuple[LeftAlone, ...], apply: bool) -> list[str]:
    lines: list[str] = []
    for one in outcomes:
        lines += [*plan_text(one.plan), f"  confirmed: {one.detail}", ""] if one.plan else []
    lines += [f"{one.key_id}  left alone: {one.because}" for one in alone]
    if not outcomes and not alone:
        lines.append("the report holds no AWS key")
    if not apply and any(one.plan for one in outcomes):
        lines.append("Add --apply --reason TEXT to carry this out.")
    return lines
