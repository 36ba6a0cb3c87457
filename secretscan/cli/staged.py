"""`secretscan staged`: what the index would commit; the pre-commit hook."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.cli.options import command_app, scan_options

app = command_app("Scan what the index would commit (the pre-commit hook).")


@app.command()
@scan_options
def staged(
    repo: Annotated[str, typer.Option("--repo", metavar="DIR", help="The repository.")] = ".",
    whole_files: Annotated[
        bool, typer.Option("--whole-files", help="Scan all of each staged file, not just added lines.")
    ] = False,
    *,
    arguments: ScanArguments,
) -> int:
    """Scan what the index would commit: added lines of staged files, as git has them, not as they lie on disk."""
    return scans.staged(repo, arguments, whole_files=whole_files)
