"""`secretscan history`: the audit of everything git can reach."""

from __future__ import annotations

from typing import Annotated

import typer

from secretscan.cli import scans
from secretscan.cli.arguments import ScanArguments
from secretscan.cli.options import Stats, command_app, scan_options

app = command_app("Audit everything that git can reach in a repository.")


@app.command()
@scan_options
def history(
    repo: Annotated[str, typer.Argument(metavar="[REPO]", help="The repository.")] = ".",
    unreachable: Annotated[
        bool,
        typer.Option("--unreachable", help="Also what nothing points to: deleted branches, dropped commits."),
    ] = False,
    rev: Annotated[str, typer.Option("--rev", metavar="REV", help="Only what this revision reaches.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="Only commits after this date.")] = "",
    stats: Stats = False,
    *,
    arguments: ScanArguments,
) -> int:
    """Audit every object reachable from any ref, stash, note, tag and reflog, with when each secret came and went."""
    return scans.history(repo, arguments, unreachable=unreachable, rev=rev, since=since, stats=stats)
