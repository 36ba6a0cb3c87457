"""`secretscan report`: renders a saved JSON report again, in any format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.execute import write_report
from secretscan.cli.exits import exit_code
from secretscan.cli.options import Format, Scope, command_app
from secretscan.cli.output import check_output
from secretscan.errors import UsageError

app = command_app("Render a saved JSON report again, in any format.")


@app.command()
def report(
    file: Annotated[
        str, typer.Argument(metavar="REPORT.json", help="A report of --format json; - is stdin.")
    ],
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = Format.TEXT,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = "",
    show_suppressed: Annotated[
        bool, typer.Option("--show-suppressed", help="List what was silenced too, if the report has it.")
    ] = False,
    sarif_scope: Annotated[
        Scope, typer.Option("--sarif-scope", help="All findings, or those HEAD still holds.")
    ] = Scope.ALL,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit 0 although there are findings.")
    ] = False,
) -> int:
    """Render a saved JSON report again; the exit code is that of the scan that made it."""
    from secretscan.report.parse import parse_report

    check_output(output)
    saved = parse_report(read_input(file), file)
    arguments = ScanArguments(
        format=str(format), output=output, show_suppressed=show_suppressed, sarif_scope=str(sarif_scope)
    )
    write_report(saved, arguments)
    return exit_code(saved, exit_zero=exit_zero)


def read_input(file: str) -> bytes:
    """Return the bytes of `file`, or of standard input for `-`. Raises UsageError."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{file}: {error.strerror or type(error).__name__}",
            help="name a report that a scan wrote with --format json --output FILE",
        ) from error
