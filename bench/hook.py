#!/usr/bin/env python3
"""Times `secretscan staged` beside the peers' hooks, in turn, and prints medians and ratios as a Markdown table.

usage: hook.py [--runs 9] [--files 50000] [--bin DIR ...]

Two repositories are made in a temporary folder: one with a single staged file, one with `--files` files in its
index and one staged. Each command runs once unmeasured, then `--runs` times in turn with the others. A peer
that is not on PATH or in a `--bin` folder is left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

COMMANDS = {
    "secretscan": ["secretscan", "staged"],
    "gitleaks": ["gitleaks", "git", "--pre-commit", "--staged", "--no-banner"],
    "detect-secrets": ["detect-secrets-hook", "new.py"],
}


def make_repository(folder: Path, files: int) -> None:
    """Make a repository whose index holds `files` files and one more that is staged."""
    git = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e@dev.invalid"]
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    lines = [
        "blob\nmark :1\ndata 2\nx\n\ncommit refs/heads/main\n"
        "committer n <e@dev.invalid> 1600000000 +0000\ndata 1\nm\n"
    ]
    lines += [f"M 100644 :1 d{n % 500}/f{n}.py\n" for n in range(files)]
    subprocess.run([*git, "fast-import", "--quiet"], input="".join(lines).encode(), check=True)
    subprocess.run([*git, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    subprocess.run([*git, "reset", "-q", "--hard"], check=True)
    (folder / "new.py").write_text("retries = 3\n")
    subprocess.run([*git, "add", "new.py"], check=True)


def timed(commands: dict[str, list[str]], folder: Path, runs: int) -> dict[str, float]:
    """Return the median seconds of each command, run in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, cwd=folder, capture_output=True, check=False)
            if turn:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    """Make the repositories, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--bin", action="append", default=[])
    args = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([*(os.path.abspath(b) for b in args.bin), os.environ["PATH"]])
    commands = {name: command for name, command in COMMANDS.items() if shutil.which(command[0])}
    print("| repository | tool | median ms | secretscan / tool |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        for files in (1, args.files):
            folder = Path(temporary, str(files))
            folder.mkdir()
            make_repository(folder, files)
            medians = timed(commands, folder, args.runs)
            for name, median in medians.items():
                ratio = medians.get("secretscan", 0.0) / median
                print(f"| {files:,} files | {name} | {median * 1000:.0f} | {ratio:.2f} |")


main()
