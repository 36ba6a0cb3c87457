"""Files in UTF-16 to which somebody wrote in ASCII: both parts are scanned."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]
LINES = "".join(f"a = {n}\n" for n in range(800))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_is_appended_in_ascii_is_found(encoding: str, repo: Repo, cli: Cli, token: Token) -> None:
    wide, narrow = token("wide"), token("narrow")
    text = f"{LINES}TOKEN = '{wide}'\n{LINES}".encode(encoding) + f"TOKEN = '{narrow}'\n".encode()
    (repo.path / "conf.ps1").write_bytes(text)
    repo.git("add", "conf.ps1")
    for command in (("files", "conf.ps1"), ("staged",), ("staged", "--whole-files")):
        done = cli(*command, "-f", "json", "--show-secrets", cwd=repo.path)
        found = json.loads(done.stdout)["findings"]
        assert sorted(f["secret"] for f in found) == sorted([wide, narrow]), command
    repo.git("commit", "-qm", "add")
    for reader in ("pack", "cat-file"):
        done = cli("history", "--reader", reader, "--no-cache", "-f", "json", "--show-secrets", cwd=repo.path)
        found = json.loads(done.stdout)["findings"]
        assert sorted(f["secret"] for f in found) == sorted([wide, narrow])
        assert all(len(f["locations"]) == 1 for f in found)
