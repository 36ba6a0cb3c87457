"""Runs scanners in turn on one repository and notes time, memory and what secretscan reports: see history.py."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from memory import Memory

HOME = Path(__file__).resolve().parent.parent


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
    scanned_bytes: int | None = None


@dataclass(frozen=True)
class Setting:
    """How the tools are run."""

    path: str
    cache: Path
    extra: tuple[str, ...]


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
    Tool(
        "gitleaks",
        (
            "gitleaks",
            "git",
            "{repo}",
            "--no-banner",
            "-l",
            "error",
            "-f",
            "json",
            "-r",
            "{out}",
            "--exit-code",
            "9",  # 1 is also what it says when it fails
        ),
        good=(0, 9),
    ),
)


def options(jobs: int | None) -> tuple[str, ...]:
    """What is added to the command of secretscan."""
    return ("--jobs", str(jobs)) if jobs else ()


def measure(
    tools: list[Tool], repo: Path, runs: int, setting: Setting
) -> tuple[dict[str, Runs], dict[str, Any]]:
    """Run every tool once to warm the caches, then `runs` times in turn; with the last reports of secretscan."""
    measured = {tool.name: Runs() for tool in tools}
    reports = {}
    if any(tool.name.startswith("secretscan") for tool in tools):
        compile_ahead(setting)
    for number in range(runs + 1):
        for tool in tools:
            # the first run is not measured
            again = () if number == 0 or not tool.name.startswith("secretscan") else ("--no-cache",)
            once = replace(setting, extra=setting.extra + again)
            report = run_once(tool, repo, once, Runs() if number == 0 else measured[tool.name])
            if tool.name.startswith("secretscan"):
                reports[tool.name] = report
    for name, report in reports.items():
        measured[name].scanned_bytes = report and report["scan"].get("scanned_bytes")
    return measured, reports


def compile_ahead(setting: Setting) -> None:
    """Put rules and kernels into the cache that secretscan uses here."""
    command = shutil.which("secretscan", path=setting.path) or "secretscan"
    environment = {**os.environ, "SECRETSCAN_CACHE_DIR": str(setting.cache)}
    subprocess.run([command, "cache", "warm"], env=environment, stdout=subprocess.DEVNULL, check=True)


def run_once(tool: Tool, repo: Path, setting: Setting, runs: Runs) -> Any:
    """Run a tool and note its time, its processor time and its memory; returns secretscan's report if it wrote one."""
    is_ours = tool.name.startswith("secretscan")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report")
        places = {"repo": str(repo.resolve()), "out": str(report)}
        command = [part.format(**places) for part in tool.command] + list(setting.extra if is_ours else ())
        command[0] = shutil.which(command[0], path=setting.path) or command[0]
        before = os.times()
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=HOME,
            env={**os.environ, "SECRETSCAN_CACHE_DIR": str(setting.cache)},
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
        failed = status not in tool.good or not report.exists()
        answer = json.loads(report.read_bytes()) if is_ours and report.exists() else None
    runs.seconds.append(seconds)
    runs.cpu_seconds.append(
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    runs.peak_bytes.append(memory.peak_bytes)
    runs.failures += failed
    return answer
