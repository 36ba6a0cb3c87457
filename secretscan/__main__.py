"""Entry point of `secretscan` and of `python -m secretscan`."""

from __future__ import annotations

import gc
import sys

from secretscan.cli.main import run


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = run(sys.argv[1:])
    gc.freeze()  # at its end Python would look through all objects for cycles: 0.2 s after a large scan
    sys.exit(code)


if __name__ == "__main__":
    main()
