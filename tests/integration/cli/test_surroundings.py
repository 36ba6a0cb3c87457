"""A secret that is also a name, of a person, a file or a branch, is shown by no report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from secretscan.cli.arguments import FORMATS

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "filter-repo"])
def test_a_secret_among_the_names_of_a_history_is_redacted(
    name: str, repo: Repo, cli: Cli, token: Token
) -> None:
    secret = token("names")
    repo.add(f"z{secret}.py", f'TOKEN = "{secret}"\n')
    repo.git("-c", f"user.name={secret}", "-c", f"user.email={secret}@x", "commit", "-qm", "add")
    repo.git("branch", f"with-{secret}")
    (repo.path / f"{secret}.lnk").symlink_to(secret)
    for command in (("history", "--no-cache"), ("files", ".")):
        done = cli(*command, "-f", name, "--show-suppressed", cwd=repo.path)
        assert done.returncode == 1
        assert secret not in done.stdout + done.stderr


def test_the_hook_names_a_file_without_the_secret_in_its_name(repo: Repo, cli: Cli, token: Token) -> None:
    secret = token("names")
    repo.add(f"z{secret}.py", f'TOKEN = "{secret}"\n')
    done = cli("staged", cwd=repo.path)
    assert (done.returncode, secret in done.stdout + done.stderr) == (1, False)


def test_a_plain_report_keeps_its_names(repo: Repo, cli: Cli, token: Token) -> None:
    secret = token("names")
    repo.add(f"z{secret}.py", f'TOKEN = "{secret}"\n')
    assert f"z{secret}.py" in cli("staged", "--show-secrets", cwd=repo.path).stdout


def test_a_file_that_is_called_as_a_password_is_keeps_its_name(repo: Repo, cli: Cli) -> None:
    repo.add("docs/hunter2-hunter2.py", 'db_password = "hunter2-hunter2"\n')
    done = cli("staged", "--min-confidence", "low", cwd=repo.path)
    assert (done.returncode, "docs/hunter2-hunter2.py:1" in done.stdout) == (1, True)


def test_a_secret_that_is_also_the_name_of_a_value_is_redacted(repo: Repo, cli: Cli, token: Token) -> None:
    secret = token("names")
    repo.add("app.py", f'TOKEN = "{secret}"\n{secret}_password = "{token("value")[4:24]}"\n')
    for name in ("text", "json"):
        done = cli("staged", "-f", name, "--show-suppressed", "--min-confidence", "low", cwd=repo.path)
        assert (done.returncode, secret in done.stdout + done.stderr) == (1, False)
