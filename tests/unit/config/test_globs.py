from __future__ import annotations

import random
import re
import subprocess
import time
from pathlib import Path

import pytest

from secretscan.config.globs import MAX_PATTERN_BYTES, compile_globs

LISTS = [
    ["*.lock"],
    ["/build"],
    ["build/"],
    ["docs/*.md"],
    ["**/fixtures/**"],
    ["a/**/b"],
    ["a/**"],
    ["**/b"],
    ["**"],
    ["*"],
    ["a**b"],
    ["/*", "!/src"],
    ["/*", "!/src/", "src/*.py", "!src/keep.py"],
    ["vendor", "!vendor/keep.py"],
    ["[ab].py", "[!a]x", "[a-c]/d", "[]]", "[a", "[[:digit:]]*.txt", "x[^/]y"],
    ["\\#hash", "\\!bang", "sp ace", "trail\\ ", "trail2  "],
    ["# comment", "", "name"],
    ["a/b/"],
    ["*.py", "!*.py", "b.py"],
    ["?.py", "??"],
    ["a/*/c", "*a*b*c*"],
    ["a\\*b", "caf\u00e9*"],
    ["**/a/**/c/**", "src/**/test?/*.t[xy]t"],
    ["a/**b", "a**/c", "**a"],
]
NAMES = [
    "a",
    "b",
    "c",
    "ab",
    "axb",
    "a*b",
    "src",
    "test1",
    "keep.py",
    "a.py",
    "b.py",
    "ax",
    "xy",
    "]",
    "[a",
    "d",
]
NAMES += [
    "build",
    "vendor",
    "fixtures",
    "docs",
    "x.md",
    "y.lock",
    "1a.txt",
    "x.tyt",
    "#hash",
    "!bang",
    "sp ace",
]
NAMES += ["trail ", "trail", "trail2", "name", "caf\u00e9s", "zaqbwce", "abc", "x/y"]


def paths(seed: int) -> list[str]:
    draw = random.Random(seed)
    made = ["/".join(draw.choices(NAMES, k=draw.randint(1, 4))) for _ in range(150)]
    return sorted(set(made) | set(NAMES))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("globs")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def ignored_by_git(root: Path, patterns: list[str], candidates: list[str]) -> set[str]:
    (root / ".git" / "info" / "exclude").write_bytes("\n".join(patterns).encode() + b"\n")
    listed = "".join(path + "\0" for path in candidates).encode()
    command = ["git", "check-ignore", "--no-index", "-z", "--stdin"]
    done = subprocess.run(command, cwd=root, input=listed, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {path.decode() for path in done.stdout.split(b"\0") if path}


@pytest.mark.parametrize("patterns", LISTS, ids=" ".join)
def test_globs_cover_the_same_paths_as_git(repository: Path, patterns: list[str]) -> None:
    candidates = paths(len(patterns))
    globs = compile_globs(patterns)
    assert {path for path in candidates if globs.match(path.encode())} == ignored_by_git(
        repository, patterns, candidates
    )


def test_random_globs_cover_the_same_paths_as_git(repository: Path) -> None:
    draw = random.Random(11)
    pieces = ["*", "**", "/", "a", "b", "?", "[ab]", "[!a]", "src", ".py", "!", "**/", "/**", "\\a"]
    for _ in range(150):
        patterns = ["".join(draw.choices(pieces, k=draw.randint(1, 6))) for _ in range(draw.randint(1, 3))]
        if any(re.search(r"[^/]\*\*|\*\*[^/]", pattern) for pattern in patterns):
            continue  # git 2.39 reads `a**/` in two ways, depending on what it strips before
        candidates = paths(draw.randint(0, 999))
        globs = compile_globs(patterns)
        mine = {path for path in candidates if globs.match(path.encode())}
        assert mine == ignored_by_git(repository, patterns, candidates), patterns


def test_match_names_the_pattern_that_decided() -> None:
    globs = compile_globs(["*.py", "tests/"])
    assert [globs.match(path) for path in (b"x.py", b"tests/a.txt", b"x.txt")] == ["*.py", "tests/", ""]


def test_bytes_that_are_no_text_are_matched() -> None:
    assert compile_globs(["*.bin"]).match(b"d/\xff\xfe.bin") == "*.bin"


@pytest.mark.parametrize("pattern", ["*a" * 200 + "b", "**/a/" * 100 + "b", "[ab]*" * 100 + "c"])
def test_hostile_pattern_costs_little(pattern: str) -> None:
    globs = compile_globs([pattern])
    began = time.process_time()
    globs.match(b"a/" * 1000 + b"a" * 2000)
    assert time.process_time() - began < 1.0


def test_overlong_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        compile_globs(["a" * (MAX_PATTERN_BYTES + 1)])
