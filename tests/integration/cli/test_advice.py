"""What a report advises works as it stands there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]


def test_the_entry_for_a_finding_in_json_lets_it_pass(repo: Repo, cli: Cli, token: Token) -> None:
    repo.add("settings.json", f'{{"token": "{token("json")}"}}\n')
    done = cli("staged", cwd=repo.path)
    assert done.returncode == 1
    entry = done.stdout[done.stdout.index("[[allow]]") : done.stdout.index("  Or accept it")]
    repo.write(".secretscan.toml", entry)
    done = cli("staged", cwd=repo.path)
    assert done.returncode == 0, done.stdout
    assert "1 by allowlist" in done.stdout


def test_the_command_for_rewriting_finds_the_repository_from_outside(
    repo: Repo, cli: Cli, token: Token
) -> None:
    repo.commit_file("leak.py", f'TOKEN = "{token("rewrite")}"\n')
    outside = repo.path.parent
    told = cli("history", repo.path.name, cwd=outside).stdout.splitlines()
    command = next(line.split() for line in told if line.strip().startswith("secretscan history"))
    assert cli(*command[1:], cwd=outside).returncode == 1
    assert token("rewrite") in (outside / "replacements.txt").read_text()
