"""The shape of the program: who may import whom, who may read the environment, who may start processes."""

from __future__ import annotations

import ast
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
STARTERS = {"subprocess.Popen", "subprocess.run", "subprocess.check_output", "os.system", "os.popen", "Popen"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_imports_go_down_and_outside_packages_stay_in_their_homes() -> None:
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@every_module
def test_only_the_command_line_reads_the_environment(path: Path) -> None:
    if path.is_relative_to(PACKAGE / "cli"):
        return
    read = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ENVIRONMENT
    ]
    assert not read, f"{path}:{read[0].lineno}"


def test_one_module_starts_processes() -> None:
    starting = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in STARTERS
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
