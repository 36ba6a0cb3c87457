"""`--show-secrets` of a secret that is not UTF-8: every format writes it, and filter-repo's rules replace it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from secretscan.cli.arguments import FORMATS
from secretscan.rules.samples import fill

if TYPE_CHECKING:
    from conftest import Cli, Repo

SECRET = fill("{{base62:6}}", seed=1).encode() + b"\xe9q7#" + fill("{{base62:5}}", seed=2).encode()


@pytest.fixture
def latin(repo: Repo) -> Repo:
    """A repository with a password in Latin-1."""
    (repo.path / "app.ini").write_bytes(b'[db]\npassword = "' + SECRET + b'"\n')
    repo.git("add", "app.ini")
    repo.git("commit", "-qm", "add")
    return repo


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_it(name: str, latin: Repo, cli: Cli) -> None:
    done = cli("history", "--show-secrets", "-f", name, cwd=latin.path)
    assert (done.returncode, "1 secret" in done.stdout + done.stderr) == (1, True)


def test_json_keeps_its_bytes(latin: Repo, cli: Cli) -> None:
    done = cli("history", "--show-secrets", "-f", "json", cwd=latin.path)
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["secret"].encode("utf-8", "surrogateescape") == SECRET


def test_filter_repo_replaces_it(latin: Repo, cli: Cli) -> None:
    done = cli("history", "--show-secrets", "-f", "filter-repo", cwd=latin.path)
    (line,) = done.stdout.splitlines()
    kind, _, rule = line.rpartition("==>")[0].partition(":")
    assert kind == "regex"
    assert re.sub(rule.encode(), b"gone", b"<" + SECRET + b">") == b"<gone>"
