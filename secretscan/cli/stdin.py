"""`secretscan stdin`: whatever comes through a pipe."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.cli.options import command_app, scan_options

app = command_app("Scan standard input.")


@app.command()
@scan_options
def stdin(
    name: Annotated[
        str, typer.Option("--name", metavar="PATH", help="Path to report; its ending tells the file type.")
    ] = "stdin",
    *,
    arguments: ScanArguments,
) -> int:
    """Scan standard input."""
    return scans.stdin(name, arguments)
