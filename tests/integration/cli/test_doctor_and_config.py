"""`secretscan doctor` and `secretscan config`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo


def test_doctor_finds_the_planted_secret_and_exits_0(repo: Repo, cli: Cli) -> None:
    repo.commit_file("a.txt", "one\n")
    done = cli("doctor", cwd=repo.path)
    assert done.returncode == 0, done.stdout
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())
    assert "ghp_" not in done.stdout


def test_doctor_works_outside_of_a_repository(tmp_path: Path, cli: Cli) -> None:
    done = cli("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "only `files` and `stdin` work here" in done.stdout


@pytest.mark.parametrize(
    ("configuration", "problem"),
    [
        ('disable = ["github-pat"]\n', "planted secret"),
        ('exclude = ["*.py"]\n', "planted secret"),
        ("exclude = [\n", "configuration"),
    ],
)
def test_doctor_exits_1_when_the_configuration_blinds_the_scan(
    configuration: str, problem: str, repo: Repo, cli: Cli
) -> None:
    repo.commit_file(".secretscan.toml", configuration)
    done = cli("doctor", cwd=repo.path)
    assert done.returncode == 1
    assert any(line.startswith("problem ") and problem in line for line in done.stdout.splitlines())
    assert "help: " in done.stdout


def test_doctor_says_when_the_cache_cannot_be_written(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = cli("doctor", cwd=repo.path, SECRETSCAN_CACHE_DIR=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "SECRETSCAN_CACHE_DIR" in done.stdout


def test_doctor_says_that_a_shallow_clone_cannot_be_audited(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    repo.commit_file("a.txt", "one\n")
    repo.commit_file("a.txt", "two\n")
    repo.git("clone", "-q", "--depth=1", repo.path.as_uri(), str(tmp_path / "shallow"))
    done = cli("doctor", "--repo", "shallow", cwd=tmp_path)
    assert done.returncode == 1
    assert "git fetch --unshallow" in done.stdout


def test_config_show_states_what_holds(repo: Repo, cli: Cli) -> None:
    assert "none; the defaults hold" in cli("config", "show", cwd=repo.path).stdout
    repo.write(".secretscan.toml", 'disable = ["github-pat"]\nmin_confidence = "high"\n')
    done = cli("config", "show", cwd=repo.path)
    rows = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if not line.startswith(" "))
    assert done.returncode == 0
    assert (rows["file"], rows["disable"], rows["min_confidence"]) == (
        ".secretscan.toml",
        "github-pat",
        "high",
    )


def test_an_imported_configuration_is_one_that_scans_take(repo: Repo, cli: Cli) -> None:
    repo.write(
        ".gitleaks.toml",
        "[extend]\nuseDefault = true\n[allowlist]\npaths = ['''^vendor/''']\ncommits = ['''abc''']\n"
        "[[rules]]\nid = 'acme'\ndescription = 'Acme'\nregex = '''acme_[a-z0-9]{16}'''\nkeywords = ['acme_']\n",
    )
    repo.write(".gitleaksignore", "old.py:generic-secret:3\n")
    done = cli("config", "import", "--output", ".secretscan.toml", cwd=repo.path)
    assert done.returncode == 0
    assert "not taken over: " in done.stderr
    repo.add("a.txt", "acme_" + "q7w2e9r4t1y6u3i8\n")
    found = cli("staged", cwd=repo.path)
    assert (found.returncode, "[acme]" in found.stdout) == (1, True)


def test_nothing_to_import_is_named(tmp_path: Path, cli: Cli) -> None:
    done = cli("config", "import", cwd=tmp_path)
    assert done.returncode == 2
    assert ".gitleaks.toml" in done.stderr


def test_doctor_says_what_large_scans_run_on(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    repo.commit_file("a.txt", "one\n")
    done = cli("doctor", cwd=repo.path, SECRETSCAN_CACHE_DIR=str(tmp_path / "cache"))
    (line,) = (line for line in done.stdout.splitlines() if line.split()[1] == "kernels")
    assert line.startswith("ok ")
    assert "compiled" not in line.split()


def test_cache_warm_compiles_what_scans_need(repo: Repo, cli: Cli) -> None:
    without_numba = (
        "import sys; sys.modules['numba'] = None\n"
        "from secretscan.cli.main import run\nsys.exit(run(sys.argv[1:]))\n"
    )
    done = cli("cache", "warm", cwd=repo.path, code=without_numba)
    assert done.returncode == 0, done.stderr
    assert "rules: " in done.stdout
    assert "the extra `fast` is not installed" in done.stdout
    broken = cli("cache", "warm", cwd=repo.path, SECRETSCAN_CACHE_DIR=str(repo.path / ".git" / "HEAD"))
    assert broken.returncode == 2
    assert "help: " in broken.stderr
    shown = cli("cache", "show", cwd=repo.path)
    assert " 0 files" not in shown.stdout


def test_an_import_writes_over_nothing_unless_forced(repo: Repo, cli: Cli) -> None:
    repo.write(".gitleaks.toml", "[extend]\nuseDefault = true\n")
    repo.write(".secretscan.toml", 'min_confidence = "low"\n')
    command = ("config", "import", "-o", ".secretscan.toml")
    refused = cli(*command, cwd=repo.path)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert (repo.path / ".secretscan.toml").read_text() == 'min_confidence = "low"\n'
    assert cli(*command, "--force", cwd=repo.path).returncode == 0
    assert "Taken over" in (repo.path / ".secretscan.toml").read_text()
