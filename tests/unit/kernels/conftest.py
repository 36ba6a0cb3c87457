"""Kernels for all tests here, compiled once and kept for all processes and runs.

Where numpy or numba is missing tests are skipped: they import the modules of kernels, and all that import them in turn,
inside functions only.
"""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from secretscan import kernels


@pytest.fixture(scope="session", autouse=True)
def kernel_folder() -> Path:
    """The folder of the compiled kernels, which are loaded; tests are skipped where they cannot be."""
    if find_spec("numba") is None:
        pytest.skip("kernels need numba")
    name = f"secretscan-test-kernels-{os.getuid() if hasattr(os, 'getuid') else 'any'}"
    folder = Path(tempfile.gettempdir()) / name / "kernels"
    for made in (folder.parent, folder):  # `parents=True` would leave the mode of the upper one to the umask
        made.mkdir(mode=0o700, exist_ok=True)
    assert kernels.load(folder)
    return folder
