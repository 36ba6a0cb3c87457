"""From the arguments of the process to an exit code. Imports as little as the command at hand needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from secretscan.cli.exits import Exit, print_bug, print_error
from secretscan.errors import SecretScanError


def run(argv: Sequence[str]) -> int:
    """Return the exit code of the command line `argv`. Every error surfaces here, once."""
    # numpy's library for matrices, which no scan uses, would start a thread for each core
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code = _dispatch(argv)
        sys.stdout.flush()
        return code
    except SecretScanError as error:
        print_error(error)
        return Exit.USAGE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`); nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINDINGS
    except Exception as error:
        if os.environ.get("SECRETSCAN_DEBUG") == "1":
            raise
        print_bug(error)
        return Exit.BUG


def _dispatch(argv: Sequence[str]) -> int:
    """Take the short way for a scan, which need not wait for Typer, and Typer for the rest."""
    from secretscan.cli.quick import quick_scan

    code = quick_scan(argv)
    if code is not None:
        return code
    from secretscan.cli.app import run_app

    return run_app(argv)
