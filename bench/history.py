#!/usr/bin/env python3
"""Time and memory of history scans: secretscan with both of its readers beside its peers, as a Markdown table.

    python bench/history.py REPO [REPO …] [--runs 5] [--bin FOLDER …] [--only NAME …] [--json FILE]

The tools take turns, so that whatever else the machine does falls on all of them alike; each figure is the median
of its runs. Memory is the most that all processes of a tool held together: the sum of their proportional set sizes
(Linux, /proc), sampled every 20 ms. A tool that is not on the PATH or in a folder given with --bin is left out.
Findings are not compared here: bench/README of each data set says how.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

SAMPLE_S = 0.02


@dataclass(frozen=True)
class Tool:
    """How one tool scans the history of `{repo}` and writes a report to `{out}`."""

    name: str
    command: tuple[str, ...]
    good: tuple[int, ...] = (0, 1)


@dataclass
class Runs:
    """What was measured of one tool on one repository."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_bytes: list[int] = field(default_factory=list)
    failures: int = 0


OURS = (
    sys.executable,
    "-m",
    "secretscan",
    "history",
    "{repo}",
    "-f",
    "json",
    "-o",
    "{out}",
    "--quiet",
    "--no-progress",
)
TOOLS = (
    Tool("secretscan --reader pack", (*OURS, "--reader", "pack")),
    Tool("secretscan --reader cat-file", (*OURS, "--reader", "cat-file")),
    Tool(
        "kingfisher",
        (
            "kingfisher",
            "scan",
            "{repo}",
            "--no-validate",
            "--no-update-check",
            "--format",
            "json",
            "--output",
            "{out}",
        ),
        good=(0, 200, 205),
    ),
    Tool("gitleaks", ("gitleaks", "git", "{repo}", "--no-banner", "-l", "error", "-r", "{out}")),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repos", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--bin", action="append", default=[], help="folder with tools, searched before the PATH"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="a tool to run, by the beginning of its name"
    )
    parser.add_argument("--jobs", type=int, help="worker processes of secretscan")
    parser.add_argument("--json", type=Path, help="where to write every single measurement")
    given = parser.parse_args()
    path = os.pathsep.join([*given.bin, os.environ.get("PATH", "")])
    tools = [t for t in TOOLS if not given.only or t.name.startswith(tuple(given.only))]
    tools = [t for t in tools if shutil.which(t.command[0], path=path)]
    everything = {}
    for repo in given.repos:
        measured = measure(tools, repo, given.runs, path, given.jobs)
        everything[str(repo)] = {name: vars(runs) for name, runs in measured.items()}
        print(table(repo, measured))
    if given.json:
        given.json.write_text(json.dumps(everything, indent=1) + "\n")


def measure(tools: list[Tool], repo: Path, runs: int, path: str, jobs: int | None) -> dict[str, Runs]:
    """Run every tool once to warm the caches, then `runs` times in turn."""
    measured = {tool.name: Runs() for tool in tools}
    for number in range(runs + 1):
        for tool in tools:
            extra = ("--jobs", str(jobs)) if jobs and tool.name.startswith("secretscan") else ()
            run_once(tool, repo, path, extra, Runs() if number == 0 else measured[tool.name])
    return measured


def run_once(tool: Tool, repo: Path, path: str, extra: tuple[str, ...], runs: Runs) -> None:
    """Run a tool and note its time, its processor time and its memory."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"repo": str(repo), "out": f"{folder}/report"}
        command = [*(part.format(**places) for part in tool.command), *extra]
        command[0] = shutil.which(command[0], path=path) or command[0]
        before = os.times()
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        memory = Memory(process.pid)
        memory.start()
        status = process.wait()
        seconds = time.perf_counter() - began
        after = os.times()
        memory.done.set()
        memory.join()
    runs.seconds.append(seconds)
    runs.cpu_seconds.append(
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    runs.peak_bytes.append(memory.peak_bytes)
    runs.failures += status not in tool.good


class Memory(threading.Thread):
    """Watches what a process and all its descendants hold, until `done` is set."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_bytes = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, sum(map(held_bytes, family(self.pid))))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    found, waiting = [], [pid]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                waiting += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
        except OSError:
            continue
    return found


def held_bytes(pid: int) -> int:
    """Proportional set size of a process, 0 when it has ended or the system does not tell."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.split("\n") if line.startswith("Pss:")), 0)


def table(repo: Path, measured: dict[str, Runs]) -> str:
    """The medians as a Markdown table; the last columns compare the first tool's time with each other's."""
    ours = statistics.median(next(iter(measured.values())).seconds)
    rows = [
        f"### {facts(repo)}",
        "",
        "| tool | median | fastest | slowest | CPU | peak memory | ours / theirs |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, runs in measured.items():
        median = statistics.median(runs.seconds)
        note = f" ({runs.failures} of {len(runs.seconds)} failed)" if runs.failures else ""
        rows.append(
            f"| {name}{note} | {median:.2f} s | {min(runs.seconds):.2f} s | {max(runs.seconds):.2f} s "
            f"| {statistics.median(runs.cpu_seconds):.2f} s | {max(runs.peak_bytes) / 1e6:.0f} MB | {ours / median:.2f} |"
        )
    return "\n".join([*rows, ""])


def facts(repo: Path) -> str:
    """Name, commits and blobs of a repository, and what they come to unpacked."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repo), *args], capture_output=True, text=True, check=True
        ).stdout

    commits = git("rev-list", "--all", "--count").strip()
    check = git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)").split("\n")
    sizes = [int(line.split()[1]) for line in check if line.startswith("blob")]
    return f"{repo.resolve().name}: {commits} commits, {len(sizes)} blobs, {sum(sizes) / 1e6:.0f} MB unpacked"


if __name__ == "__main__":
    main()
