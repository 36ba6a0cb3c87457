#!/usr/bin/env python3
"""Makes a large repository out of real source files: many small edits of the kinds that people make.

    python bench/edit_history.py SOURCE_FOLDER DEST --commits N --files M --seed S [--suffix .py ...]

M files are imported over the first commits; N commits follow that edit one to six files each, on a main line and on
branches that come back as merges. What is put in comes from other real files. The same source and seed give the
same commits, and a shorter history is the beginning of a longer one. The result is bare and packed as by `git gc`.
"""

from __future__ import annotations

import argparse
import bisect
import functools
import os
import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from edits import EDITS, MAX_BYTES, Lines, delete, real_files, text_lines

IMPORT_FILES = 40
BRANCHES = 5
KEPT_VERSIONS = 4
PEOPLE = [f"Dev {n} <dev.{n}@dev.invalid>" for n in range(40)]
VERBS = (
    "Fix",
    "Update",
    "Simplify",
    "Extend",
    "Clean up",
    "Speed up",
    "Test",
    "Document",
    "Handle errors in",
)
GIT_ENV = {"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


@dataclass(frozen=True, eq=False)
class Version:
    """A file at one time: its lines, and its mark in the import."""

    lines: Lines
    mark: int


Entry = tuple[str, Version]  # path and content


@dataclass
class Branch:
    """A line of development. Files go by number, since a renamed file stays the same file."""

    ref: str
    tip: int = 0
    tree: dict[int, Entry] = field(default_factory=dict)
    base: dict[int, Entry] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


ACTIONS = {"edit": 100, "revert": 3, "rename": 1, "copy": 0.7, "delete": 0.7, "new": 1}


class Writer:
    """Writes the history to `git fast-import`."""

    def __init__(
        self, out: IO[bytes], source: Path, suffixes: tuple[str, ...], files: int, seed: int
    ) -> None:
        self.out, self.rng = out, random.Random(seed)
        pool = sorted(real_files(source, suffixes))
        self.first = sorted(self.rng.sample(pool, min(files, len(pool))))
        self.fresh = sorted(set(pool) - set(self.first))
        self.rng.shuffle(self.fresh)
        self.donors = {suffix: [name for name in pool if name.endswith(suffix)] for suffix in suffixes}
        self.read = functools.lru_cache(3_000)(lambda name: text_lines(source / name) or [b"\n"])
        self.marks, self.serial, self.commits, self.clock = 0, 1_000, 0, 1_500_000_000
        self.weights: list[float] = []  # summed up: how often a file is edited
        self.old: list[list[Version]] = []
        self.main, self.topics = Branch("refs/heads/main"), list[Branch]()
        self.changes: list[str] = []

    def run(self, commits: int) -> None:
        """Write the import and `commits` commits."""
        for names in (self.first[n : n + IMPORT_FILES] for n in range(0, len(self.first), IMPORT_FILES)):
            for name in names:
                self.add(self.main, name, self.read(name))
            self.commit(self.main, f"Import {os.path.dirname(names[0]) or names[0]}")
        for _ in range(commits):
            self.step()

    def step(self) -> None:
        """Write one commit: an edit on one of the branches, or a merge."""
        roll = self.rng.random()
        if self.topics and roll < 0.04:
            return self.merge(self.topics.pop(self.rng.randrange(len(self.topics))))
        if len(self.topics) < BRANCHES and roll > 0.97:
            free = sorted({f"refs/heads/topic-{n}" for n in range(BRANCHES)} - {t.ref for t in self.topics})
            self.topics.append(Branch(free[0], self.main.tip, dict(self.main.tree), dict(self.main.tree)))
        branch = self.rng.choice([self.main, self.main, *self.topics])
        path = self.change(branch)
        for _ in range(min(5, int(self.rng.expovariate(0.6)))):
            self.change(branch)
        return self.commit(branch, f"{self.rng.choice(VERBS)} {path}")

    def change(self, branch: Branch) -> str:
        """Change one file of a branch in one of the ways of `ACTIONS`; returns its path."""
        number = -1
        while number not in branch.tree:
            number = bisect.bisect(self.weights, self.rng.random() * self.weights[-1])
        path, version = branch.tree[number]
        (action,) = self.rng.choices(list(ACTIONS), list(ACTIONS.values()))
        if action == "new" and self.fresh:
            path = self.fresh.pop()
            self.add(branch, path, self.read(path))
        elif action == "delete" and len(branch.tree) > 10:
            self.set(branch, number, None)
        elif action in ("rename", "copy"):
            self.serial += 1
            stem, suffix = os.path.splitext(path)
            path = f"{re.sub(r'_r[0-9]{4,}$', '', stem)}_r{self.serial}{suffix}"
            lines = self.edited(path, version.lines) if self.rng.random() < 0.5 else version.lines
            if action == "copy":
                self.add(branch, path, lines)
            else:
                self.set(branch, number, (path, self.put(number, lines)))
        elif action == "revert":
            self.set(branch, number, (path, self.rng.choice(self.old[number])))
        else:
            self.set(branch, number, (path, self.put(number, self.edited(path, version.lines))))
        return path

    def edited(self, path: str, lines: Lines) -> Lines:
        """The lines of a file after one to four edits."""
        donors = self.donors[next(suffix for suffix in self.donors if path.endswith(suffix))]
        for _ in range(min(4, 1 + int(self.rng.expovariate(1.2)))):
            (edit,) = self.rng.choices(list(EDITS), list(EDITS.values()))
            too_long = sum(map(len, lines)) > MAX_BYTES
            lines = (delete if too_long else edit)(self.rng, lines, self.read(self.rng.choice(donors)))
        return lines

    def merge(self, topic: Branch) -> None:
        """Bring a branch back; a file changed on both sides gets a part of each, and some merges add an edit."""
        for number in sorted(topic.touched):
            ours, theirs = self.main.tree.get(number), topic.tree.get(number)
            if ours and theirs and ours[1] is not theirs[1] and ours != topic.base.get(number):
                cut = self.rng.randrange(len(ours[1].lines) + 1)
                mixed = [*ours[1].lines[:cut], *theirs[1].lines[cut:]] or theirs[1].lines
                theirs = (theirs[0], self.put(number, mixed))
            self.set(self.main, number, theirs)
        if self.rng.random() < 0.3:
            self.change(self.main)
        self.commit(self.main, f"Merge branch '{topic.ref.removeprefix('refs/heads/')}'", topic.tip)

    def add(self, branch: Branch, path: str, lines: Lines) -> None:
        """Add a file. Long files are edited more often, and some files much more than others."""
        weight = sum(map(len, lines)) ** 0.5 * self.rng.lognormvariate(0, 1)
        self.weights.append(weight + (self.weights[-1] if self.weights else 0))
        self.old.append([])
        self.set(branch, len(self.old) - 1, (path, self.put(len(self.old) - 1, lines)))

    def set(self, branch: Branch, number: int, entry: Entry | None) -> None:
        """Note the new state of a file for the next commit."""
        before = branch.tree.pop(number, None)
        branch.touched.add(number)
        if before and (not entry or entry[0] != before[0]):
            self.changes.append(f"D {before[0]}\n")
        if entry:
            branch.tree[number] = entry
            self.changes.append(f"M 100644 :{entry[1].mark} {entry[0]}\n")

    def put(self, number: int, lines: Lines) -> Version:
        """Write the content of a file."""
        self.marks += 1
        data = b"".join(lines)
        self.out.write(b"blob\nmark :%d\ndata %d\n%b\n" % (self.marks, len(data), data))
        version = Version(lines, self.marks)
        self.old[number] = [*self.old[number][1 - KEPT_VERSIONS :], version]
        return version

    def commit(self, branch: Branch, message: str, merged: int = 0) -> None:
        """Write a commit of all changes noted, and now and then a tag."""
        self.marks, self.commits = self.marks + 1, self.commits + 1
        self.clock += self.rng.randint(60, 9_000)
        who = f"{self.rng.choice(PEOPLE)} {self.clock} +0000\n"
        text = f"commit {branch.ref}\nmark :{self.marks}\nauthor {who}committer {who}{data_of(message)}"
        text += f"from :{branch.tip}\n" if branch.tip else ""
        text += f"merge :{merged}\n" if merged else ""
        text += "".join(self.changes) + "\n"
        branch.tip, self.changes = self.marks, []
        if self.commits % 1_000 == 500:
            text += f"reset refs/tags/v{self.commits}\nfrom :{branch.tip}\n\n"
        elif self.commits % 1_000 == 0:
            text += (
                f"tag v{self.commits}\nfrom :{branch.tip}\ntagger {who}{data_of(f'Release {self.commits}')}"
            )
        self.out.write(os.fsencode(text))


def data_of(text: str) -> str:
    """A message as `git fast-import` reads it."""
    return f"data {len(os.fsencode(text))}\n{text}\n"


def make(source: Path, dest: Path, commits: int, files: int, seed: int, suffixes: tuple[str, ...]) -> None:
    """Make the repository at `dest`, which must not exist."""

    def git(*args: str) -> None:
        subprocess.run(["git", *args], check=True, env=GIT_ENV, stdout=subprocess.DEVNULL)

    git("init", "-q", "--bare", "-b", "main", str(dest))
    command = ["git", "-C", str(dest), "-c", "pack.compression=1", "fast-import", "--quiet", "--depth=0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=GIT_ENV) as process:
        assert process.stdin
        Writer(process.stdin, source, suffixes, files, seed).run(commits)
        process.stdin.close()
    if process.returncode:
        raise SystemExit("git fast-import failed")
    # One thread: with more, the deltas would be others each time.
    git(
        "-C", str(dest), "-c", "pack.threads=1", "repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=10"
    )
    git("-C", str(dest), "pack-refs", "--all")
    git("-C", str(dest), "commit-graph", "write", "--reachable", "--no-progress")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", type=Path, help="folder with real source code")
    parser.add_argument("dest", type=Path, help="where to make the repository")
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=2_000, help="files to begin with")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suffix", nargs="+", default=[".py"], help="which files to take")
    given = parser.parse_args()
    if given.dest.exists():
        parser.error(f"{given.dest} exists already: give a new path")
    make(given.source, given.dest, given.commits, given.files, given.seed, tuple(given.suffix))


if __name__ == "__main__":
    main()
