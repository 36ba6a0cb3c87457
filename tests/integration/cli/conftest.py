"""The program as a user runs it: a process with arguments, files and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from secretscan.cli.execute import cache_dir
from secretscan.rules.samples import fill

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run `secretscan ARGS` in `cwd`; whatever happens, there is no traceback and no plaintext."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    known = cache_dir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "SECRETSCAN_CACHE_DIR": str(known.parent if known else home),
    }

    def run(
        *args: str, cwd: Path = tmp_path, stdin: bytes = b"", code: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        start = ["-c", code] if code else ["-P", "-m", "secretscan"]
        done = subprocess.run(
            [sys.executable, *start, *args],
            cwd=cwd,
            env=environment | env,
            input=stdin,
            capture_output=True,
            check=False,
        )
        out = done.stdout.decode("utf-8", "backslashreplace")
        err = done.stderr.decode("utf-8", "backslashreplace")
        assert "Traceback" not in out + err
        assert done.returncode != 70, err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return run


@pytest.fixture
def token() -> Callable[[str], str]:
    """Makes tokens that were never issued."""
    return lambda name: fill("{{github-crc32:ghp_}}", seed=f"cli/{name}")
