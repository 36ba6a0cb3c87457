"""Programs on disk: private, checked before use, rebuilt when anything is wrong with them."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pytest

from secretscan.engine.cache import load_program
from secretscan.engine.program import Program, build
from secretscan.rules.load import parse_rules

RULES = """
[[rules]]
id = "x-token"
name = "X token"
provider = "x"
description = "Opens x."
severity = "high"
keywords = ["xtk_"]
pattern = '''(?<![a-z])(?P<secret>xtk_[a-f0-9]{32})(?![a-f0-9])'''
examples = ["xtk_{{hex:32}}"]
"""


class Maker:
    """Builds the program and counts how often it had to."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> Program:
        self.calls += 1
        return build(parse_rules(RULES, "x.toml"), "d")


def saved(folder: Path) -> Path:
    (path,) = folder.glob("*.program")
    return path


def test_program_is_compiled_once(tmp_path: Path) -> None:
    make = Maker()
    first = load_program("d", tmp_path / "c", make)
    second = load_program("d", tmp_path / "c", make)
    assert make.calls == 1
    assert second.pack() == first.pack()


def test_program_travels_to_a_worker_whole() -> None:
    program = Maker()()
    program.rule(0)  # what was decoded stays
    assert pickle.loads(pickle.dumps(program)).pack() == program.pack()


def test_file_and_folder_are_private(tmp_path: Path) -> None:
    load_program("d", tmp_path / "c", Maker())
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o700
    assert stat.S_IMODE(saved(tmp_path / "c").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "open"])
def test_damaged_or_open_file_is_rebuilt(tmp_path: Path, damage: str) -> None:
    make = Maker()
    load_program("d", tmp_path / "c", make)
    path = saved(tmp_path / "c")
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.chmod(0o666)
    assert load_program("d", tmp_path / "c", make).pack()
    assert make.calls == 2
    assert path.read_bytes() == content


def test_other_rules_have_another_file(tmp_path: Path) -> None:
    load_program("d", tmp_path / "c", Maker())
    load_program("e", tmp_path / "c", Maker())
    assert len(list((tmp_path / "c").glob("*.program"))) == 2


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    make = Maker()
    load_program("d", tmp_path / "file" / "c", make)
    assert make.calls == 1
