"""`secretscan hooks`: git hooks without a framework, and what the framework's push hook runs."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.exits import Exit
from secretscan.cli.options import command_app, scan_options
from secretscan.errors import UsageError

app = command_app("Install, remove or run git hooks: pre-commit, commit-msg, pre-push, pre-receive.")


class Stage(StrEnum):
    """The hooks secretscan serves."""

    PRE_COMMIT = "pre-commit"
    PRE_PUSH = "pre-push"
    PRE_RECEIVE = "pre-receive"
    COMMIT_MSG = "commit-msg"


_Stages = Annotated[
    list[Stage] | None, typer.Option("--stage", help="Which hooks; repeatable. Default: pre-commit.")
]
_Repo = Annotated[str, typer.Option("--repo", metavar="DIR", help="The repository.")]


@app.command()
def install(
    stage: _Stages = None,
    repo: _Repo = ".",
    force: Annotated[
        bool, typer.Option("--force", help="Keep a hook that is there as HOOK.before-secretscan.")
    ] = False,
) -> int:
    """Write the hooks into the repository. A hook that is already there is never overwritten."""
    from secretscan.cli.hookfile import write_hook

    for hook in stage or [Stage.PRE_COMMIT]:
        print(f"installed {write_hook(_hooks_dir(repo), hook.value, force=force)}")
    return Exit.CLEAN


@app.command()
def uninstall(
    stage: Annotated[
        list[Stage] | None,
        typer.Option("--stage", help="Which hooks; repeatable. Default: all that `install` wrote."),
    ] = None,
    repo: _Repo = ".",
) -> int:
    """Remove the hooks that `install` wrote, and put back what it set aside."""
    from secretscan.cli.hookfile import remove_hook

    for hook in stage or list(Stage):
        removed = remove_hook(_hooks_dir(repo), hook.value)
        if removed is not None or stage:
            print(f"removed {removed}" if removed else f"no {hook.value} hook of secretscan in {repo}")
    return Exit.CLEAN


@app.command()
@scan_options
def run(
    stage: Annotated[Stage, typer.Argument(help="The hook to run.")],
    rest: Annotated[
        list[str] | None, typer.Argument(metavar="[ARG]...", help="What git passes to the hook.")
    ] = None,
    repo: _Repo = ".",
    *,
    arguments: ScanArguments,
) -> int:
    """Do what the hook does: called by the installed hooks and by the pre-commit framework."""
    from secretscan.cli import scans

    match stage:
        case Stage.PRE_COMMIT:
            return scans.staged(repo, arguments)
        case Stage.COMMIT_MSG:
            return _message(rest or [], arguments)
        case Stage.PRE_PUSH | Stage.PRE_RECEIVE:
            return _pushed(stage, rest or [], repo, arguments)


def _pushed(stage: Stage, rest: list[str], repo: str, arguments: ScanArguments) -> int:
    """Scan what a push brings. The worst outcome of its ranges is the outcome."""
    from secretscan.cli import scans
    from secretscan.cli.pushes import framework_ranges, pushed_ranges

    remote = rest[0] if rest else os.environ.get("PRE_COMMIT_REMOTE_NAME", "origin")
    ranges = framework_ranges(os.environ)
    if ranges is None:
        ranges = pushed_ranges(sys.stdin.buffer.read(), remote if stage is Stage.PRE_PUSH else "")
    codes = [scans.commit_range(text, repo, arguments, hook=stage.value) for text in ranges]
    return max(codes, key=_badness, default=Exit.CLEAN)


def _badness(code: int) -> int:
    order = (Exit.CLEAN, Exit.INCOMPLETE, Exit.FINDINGS, Exit.USAGE, Exit.INTERRUPTED, Exit.BUG)
    return order.index(Exit(code))


def _message(rest: list[str], arguments: ScanArguments) -> int:
    """Scan the message of the commit being made."""
    from secretscan.cli import scans

    if len(rest) != 1:
        raise UsageError(
            "the commit-msg hook takes the file of the message",
            help="git passes it; by hand: secretscan hooks run commit-msg .git/COMMIT_EDITMSG",
        )
    return scans.files(rest, arguments, no_gitignore=True, hook=Stage.COMMIT_MSG.value)


def _hooks_dir(repo: str) -> Path:
    """Folder in which git looks for the hooks of the repository."""
    from secretscan.sources.git.hooks import hooks_folder

    return Path(hooks_folder(repo, os.environ))
