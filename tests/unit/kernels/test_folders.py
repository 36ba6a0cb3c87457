"""Where compiled kernels lie: only what the user alone can have written is run, and only where it was made for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from secretscan import kernels
from secretscan.privatefile import read_private, write_private


@pytest.fixture
def folder(tmp_path: Path, kernel_folder: Path) -> Path:
    """A folder of kernels that nobody else uses."""
    copied = tmp_path / "kernels"
    copied.mkdir(mode=0o700)
    shutil.copy2(kernels._file(kernel_folder), copied)
    return copied


@pytest.fixture
def uncompilable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling fails."""
    from secretscan.kernels import build

    def fail(*_asked: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(build, "build", fail)


def test_kernels_of_other_versions_are_dropped_but_for_the_last_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.kernels import build

    for n, name in enumerate(("first", "second", "third")):
        (folder / f"{name}.kernels").write_bytes(b"")
        os.utime(folder / f"{name}.kernels", (n, n))
    packed = read_private(kernels._file(folder), kernels._MAGIC)
    assert packed is not None
    kernels._file(folder).unlink()
    assert not kernels.is_compiled(folder)
    monkeypatch.setattr(build, "build", lambda *_asked: [])
    monkeypatch.setattr("secretscan.kernels.native.pack", lambda _codes: bytes(packed))
    assert kernels.load(folder)
    assert kernels.is_compiled(folder)
    assert {path.name for path in folder.iterdir()} == {
        "second.kernels",
        "third.kernels",
        kernels._file(folder).name,
    }


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def move_elsewhere(path: Path) -> None:
    packed = bytes(read_private(path, kernels._MAGIC) or b"")
    write_private(path, kernels._MAGIC, packed.replace(b'"processor": ["', b'"processor": ["other', 1))


@pytest.mark.usefixtures("uncompilable")
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(shorten, id="cut short"),
        pytest.param(change, id="changed"),
        pytest.param(move_elsewhere, id="made for another processor"),
        pytest.param(lambda path: path.chmod(0o666), id="open to others"),
        pytest.param(Path.unlink, id="gone"),
    ],
)
def test_only_sound_kernels_of_the_user_are_loaded(folder: Path, spoil: Callable[[Path], None]) -> None:
    assert kernels.load(folder)
    spoil(kernels._file(folder))
    assert not kernels.load(folder)


def test_without_numba_there_are_none_and_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(_name: str) -> str:
        raise metadata.PackageNotFoundError

    assert kernels.is_compiled(folder)
    monkeypatch.setattr(kernels, "find_spec", lambda _name: None)
    monkeypatch.setattr(metadata, "version", not_there)
    assert not kernels.is_compiled(folder)
    assert not kernels.pay(1 << 40, folder, 1)
    assert not kernels.load(folder)


def test_kernels_pay_when_they_are_there_or_the_history_is_very_large(tmp_path: Path) -> None:
    folder = tmp_path / "kernels"
    worth = kernels.HISTORY_WORTH_BYTES
    assert not kernels.pay(worth, folder, worth)
    assert kernels.pay(kernels.WORTH_COMPILING_BYTES, folder, worth)
    folder.mkdir()
    kernels._file(folder).touch()
    assert kernels.pay(worth, folder, worth)
    assert not kernels.pay(worth - 1, folder, worth)
