"""The Typer application: commands by name, each imported when it is called."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

from secretscan import __version__
from secretscan.cli.exits import Exit
from secretscan.errors import UsageError

COMMANDS: Final = {
    "staged": "secretscan.cli.staged",
    "history": "secretscan.cli.history",
    "range": "secretscan.cli.range",
    "files": "secretscan.cli.files",
    "stdin": "secretscan.cli.stdin",
    "rules": "secretscan.cli.rules",
    "explain": "secretscan.cli.explain",
    "baseline": "secretscan.cli.baseline",
    "config": "secretscan.cli.config",
    "hooks": "secretscan.cli.hooks",
    "aws": "secretscan.cli.aws.app",
    "report": "secretscan.cli.report",
    "cache": "secretscan.cli.cache",
    "doctor": "secretscan.cli.doctor",
    "action": "secretscan.cli.action",
}
"""Every command and the module whose `app` it is."""


PEERS: Final = {
    "scan": "history",
    "detect": "history",
    "git": "history",
    "audit": "history",
    "protect": "staged",
    "pre-commit": "staged",
    "dir": "files",
    "directory": "files",
    "filesystem": "files",
}
"""What commands of other scanners are called here."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported by name, so that one command does not pay for the others."""

    # Typer carries click inside or beside it, depending on its version: hence no click type is named here.

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Return the names of all commands, in the order of the contract."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """Return the command `cmd_name`, imported now."""
        if cmd_name not in COMMANDS:
            return None
        app: typer.Typer = import_module(COMMANDS[cmd_name]).app
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyGroup,
    name="secretscan",
    help="Finds leaked credentials in commits, files and the whole history of a repository.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"secretscan {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Find leaked credentials in commits, files and the whole history of a repository."""


def run_app(argv: Sequence[str]) -> int:
    """Return the exit code of `argv`, parsed by Typer. Raises UsageError for a command that there is not."""
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        raise _no_command(argv[0])
    try:
        result = typer.main.get_command(app).main(list(argv), prog_name="secretscan", standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except Exception as error:
        show = getattr(error, "show", None)  # click's own errors show themselves
        if show is None or not hasattr(error, "exit_code"):
            raise
        show()
        return Exit.USAGE
    return result if isinstance(result, int) else Exit.CLEAN


def _no_command(name: str) -> UsageError:
    """Return the error for `name`, with what is called so here, or nearly so."""
    import difflib

    close = [PEERS[name]] if name in PEERS else difflib.get_close_matches(name, COMMANDS, n=1)
    step = f"did you mean `secretscan {close[0]}`?" if close else "`secretscan --help` lists the commands"
    return UsageError(f"there is no command {name}", help=step)
