"""Exit codes, and the one place that prints an error and leaves."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from secretscan.errors import SecretScanError
    from secretscan.model.report import Report


class Exit(IntEnum):
    """What the process tells its caller. "Found" is not "failed"."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    BUG = 70
    """EX_SOFTWARE of sysexits.h."""
    INTERRUPTED = 130
    """128 + SIGINT, as shells report it."""


def exit_code(report: Report, *, exit_zero: bool = False) -> Exit:
    """Return the exit code of a scan that ran. `exit_zero` forgives findings, nothing else."""
    if report.scan.interrupted:
        return Exit.INTERRUPTED
    if report.findings and not exit_zero:
        return Exit.FINDINGS
    return Exit.CLEAN if report.scan.complete else Exit.INCOMPLETE


def print_error(error: SecretScanError) -> None:
    """Print problem and next step to stderr, without anything that could steer the terminal."""
    from secretscan.model.paths import printable

    print(f"error: {printable(error.problem)}", file=sys.stderr)
    if error.help:
        print(f"  help: {printable(error.help)}", file=sys.stderr)


def print_bug(error: BaseException) -> None:
    """Print what went wrong inside secretscan: types and places, never values, which could hold a secret."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    print(f"error: a bug in secretscan: {type(error).__name__} in {where}", file=sys.stderr)
    print("  help: nothing was changed; please report this line with what you ran", file=sys.stderr)
