"""The commands of `secretscan aws`, parsed without repeating what they do not understand: it may be a secret."""

from __future__ import annotations

import re
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from secretscan.errors import UsageError

_WORD: Final = re.compile(r"-{0,2}[a-z-]{1,24}")
"""What may be a command that was mistyped."""

# Typer carries click inside or beside it, depending on its version: hence no click type is named here.


class AwsGroup(TyperGroup):
    """The group: a name that is no word is not repeated."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Return the command named first; raises `UsageError` for what cannot be a name."""
        if not _WORD.fullmatch(args[0]):
            raise UsageError(
                f"what was given ({len(args[0])} characters) is no command of `secretscan aws`; nothing was asked",
                help="`secretscan aws --help` lists the commands",
            )
        return super().resolve_command(ctx, args)


class AwsCommand(TyperCommand):
    """A command: arguments that are too many are counted and not repeated."""

    allow_extra_args = True

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Return the arguments left over, which are none; raises `UsageError` otherwise."""
        left = super().parse_args(ctx, args)
        if ctx.args:
            raise UsageError(
                f"`{ctx.command_path}` was given too many arguments ({len(ctx.args)} more); nothing was asked and "
                "nothing was changed",
                help="a secret is never an argument: it is asked for, or read from standard input; if one was given, "
                "delete the line from the history of the shell",
            )
        return left
