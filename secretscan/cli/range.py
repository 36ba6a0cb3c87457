"""`secretscan range`: the commits of a push or a pull request."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.cli.options import Stats, command_app, scan_options

app = command_app("Scan the commits of a push or a pull request.")


@app.command(name="range")
@scan_options
def commit_range(
    revisions: Annotated[
        str,
        typer.Argument(
            metavar="A..B",
            help="Commits of B that A does not have. A...B: those that only one of the two has. "
            "A revision alone: that one commit, not what led to it.",
        ),
    ],
    repo: Annotated[str, typer.Option("--repo", metavar="DIR", help="The repository.")] = ".",
    stats: Stats = False,
    *,
    arguments: ScanArguments,
) -> int:
    """Scan what the commits of A..B added, their messages included."""
    return scans.commit_range(revisions, repo, arguments, stats=stats)
