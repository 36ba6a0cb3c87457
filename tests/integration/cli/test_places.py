"""The places of a secret in a report of a history: each once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]


def places(cli: Cli, repo: Repo) -> list[tuple[str, int, str]]:
    done = cli("history", "-f", "json", cwd=repo.path)
    (finding,) = json.loads(done.stdout)["findings"]
    found: list[dict[str, Any]] = finding["locations"]
    return [(at["path"], at["line"], at["commit"]) for at in found]


def test_a_secret_that_has_stood_in_one_place_is_in_one_place(repo: Repo, cli: Cli, token: Token) -> None:
    repo.commit_file("leak.py", f'TOKEN = "{token("places")}"\n')
    came = repo.git("rev-parse", "HEAD")
    repo.commit_file("other.py", "x = 1\n")
    assert places(cli, repo) == [("leak.py", 1, came)]


def test_where_head_holds_it_comes_first_and_then_where_it_came(repo: Repo, cli: Cli, token: Token) -> None:
    line = f'TOKEN = "{token("places")}"\n'
    repo.commit_file("leak.py", line)
    came = repo.git("rev-parse", "HEAD")
    repo.commit_file("leak.py", "import os\n\n" + line)
    assert places(cli, repo) == [("leak.py", 3, came), ("leak.py", 1, came)]


def test_a_copy_is_a_place_of_its_own(repo: Repo, cli: Cli, token: Token) -> None:
    line = f'TOKEN = "{token("places")}"\n'
    repo.commit_file("leak.py", line)
    repo.commit_file("other.py", "import os\n" + line)
    assert sorted(at[:2] for at in places(cli, repo)) == [("leak.py", 1), ("other.py", 2)]
