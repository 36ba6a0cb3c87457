"""`secretscan explain FILE:LINE`: what the engine made of a line, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.execute import make_settings
from secretscan.cli.known import root_of_paths
from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.model.counts import plural

app = command_app("Tell what the engine made of a line, and why.")


@app.command()
def explain(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE", help="The line to look at.")],
    config: Annotated[str, typer.Option("--config", metavar="FILE", help="Use this configuration.")] = "",
) -> int:
    """Print every rule that matched on the line, its score, and what each feature contributed to it."""
    from secretscan.pipeline.explain import explain_line

    name, _, line = place.rpartition(":")
    if not name or not line.isdigit():
        raise UsageError(f"{place} is not FILE:LINE", help="for example: secretscan explain src/app.py:12")
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{name}: {error.strerror or type(error).__name__}", help="check the path"
        ) from error
    count = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    if not 1 <= int(line) <= count:
        raise UsageError(f"{name} has no line {line}", help=f"it has {plural(count, 'line')}")
    settings = make_settings(ScanArguments(config=config), root_of_paths([name]))
    print("\n".join(explain_line(data, name, int(line), settings)))
    return 0
