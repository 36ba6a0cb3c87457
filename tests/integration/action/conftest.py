"""A runner with the action installed once for the whole module, and checkouts as actions/checkout leaves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from composite_runner import Runner

from secretscan.cli.execute import cache_dir
from secretscan.rules.samples import fill

Checkout = Callable[..., Path]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of the program that the action's own install step put into a virtual environment."""
    folder = tmp_path_factory.mktemp("installed")
    runner = Runner(folder)
    workspace = folder / "workspace"
    workspace.mkdir()
    # Modules of the checkout must not get into the installation.
    for name in ("pip", "venv", "secretscan", "hatchling"):
        (workspace / f"{name}.py").write_text(f"open({str(folder / 'executed')!r}, 'w')\n")
    done = runner.run("push", "push-deleted", workspace, {"before": "1" * 40})
    assert not (folder / "executed").exists()
    found = runner.temp / "secretscan-venv" / "bin" / "secretscan"
    assert found.is_file(), done.log
    return str(found)


@pytest.fixture
def runner(tmp_path: Path, program: str) -> Runner:
    """A runner on which the install step has run. The user's cache of compiled rules spares each run seconds."""
    user_cache = cache_dir()
    return Runner(tmp_path, program, user_cache.parent if user_cache else None)


@pytest.fixture
def secret() -> Callable[[str], str]:
    """Makes tokens that were never issued; equal names give equal tokens."""

    def make(name: str) -> str:
        return fill("{{github-crc32:ghp_}}", seed=f"action/{name}/{Random(name).random()}")

    return make
