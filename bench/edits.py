"""Real source files, and what people do to them, as functions from lines to lines: see `edit_history.py`.

Each edit takes a source of randomness, the lines of the file, and those of another real file, from which comes what is
put in. None of them changes the lists it gets.
"""

from __future__ import annotations

import itertools
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{3,}")
MIN_BYTES, MAX_BYTES = 1_000, 300_000
Lines = list[bytes]


def block(rng: random.Random, lines: Lines) -> tuple[int, int]:
    """Begin and end of some lines: mostly a few, now and then a hundred, never more than a third of many."""
    size = min(1 + int(rng.expovariate(1 / rng.choice((2, 6, 6, 30)))), max(1, len(lines) // 3))
    begin = rng.randrange(max(1, len(lines) - size + 1))
    end = begin + size
    while end > begin + 1 and sum(map(len, lines[begin:end])) > 16_000:
        end -= 1
    return begin, end


def insert(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with a block of `other`."""
    at = rng.randrange(len(lines) + 1)
    begin, end = block(rng, other)
    new = other[begin:end]
    return [*lines[:at], *new, *lines[at:]] if sum(map(len, new)) < 20_000 else tweak(rng, lines, other)


def delete(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` without a block; a short file grows instead."""
    begin, end = block(rng, lines)
    return lines[:begin] + lines[end:] if len(lines) > 20 else insert(rng, lines, other)


def replace(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with a block of `other` in place of one of theirs."""
    return insert(rng, delete(rng, lines, other), other) if rng.random() < 0.3 else swap(rng, lines, other)


def swap(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with one to five lines in a row replaced by as many of `other`."""
    size = rng.randint(1, min(5, len(lines), len(other)))
    at, there = rng.randrange(len(lines) - size + 1), rng.randrange(len(other) - size + 1)
    new = other[there : there + size]
    return lines[:at] + new + lines[at + size :] if sum(map(len, new)) < 4_000 else tweak(rng, lines, other)


def tweak(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with a word of `other`, or another number, in one to four of them."""
    lines = list(lines)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        words = list(itertools.islice(re.finditer(rb"\w+", lines[at]), 400))
        if words:
            old = rng.choice(words)
            new = b"%d" % rng.randrange(1000) if old.group().isdigit() else word(rng, other)
            lines[at] = lines[at][: old.start()] + new + lines[at][old.end() :]
    return lines


def move(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with a block at another place."""
    begin, end = block(rng, lines)
    rest = lines[:begin] + lines[end:]
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + lines[begin:end] + rest[at:]


def rename_word(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with another name for one of their identifiers."""
    old, new = word(rng, lines), word(rng, other)
    return re.sub(rb"\b" + old + rb"\b", new, b"".join(lines)).splitlines(keepends=True)


def indent(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with a block one level deeper or higher; now and then the whole file with tabs or without."""
    if rng.random() < 0.1:
        old, new = (b"\t", b"    ") if any(line.startswith(b"\t") for line in lines) else (b"    ", b"\t")
        return [re.sub(rb"^(?:" + old + rb")+", lambda m: m[0].replace(old, new), line) for line in lines]
    begin, end = block(rng, lines)
    step = b"\t" if lines[begin].startswith(b"\t") else b"    "
    deeper = rng.random() < 0.6
    changed = [step + line if deeper else line.removeprefix(step) for line in lines[begin:end]]
    return lines[:begin] + changed + lines[end:]


def line_ends(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` with CRLF, or without if that is what they have."""
    end = b"\n" if lines[0].endswith(b"\r\n") else b"\r\n"
    return [line.rstrip(b"\r\n") + end if line.endswith(b"\n") else line for line in lines]


def append(rng: random.Random, lines: Lines, other: Lines) -> Lines:
    """`lines` and some more, the last of which has no end."""
    begin, end = block(rng, other)
    new = b"".join(other[begin:end])[:8_000].rstrip() or b"end"
    return [*lines[:-1], lines[-1].rstrip(b"\r\n") + b"\n", *new.splitlines(keepends=True)]


def word(rng: random.Random, lines: Lines) -> bytes:
    """An identifier of `lines`."""
    found = (
        WORD.findall(rng.choice(lines)[:2_000]) or WORD.findall(b"".join(lines[:50])[:5_000]) or [b"value"]
    )
    return rng.choice(found)


Edit = Callable[[random.Random, Lines, Lines], Lines]
EDITS: dict[Edit, float] = {
    insert: 25, delete: 15, replace: 20, tweak: 20, move: 6, rename_word: 6, indent: 6, append: 1, line_ends: 0.3
}  # fmt: skip


def text_lines(path: Path) -> Lines | None:
    """The lines of a text file of the right size, None for anything else."""
    if path.is_symlink() or not path.is_file() or not MIN_BYTES <= path.stat().st_size <= MAX_BYTES:
        return None
    data = path.read_bytes()
    return None if b"\0" in data else data.splitlines(keepends=True)


def real_files(source: Path, suffixes: tuple[str, ...]) -> Iterator[str]:
    """Paths below `source` of the text files that end in one of `suffixes`."""
    for folder, _, names in os.walk(source):
        for name in names:
            path = Path(folder, name)
            inside = str(path.relative_to(source))
            if name.endswith(suffixes) and not set('"\n') & set(inside) and text_lines(path):
                yield inside
