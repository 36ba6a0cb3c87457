"""`secretscan aws log verify`: whether the audit log is whole."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.aws.layout import answer
from secretscan.cli.aws.options import AwsArguments, aws_options
from secretscan.cli.exits import Exit
from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.model.counts import plural

log_app = command_app("The audit log of AWS calls.")


@log_app.callback()
def _group() -> None:
    """Check the audit log of AWS calls."""


@log_app.command("verify")
@partial(aws_options, taking=("audit_log", "format"))  # the others are about calls, and it makes none
def verify_log(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The log.  [default: yours]")] = None,
    expect_head: Annotated[
        str, typer.Option(metavar="HASH", help="Hash of a line it must still hold, noted earlier.")
    ] = "",
    *,
    arguments: AwsArguments,
) -> int:
    """Check the hash chain of the audit log; exit 1 when it was altered."""
    from secretscan.verify.aws.audit.chain import check

    path = file or arguments.log_path
    try:
        with path.open("rb") as lines:
            outcome = check((line.rstrip(b"\n") for line in lines), expected_head=expect_head)
    except OSError as error:
        raise UsageError(
            f"the audit log {path} cannot be read ({error.strerror})",
            help="name it, or give --audit-log FILE",
        ) from error
    verdict = "altered" if outcome.problems else "whole"
    text = [
        f"{path}: {verdict}, {plural(outcome.lines, 'line')}",
        f"  head {outcome.head}",
        *(f"  {problem}" for problem in outcome.problems),
        *(f"  begun and not completed: {call}" for call in outcome.unfinished),
    ]
    answer(arguments, "log verify", {"file": str(path), "whole": not outcome.problems, "log": outcome}, text)
    return Exit.FINDINGS if outcome.problems else Exit.CLEAN
