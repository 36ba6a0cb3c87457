"""What the documents say is what the program does: commands, options, exit codes, files, rules."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import secretscan
from secretscan.cli.app import COMMANDS, app
from secretscan.cli.arguments import FORMATS
from secretscan.cli.exits import Exit
from secretscan.cli.rulepage import rule_page
from secretscan.report import OutputFormat
from secretscan.rules.load import load_rules

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PROSE = [page for page in PAGES if page.name != "rules.md"]

every_page = pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)


def command_lines(text: str) -> Iterator[list[str]]:
    """Words of every `secretscan …` in a page, comments left out."""
    fences = re.findall(r"^```(?:console|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in fences for line in block.splitlines()]
    spans = re.findall(
        r"`(secretscan [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    for line in [*lines, *spans]:
        words = shlex.split(line.replace("\n", " "), comments=True)
        if "secretscan" in words:
            yield words[words.index("secretscan") + 1 :]


def click_command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that `words` begin with, and the words after it."""
    command = typer.main.get_command(app)
    rest = list(words)
    while rest and hasattr(command, "get_command"):
        found = command.get_command(None, rest[0])
        if found is None:
            break
        command, rest = found, rest[1:]
    return command, rest


def options_of(command: Any) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help",
        "-h",
    }


def all_options(command: Any) -> set[str]:
    """Options of a command and of all below it."""
    below = [all_options(command.get_command(None, name)) for name in getattr(command, "commands", {})]
    return options_of(command).union(*below)


@every_page
def test_every_command_and_option_in_a_page_exists(page: Path) -> None:
    for words in command_lines(page.read_text()):
        if words[0].isupper() or words[0] == "…":
            continue
        command, rest = click_command(words)
        assert words[0] in COMMANDS or words[0].startswith("--"), words
        known = options_of(command)
        for word in rest:
            if word.startswith("-") and word != "-":
                assert word.partition("=")[0] in known, (page.name, words)


@every_page
def test_every_option_in_prose_belongs_to_some_command(page: Path) -> None:
    known = {option for name in COMMANDS for option in all_options(click_command([name])[0])}
    for option in re.findall(r"`(--[a-z][a-z-]+)", page.read_text()):
        assert option in known or option in {"--replace-text", "--hook-type"}, (page.name, option)


@every_page
def test_every_link_and_file_in_a_page_exists(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), (page.name, target)
    for name in re.findall(r"`((?:secretscan|patterns|tests|fixtures|bench|docs)/[\w./-]+\.\w+)`", text):
        assert (ROOT / name).exists(), (page.name, name)


def test_the_map_names_files_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    layers = text[text.index("```") : text.index("```", text.index("```") + 3)]
    named = [*re.findall(r"`([a-z]+(?:/[\w./-]*|\.py))`", text), *re.findall(r"\b[a-z]+(?:/|\.py)", layers)]
    package = ROOT / "secretscan"
    assert [n for n in named if not (package / n).exists() and not (ROOT / n).exists()] == []
    top = {path.name for path in package.iterdir() if path.is_dir() and path.name[0].islower()}
    assert {name.rstrip("/") for name in named} >= top - {"patterns"}


def test_formats_are_the_same_everywhere() -> None:
    assert list(FORMATS) == [format.value for format in OutputFormat]
    assert "|".join(FORMATS) in (ROOT / "README.md").read_text()
    reports = (ROOT / "docs" / "reports.md").read_text()
    assert re.findall(r"^\| `([a-z-]+)` \|", reports, re.MULTILINE)[: len(FORMATS)] == list(FORMATS)


@pytest.mark.parametrize("name", ["README.md", "docs/exit-codes.md"])
def test_every_exit_code_is_documented(name: str) -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / name).read_text(), re.MULTILINE)
    assert [int(row) for row in rows] == [code.value for code in Exit]


def test_every_command_is_documented_somewhere() -> None:
    text = " ".join(page.read_text() for page in PROSE)
    for_the_action_alone = {"action"}
    missing = {name for name in COMMANDS if not re.search(rf"secretscan {name}\b", text)}
    assert missing == for_the_action_alone


def test_the_list_of_rules_is_the_rules() -> None:
    # The comparison is not asserted as such: its message would be the size of the page.
    is_same = (ROOT / "docs" / "rules.md").read_text() == rule_page(load_rules())
    assert is_same, "docs/rules.md is old: run `make docs`"


def test_action_inputs_and_outputs_are_documented() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    text = (ROOT / "docs" / "github-action.md").read_text()
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in text


def test_hooks_in_the_readme_are_those_of_the_manifest() -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    blocks = re.findall(
        r"^```yaml\n(repos:.*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    config = yaml.safe_load(blocks[0])
    assert {hook["id"] for repo in config["repos"] for hook in repo["hooks"]} <= hooks


def test_the_python_of_the_readme_runs() -> None:
    blocks = re.findall(
        r"^```python\n(from .*?)^```", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 1
    done = subprocess.run([sys.executable, "-c", blocks[0]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_version_is_the_newest_of_the_changelog() -> None:
    versions = re.findall(
        r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert versions[0] == secretscan.__version__


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PROSE:
        assert set(re.findall(r"(?:^\$ |`)make ([a-z]+)", page.read_text(), re.MULTILINE)) <= targets


def test_the_example_rule_of_the_guide_works(tmp_path: Path) -> None:
    from secretscan.pipeline.rulecheck import check_rules

    block = re.search(
        r"^```toml\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert block
    file = tmp_path / "acme.toml"
    file.write_text(block[1])
    outcome = check_rules(load_rules([file]))
    assert (outcome.rules, outcome.examples, outcome.problems) == (1, 2, [])


def test_what_a_wheel_needs_is_in_the_project_file() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {
        "patterns": "secretscan/patterns"
    }
    assert (ROOT / "secretscan" / "py.typed").is_file()
