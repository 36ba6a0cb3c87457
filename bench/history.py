#!/usr/bin/env python3
"""Time and memory of history scans: secretscan with both of its readers beside its peers, as a Markdown table.

    python bench/history.py REPO [REPO …] [--runs 5] [--bin FOLDER …] [--only NAME …] [--json FILE]
    python bench/history.py --lengths 1000 4000 16000 [--source FOLDER --suffix .py] --plot times.svg

The tools take turns, so that whatever else the machine does falls on all of them alike; each figure is the median
of its runs. Memory is the most that all processes of a tool held together: the sum of their proportional set sizes
(Linux, /proc), sampled every 20 ms. A tool that is not on the PATH or in a folder given with --bin is left out.

Every run of secretscan is a first audit (`--no-cache`); the compiled rules and kernels are in a cache folder of its
own, made beforehand (`cache warm`). What its readers report must be the same, which is checked.
How the findings of the peers compare is not told here: see accuracy.py.

With --lengths, histories of so many commits are made out of real source code (edit_history.py), each the beginning
of the next longer one. --plot draws the medians over the length of the histories.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import edit_history
import plot
from turns import TOOLS, Runs, Setting, measure, options

VOLATILE = {"seconds", "scanned_bytes", "known_blobs"}  # of the report's "scan": no matter of what was found


@dataclass(frozen=True)
class Facts:
    """What a repository holds."""

    name: str
    commits: int
    blobs: int
    unpacked: int
    packed: int

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.commits} commits, {self.blobs} blobs, {self.unpacked / 1e6:.0f} MB unpacked, "
            f"{self.packed / 1e6:.0f} MB packed"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repos", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--bin", action="append", default=[], help="folder with tools, searched before the PATH"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="a tool to run, by the beginning of its name"
    )
    parser.add_argument("--jobs", type=int, help="worker processes of secretscan")
    parser.add_argument("--json", type=Path, help="where to write every single measurement")
    parser.add_argument(
        "--lengths", type=int, nargs="+", default=[], help="make histories of so many commits"
    )
    parser.add_argument("--source", type=Path, help="source code they are made of; default: Python's library")
    parser.add_argument("--suffix", nargs="+", default=[".py"], help="its files")
    parser.add_argument("--files", type=int, default=1_000, help="number of files they begin with")
    parser.add_argument("--plot", type=Path, help="where to draw time against length, as SVG")
    parser.add_argument("--x", choices=("commits", "bytes"), default="commits", help="length in the drawing")
    parser.add_argument("--linear", action="store_true", help="draw with linear axes")
    given = parser.parse_args()
    if not given.repos and not given.lengths:
        parser.error("nothing to measure: name a repository, or give --lengths")
    path = os.pathsep.join([*given.bin, os.environ.get("PATH", "")])
    tools = [t for t in TOOLS if not given.only or t.name.startswith(tuple(given.only))]
    tools = [t for t in tools if shutil.which(t.command[0], path=path)]
    if not tools:
        parser.error("no tool to run: --only names none, or none is on the PATH or in a --bin folder")
    everything = {}
    curves: dict[str, list[tuple[float, float]]] = {tool.name: [] for tool in tools}
    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(path, Path(folder, "cache"), options(given.jobs))
        for repo in itertools.chain(given.repos, made(given, Path(folder))):
            held = facts(repo)
            measured, reports = measure(tools, repo, given.runs, setting)
            everything[str(repo)] = {name: vars(runs) for name, runs in measured.items()}
            print(table(held, measured), *differences(reports), sep="\n", flush=True)
            for name, runs in measured.items():
                length = held.commits if given.x == "commits" else held.unpacked
                if not runs.failures:
                    curves[name].append((length, statistics.median(runs.seconds)))
    if given.json:
        given.json.write_text(json.dumps(everything, indent=1) + "\n")
    if given.plot:
        label = "commits" if given.x == "commits" else "bytes of all blobs, unpacked"
        title = "Time of a scan of the whole history"
        given.plot.write_text(plot.draw(curves, title, label, "seconds (median)", log=not given.linear))


def made(given: argparse.Namespace, folder: Path) -> Iterator[Path]:
    """Make a history of each length that was asked for, one after the other."""
    source = given.source or Path(sysconfig.get_path("stdlib"))
    for length in given.lengths:
        dest = folder / f"{source.name}-{length}"
        edit_history.make(source, dest, length, given.files, 1, tuple(given.suffix))
        yield dest
        shutil.rmtree(dest)


def differences(reports: dict[str, Any]) -> Iterator[str]:
    """One line for each report of secretscan after the first: whether it says the same."""
    (first, one), *others = reports.items() or [("", None)]
    for name, other in others:
        if one is None or other is None:
            yield f"findings not compared: no report of {first if one is None else name}\n"
            continue
        here, there = (Counter(json.dumps(f, sort_keys=True) for f in r["findings"]) for r in (one, other))
        fewer, more = (here - there).total(), (there - here).total()
        notes = [f"findings differ: {fewer} only in {first}, {more} only in {name}"] if fewer + more else []
        keys = sorted({*one["scan"], *other["scan"]} - VOLATILE)
        if unlike := [key for key in keys if one["scan"].get(key) != other["scan"].get(key)]:
            notes.append(f"scan differs in {', '.join(unlike)}")
        if not fewer + more:
            order = "" if one["findings"] == other["findings"] else ", in another order"
            notes.insert(0, f"findings equal ({here.total()}{order})")
        yield "; ".join(notes) + "\n"


def table(held: Facts, measured: dict[str, Runs]) -> str:
    """The medians as a Markdown table; the last columns compare the first tool's time with each other's."""
    ours = statistics.median(next(iter(measured.values())).seconds)
    with_scanned = any(runs.scanned_bytes is not None for runs in measured.values())
    rows = [
        f"### {held}",
        "",
        "| tool | median | fastest | slowest | CPU | peak memory | ours / theirs |"
        + (" scanned / unpacked |" if with_scanned else ""),
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |" + (" ---: |" if with_scanned else ""),
    ]
    for name, runs in measured.items():
        median = statistics.median(runs.seconds)
        note = f" ({runs.failures} of {len(runs.seconds)} failed)" if runs.failures else ""
        scanned = f" {share(runs.scanned_bytes, held.unpacked)} |" if with_scanned else ""
        rows.append(
            f"| {name}{note} | {median:.2f} s | {min(runs.seconds):.2f} s | {max(runs.seconds):.2f} s "
            f"| {statistics.median(runs.cpu_seconds):.2f} s | {max(runs.peak_bytes) / 1e6:.0f} MB "
            f"| {ours / median:.2f} |{scanned}"
        )
    return "\n".join([*rows, ""])


def share(part: int | None, whole: int) -> str:
    """Bytes of all bytes, empty where they are not known."""
    if part is None:
        return ""
    return f"{part / 1e6:.0f} / {whole / 1e6:.0f} MB ({part / max(whole, 1):.1%})"


def facts(repo: Path) -> Facts:
    """Count what a repository holds, and what it comes to unpacked."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repo), *args], capture_output=True, text=True, check=True
        ).stdout

    commits = int(git("rev-list", "--all", "--count"))
    check = git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)").split("\n")
    sizes = [int(line.split()[1]) for line in check if line.startswith("blob")]
    folder = repo / git("rev-parse", "--git-path", "objects/pack").strip()
    packed = sum(pack.stat().st_size for pack in folder.glob("*.pack"))
    return Facts(repo.resolve().name, commits, len(sizes), sum(sizes), packed)


if __name__ == "__main__":
    main()
