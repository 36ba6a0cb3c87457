"""Which files of a work tree `files` reads, compared with what git itself ignores."""

from __future__ import annotations

import os
import random
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretscan.model.blob import Skipped
from secretscan.sources.files import FileEntry, find_files

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo


def names(repo: Repo, *paths: str, respect_gitignore: bool = True) -> list[str]:
    """Names of the files read below `paths`, relative to the root of the repository."""
    root = os.fsencode(repo.path)
    asked = [str(repo.path / path) for path in paths or ("",)]
    found = find_files(asked, repo.env, respect_gitignore=respect_gitignore)
    return [os.fsdecode(os.path.relpath(i.path, root)) for i in found if isinstance(i, FileEntry)]


@pytest.fixture
def tree(repo: Repo) -> Repo:
    """Tracked, untracked, ignored, and tracked though ignored."""
    repo.add(".gitignore", "*.log\nbuild/\n")
    repo.add("tracked", "1\n")
    repo.write("build/made", "2\n")
    repo.write("x.log", "3\n")
    repo.write("forced.log", "4\n")
    repo.git("add", "-f", "forced.log")
    repo.commit()
    repo.write("untracked", "5\n")
    repo.write("sub/untracked", "6\n")
    return repo


def test_ignored_files_are_left_out_and_tracked_ones_read(tree: Repo) -> None:
    assert names(tree) == [".gitignore", "forced.log", "sub/untracked", "tracked", "untracked"]


def test_every_file_is_read_when_gitignore_does_not_count(tree: Repo) -> None:
    everything = names(tree, respect_gitignore=False)
    assert everything == [
        ".gitignore",
        "build/made",
        "forced.log",
        "sub/untracked",
        "tracked",
        "untracked",
        "x.log",
    ]


def test_an_ignored_folder_or_file_that_is_named_is_read(tree: Repo) -> None:
    assert names(tree, "build") == ["build/made"]
    assert names(tree, "x.log") == ["x.log"]


def test_a_nested_repository_has_its_own_gitignore(tree: Repo, make_repo: MakeRepo) -> None:
    nested = make_repo("repo/nested")
    nested.add(".gitignore", "hidden\n")
    nested.write("hidden", "1\n")
    nested.write("x.log", "2\n")
    assert "nested/hidden" not in names(tree)
    assert "nested/x.log" in names(tree)


def test_a_tracked_file_that_is_gone_is_no_gap(tree: Repo) -> None:
    (tree.path / "tracked").unlink()
    items = list(find_files([str(tree.path)], tree.env))
    assert not [i for i in items if isinstance(i, Skipped)]


def test_a_hook_of_the_repository_does_not_run(tree: Repo) -> None:
    marker = tree.path / "ran"
    tree.git("config", "core.fsmonitor", f"touch {marker}")
    names(tree)
    assert not marker.exists()


PIECES = [
    "a",
    "b",
    "*.x",
    "a.x",
    "/a",
    "b/",
    "**/b",
    "a/**",
    "!a.x",
    "!b",
    "a/b",
    "[ab]",
    "?",
    "\\a",
    "*/",
    "# a",
    "a ",
]


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), rules=st.lists(st.sampled_from(PIECES), min_size=1, max_size=5))
def test_what_is_left_out_is_what_git_ignores(make_repo: MakeRepo, seed: int, rules: list[str]) -> None:
    rng = random.Random(seed)
    repo = make_repo(f"random-{seed}-{len(rules)}")
    try:
        for _ in range(12):
            name = "/".join(rng.choice(["a", "b", "c"]) + str(depth) for depth in range(rng.randrange(3)))
            repo.write(f"{name}/{rng.choice(['a', 'b', 'a.x', 'b.x'])}".lstrip("/"), "1\n")
        repo.write(".gitignore", "\n".join(rules) + "\n")
        repo.write("a0/.gitignore", "\n".join(rng.sample(PIECES, 2)) + "\n")
        everything = names(repo, respect_gitignore=False)
        asked = "\0".join(everything).encode() + b"\0"
        repo.env["GIT_LITERAL_PATHSPECS"] = "0"  # check-ignore refuses to run with it
        ignored = repo.git("check-ignore", "-z", "--stdin", stdin=asked, check=False)
        assert names(repo) == sorted(set(everything) - set(ignored.split("\0")))
    finally:
        shutil.rmtree(repo.path)
