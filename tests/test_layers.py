"""The shape of the program: who may import whom, who may read the environment, who may start processes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "secretscan"
MODULES = sorted(PACKAGE.rglob("*.py"))

LONGEST_MODULE = 250
LONGEST_FUNCTION = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "data", "info"}
STARTERS = {
    "subprocess": "Popen|run|call|check_call|check_output|getoutput|getstatusoutput",
    "os": "system|popen|posix_spawnp?|spawn[lv]p?e?|exec[lv]p?e?",
}
"""What starts a process, by its module."""
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def names_used(path: Path, module: str, *, called: bool = False) -> Iterator[tuple[str, int]]:
    """Every `module.name` in a file and its line, by whatever name of the module; those `called` alone, or imported."""
    nodes = list(ast.walk(tree(path)))
    aliases = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == module
    }
    calls = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if called and isinstance(node, ast.Attribute) and id(node) not in calls:
            continue
        if isinstance(node, ast.ImportFrom) and node.module == module:
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases
        ):
            yield node.attr, node.lineno


def test_imports_go_down_and_outside_packages_stay_in_their_homes() -> None:
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@every_module
def test_only_the_command_line_reads_the_environment(path: Path) -> None:
    if path.is_relative_to(PACKAGE / "cli"):
        return
    assert [(name, line) for name, line in names_used(path, "os") if name in ENVIRONMENT] == []


def test_one_module_starts_processes() -> None:
    starting = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        for module, starters in STARTERS.items()
        for name, _ in names_used(path, module, called=True)
        if re.fullmatch(starters, name)
    }
    assert starting == {"sources/git/command.py"}


@every_module
def test_modules_and_functions_are_short_and_plainly_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_MODULE
    assert not VAGUE_NAMES & set(path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{path}:{node.lineno}: {node.name} has {length} lines"


@every_module
def test_modules_postpone_annotations(path: Path) -> None:
    body = tree(path).body
    if any(not isinstance(node, ast.Expr) for node in body):
        assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in body)
