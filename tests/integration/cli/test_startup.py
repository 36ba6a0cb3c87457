"""The hook must start in the time of a blink: what it imports is bounded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

_MODULES = """
import sys
from secretscan.cli.main import run
code = run(sys.argv[1:])
print("\\n".join(sorted(sys.modules)), file=sys.stderr)
sys.exit(code)
"""
HEAVY = {
    "git",
    "gitdb",
    "boto3",
    "botocore",
    "rich",
    "numba",
    "llvmlite",
    "numpy",
    "dask",
    "distributed",
    "typer",
    "click",
}
NOT_WITHOUT_NEED = {
    "secretscan.config.load",
    "secretscan.rules.load",
    "secretscan.pipeline.history",
    "tomllib",
}


def imported(cli: Cli, repo: Repo, *args: str) -> set[str]:
    done = cli(*args, cwd=repo.path, code=_MODULES)
    modules = set(done.stderr.split())
    assert "secretscan.engine.scanner" in modules
    return modules


def tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_a_clean_hook_run_imports_nothing_heavy(repo: Repo, cli: Cli) -> None:
    repo.add("a.py", "import os\n")
    cli("staged", cwd=repo.path)  # compiles the rules where no cache has them
    modules = imported(cli, repo, "staged")
    assert not HEAVY & tops(modules)
    assert not NOT_WITHOUT_NEED & modules


def test_a_hook_run_that_finds_something_imports_nothing_heavy(
    repo: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    repo.add("a.py", f'TOKEN = "{token("heavy")}"\n')
    assert not HEAVY & tops(imported(cli, repo, "staged"))


@pytest.mark.parametrize(
    "args", [("staged", "--verbose"), ("history", "--no-progress"), ("stdin",)], ids=" ".join
)
def test_no_scan_imports_what_only_other_commands_use(args: tuple[str, ...], repo: Repo, cli: Cli) -> None:
    repo.commit_file("a.py", "import os\n")
    assert not {"boto3", "botocore", "dask", "distributed"} & tops(imported(cli, repo, *args))


def test_the_package_itself_costs_nothing(cli: Cli) -> None:
    done = cli(
        code="import sys; before = set(sys.modules); import secretscan; print(len(set(sys.modules) - before))"
    )
    assert int(done.stdout) <= 3
    assert sys.version_info >= (3, 11)
