"""`secretscan files`: files and folders as they lie on disk."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.cli.options import command_app, scan_options

app = command_app("Scan files and folders as they lie on disk.")


@app.command()
@scan_options
def files(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files and folders.")],
    no_gitignore: Annotated[
        bool, typer.Option("--no-gitignore", help="Scan what .gitignore leaves out, too.")
    ] = False,
    *,
    arguments: ScanArguments,
) -> int:
    """Scan files and folders as they lie on disk; inside a repository, .gitignore is honoured."""
    return scans.files(paths, arguments, no_gitignore=no_gitignore)
