"""docs/incident.md against the program: each command and option it shows exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache

import pytest
from aws_servers import ROOT

TEXT = (ROOT / "docs" / "incident.md").read_text("utf-8")
SHOWN = sorted(
    {line for line in re.findall(r"secretscan [a-z][^`\n]*", TEXT) if not line.startswith("secretscan/")}
)


@cache
def help_of(*command: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "secretscan", *command, "--help"],
        env=environment,
        capture_output=True,
        text=True,
    )
    return done.stdout if done.returncode == 0 else ""


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_of_the_runbook_exists_with_its_options(line: str) -> None:
    words = line.split()[1:]
    command = words[: 3 if words[:2] == ["aws", "log"] else 2 if words[0] in ("aws", "hooks") else 1]
    shown = help_of(*command)
    assert shown, f"no command {' '.join(command)}"
    missing = [word for word in words if word.startswith("--") and f"{word} " not in shown.replace("\n", " ")]
    assert missing == []


def test_every_command_of_an_incident_is_in_the_runbook() -> None:
    listed = re.findall(r"^  ([a-z]+) ", help_of("aws").partition("Commands:")[2], re.MULTILINE)
    assert [name for name in listed if name != "verify" and f"secretscan aws {name}" not in TEXT] == []
