"""Which repository's configuration and baseline count for files, standard input and `explain`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, MakeRepo, Repo

OFF = 'disable = ["github-pat"]\n'


@pytest.fixture
def leaky(repo: Repo, token: Callable[[str], str]) -> Repo:
    """A repository with a secret in a folder, and another folder."""
    repo.commit_file("src/a.py", f'TOKEN = "{token("whose")}"\n')
    repo.commit_file("docs/b.txt", "nothing\n")
    return repo


def test_files_are_scanned_with_the_configuration_of_their_repository_from_anywhere(
    leaky: Repo, cli: Cli, tmp_path: Path
) -> None:
    leaky.write(".secretscan.toml", OFF)
    for folder, path in ((leaky.path / "src", "a.py"), (leaky.path, "src"), (tmp_path, "repo/src/a.py")):
        done = cli("files", path, cwd=folder)
        assert done.returncode == 0
        assert ".secretscan.toml turns off rules: github-pat" in done.stdout


def test_files_of_several_repositories_have_that_of_the_working_directory(
    leaky: Repo, make_repo: MakeRepo, cli: Cli, tmp_path: Path
) -> None:
    leaky.write(".secretscan.toml", OFF)
    make_repo("other").write("c.txt", "nothing\n")
    paths = ("../../repo/src/a.py", "../../other/c.txt")
    (tmp_path / "away" / "deep").mkdir(parents=True)
    assert cli("files", *paths, cwd=tmp_path / "away" / "deep").returncode == 1
    assert cli("files", *("../" + p for p in paths), cwd=tmp_path / "away" / "deep").returncode == 2
    assert cli("files", *paths, cwd=leaky.path / "docs").returncode == 0


def test_standard_input_and_explain_know_the_root_too(
    leaky: Repo, cli: Cli, token: Callable[[str], str]
) -> None:
    text = f'TOKEN = "{token("whose")}"\n'.encode()
    assert "github-pat" in cli("explain", "a.py:1", cwd=leaky.path / "src").stdout
    leaky.write(".secretscan.toml", OFF)
    assert cli("stdin", cwd=leaky.path / "docs", stdin=text).returncode == 0
    assert "github-pat" not in cli("explain", "a.py:1", cwd=leaky.path / "src").stdout


def test_files_in_a_folder_are_known_to_the_baseline_of_the_root(leaky: Repo, cli: Cli) -> None:
    assert cli("files", "a.py", cwd=leaky.path / "src").returncode == 1
    assert cli("baseline", "write", cwd=leaky.path).returncode == 0
    assert cli("files", "a.py", cwd=leaky.path / "src").returncode == 0


@pytest.mark.parametrize(
    ("configuration", "code"),
    [
        ('exclude = ["/src/"]\n', 0),
        ('exclude = ["/a.py"]\n', 1),
        ('[[allow]]\nreason = "r"\npaths = ["/src/a.py"]\n', 0),
        ('[[allow]]\nreason = "r"\npaths = ["/a.py"]\n', 1),
    ],
)
def test_patterns_of_the_configuration_are_read_from_the_root(
    configuration: str, code: int, leaky: Repo, cli: Cli
) -> None:
    leaky.write(".secretscan.toml", configuration)
    assert cli("files", "a.py", cwd=leaky.path / "src").returncode == code
    assert cli("files", "../src", cwd=leaky.path / "docs").returncode == code


def test_the_configuration_found_so_may_do_no_more_than_in_an_audit(leaky: Repo, cli: Cli) -> None:
    leaky.write(".secretscan.toml", 'baseline = "../known.json"\n')
    refused = cli("files", "a.py", cwd=leaky.path / "src")
    assert refused.returncode == 2
    assert "outside of the repository" in refused.stderr


def test_files_outside_of_repositories_have_the_configuration_of_the_working_directory(
    tmp_path: Path, cli: Cli, token: Callable[[str], str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.py").write_text(f'TOKEN = "{token("whose")}"\n')
    assert cli("files", "in/a.py").returncode == 1
    (tmp_path / ".secretscan.toml").write_text(OFF)
    assert cli("files", "in/a.py").returncode == 0
    assert cli("files", "a.py", cwd=tmp_path / "in").returncode == 1
