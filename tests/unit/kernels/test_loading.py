"""Kernels can be compiled ahead of all scans, with the tables of a program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from secretscan.config.model import Config
from secretscan.engine.program import build
from secretscan.pipeline.kernelload import KernelLoading
from secretscan.pipeline.settings import ScanSettings
from secretscan.rules.load import load_rules


def test_kernels_and_tables_are_made_ahead(kernel_folder: Path, tmp_path: Path) -> None:
    program = build([rule for rule in load_rules() if rule.family], "ahead")
    settings = ScanSettings(Config(), cache_dir=kernel_folder.parent)
    assert KernelLoading(settings, program).compile()
    assert program.tables is not None
    assert (kernel_folder.parent / "ahead.search").exists()
    again = build([rule for rule in load_rules() if rule.family], "ahead")
    assert KernelLoading(replace(settings, remembers=False), again).compile()
    assert again.tables == program.tables
    (kernel_folder.parent / "ahead.search").unlink()


def test_nothing_is_compiled_without_a_folder_or_with_no_hyperscan() -> None:
    program = build([rule for rule in load_rules() if rule.family][:2], "nowhere")
    assert not KernelLoading(ScanSettings(Config()), program).compile()
    assert program.tables is None
