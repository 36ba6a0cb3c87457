"""A second `history` of a large repository: what is known is not scanned again, unless the user says so."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli, Repo

Token = Callable[[str], str]


@pytest.fixture
def large(repo: Repo, token: Token) -> Repo:
    """A repository just above the size from which audits are remembered."""
    words = random.Random(1)
    for n in range(5):
        lines = (" ".join(words.choices(("alpha", "beta", "gamma", "delta"), k=12)) for _ in range(20_000))
        repo.commit_file(f"{n}.txt", "\n".join(lines))
    repo.commit_file("leak.py", f'TOKEN = "{token("known")}"\n')
    return repo


def scan(report: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report)
    found["scan"].pop("seconds")
    found["scan"].pop("scanned_bytes")
    return found


def test_the_second_audit_says_what_it_took_over(large: Repo, cli: Cli, tmp_path: Path) -> None:
    home = {"SECRETSCAN_CACHE_DIR": str(tmp_path / "cache")}
    first = cli("history", "-f", "json", cwd=large.path, **home)
    second = cli("history", "-f", "json", cwd=large.path, **home)
    before, after = scan(first.stdout), scan(second.stdout)
    assert "known_blobs" not in before["scan"]
    assert after["scan"].pop("known_blobs") == after["scan"]["blobs"] == 12
    assert (before, first.returncode) == (after, second.returncode)
    assert "known from an earlier audit" in second.stderr

    fresh = cli("history", "-f", "json", "--no-cache", cwd=large.path, **home)
    assert scan(fresh.stdout) == before

    assert "of these 3 of earlier audits" in cli("cache", "show", **home).stdout
    cli("cache", "clear", **home)
    assert not (tmp_path / "cache" / "secretscan").exists()
    assert "known_blobs" not in cli("history", "-f", "json", cwd=large.path, **home).stdout


def test_no_cache_writes_none(large: Repo, cli: Cli, tmp_path: Path) -> None:
    cli("history", "--no-cache", cwd=large.path, SECRETSCAN_CACHE_DIR=str(tmp_path / "cache"))
    assert not (tmp_path / "cache").exists()


def test_a_small_repository_is_not_remembered(repo: Repo, cli: Cli, tmp_path: Path) -> None:
    repo.commit_file("a.txt", "one\n")
    home = {"SECRETSCAN_CACHE_DIR": str(tmp_path / "cache")}
    for _ in range(2):
        assert "known_blobs" not in cli("history", "-f", "json", cwd=repo.path, **home).stdout
    assert not (tmp_path / "cache" / "secretscan" / "audits").exists()
