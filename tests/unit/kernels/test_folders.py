"""Where compiled kernels lie: only where the user alone can have put them, and not for ever."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from secretscan import kernels


def test_kernels_of_other_versions_are_dropped_but_for_the_last_ones(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "kernels"
    for n, name in enumerate(("first", "second", "third")):
        (folder / name / "inside").mkdir(parents=True, mode=0o700)
        os.utime(folder / name, (n, n))
    for path in (tmp_path / "cache", folder):
        path.chmod(0o700)
    assert not kernels.is_compiled(folder)
    assert kernels.load(folder)
    assert kernels.is_compiled(folder)
    assert {path.name for path in folder.iterdir()} == {"second", "third", kernels._own(folder).name}


@pytest.mark.parametrize("where", ["own", "kernels", "cache"])
def test_a_folder_that_others_can_write_into_is_not_used(tmp_path: Path, where: str) -> None:
    folder = tmp_path / "cache" / "kernels"
    own = kernels._own(folder)
    own.mkdir(parents=True, mode=0o700)
    for path in (tmp_path / "cache", folder, own):
        path.chmod(0o700)
    {"own": own, "kernels": folder, "cache": tmp_path / "cache"}[where].chmod(0o777)
    assert not kernels.load(folder)


def test_damaged_kernels_are_dropped_and_no_error(kernel_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "kernels"
    shutil.copytree(kernel_folder, folder)
    for path in (tmp_path / "cache", folder, kernels._own(folder)):
        path.chmod(0o700)
    damaged = list(folder.rglob("*.nbi"))
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[:40])
    code = (
        "import sys, pathlib; from secretscan import kernels; print(kernels.load(pathlib.Path(sys.argv[1])))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout in ("True\n", "False\n")  # numba may see it and compile anew
    assert not done.stderr
    if done.stdout == "False\n":
        assert not kernels.is_compiled(folder)


def test_kernels_pay_when_they_are_there_or_the_history_is_very_large(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    assert not kernels.pay(kernels.WORTH_BYTES, folder)
    assert kernels.pay(kernels.WORTH_COMPILING_BYTES, folder)
    kernels._own(folder).mkdir(parents=True)
    kernels._mark(folder).touch()
    assert kernels.pay(kernels.WORTH_BYTES, folder)
    assert not kernels.pay(kernels.WORTH_BYTES - 1, folder)
