"""Edited files of some length: what is found at a change, and what is kept of the rest, is what a whole scan finds."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from secretscan.engine import batchscan
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import build
from secretscan.engine.rescan import Rescan
from secretscan.engine.scanner import Scanner
from secretscan.engine.windows import spans_far
from secretscan.model.blob import Blob
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill
from tests.unit.windows.delta_texts import LINES, SCANNERS, Edited, facts, in_batches, joined, silence

FILLERS = [
    "#" * 90,
    "some words that say nothing at all, and go on for a while longer than most do",
    "x = 1",
    "",
]
BLOCKS = [
    "-----BEGIN KEY-----",
    "-----BEGIN KEY-----\nQUJD\nQUJD",
    "-----BEGIN KEY-----\nQUJD\nQUJD\n-----END KEY-----",
    "-----END",
]
PATHS = [b"a.py", b"a.yml", b"a.json", b"x.js", b"README.md"]


def a_text(rng: random.Random, count: int, rare: list[str]) -> bytes:
    lines = []
    for _ in range(count):
        kind = rng.random()
        line = rng.choice(FILLERS if kind < 0.75 else LINES if kind < 0.9 else rare)
        if kind >= 0.9 and rng.random() < 0.4:
            at = rng.randrange(len(line) + 1)
            line = line[:at] if rng.random() < 0.6 else line[at:]
        lines.append(line)
    return "\n".join(lines).encode()


def an_edit(rng: random.Random, base: bytes, rare: list[str]) -> tuple[bytes, list[tuple[int, int, int]]]:
    """Return `base` with some lines taken out, put in, or there twice, and what it copies."""
    cuts = sorted(rng.randrange(len(base) + 1) for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 6])))
    if rng.random() < 0.5:
        cuts = sorted({base.rfind(b"\n", 0, cut) + 1 for cut in cuts})
    made, copies = b"", []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(base)], strict=True)):
        kind = rng.random()
        if number and kind > 0.97:
            continue
        if number and kind < 0.4:
            gone = start + rng.randint(0, 200) if rng.random() < 0.5 else base.find(b"\n", start) + 1 or end
            start = min(end, gone)
        for _ in range(2 if rng.random() < 0.05 else 1):
            if end > start:
                copies.append((start, len(made), end - start))
                made += base[start:end]
        if number < len(cuts) and rng.random() < 0.7:
            made += a_text(rng, rng.randint(1, 3), rare) + (b"\n" if rng.random() < 0.8 else b"")
    return made, joined(copies)


def a_history(rng: random.Random, rare: list[str]) -> list[Edited]:
    path = rng.choice(PATHS)
    versions: list[Edited] = [(a_text(rng, rng.randint(30, 160), rare), -1, [], path)]
    for _ in range(rng.randint(2, 7)):
        number = rng.choice([len(versions) - 1, rng.randrange(len(versions))])
        made, copies = an_edit(rng, versions[number][0], rare)
        versions.append((made, number, copies, path if rng.random() < 0.97 else b"b.yml"))
    return versions


def check(scanner: Scanner, everything: Scanner, histories: list[list[Edited]], size: int) -> None:
    for history in histories:
        for version, result, _ in in_batches(DeltaScanner(scanner), history, size):
            whole = everything.scan(Blob(version.data, version.provenance))
            assert facts(result.findings) == facts(whole.findings)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an answer was there without a whole scan, by who gave it."""
    told: Counter[str] = Counter()

    def watch(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def watched(*args: Any) -> Any:
            found = real(*args)
            told[name] += found is not None
            return found

        monkeypatch.setattr(owner, name, watched)

    watch(Rescan, "scan")
    watch(batchscan, "moved")
    watch(batchscan, "moved_hidden")
    return told


@pytest.mark.parametrize("size", [1, 2, 9])
def test_edited_files_hold_what_a_whole_scan_finds(size: int, counts: Counter[str]) -> None:
    rng = random.Random(size)
    histories = [a_history(rng, BLOCKS) for _ in range(600)]
    check(SCANNERS["hyperscan"], SCANNERS["hyperscan, every text in full"], histories, size)
    assert min(counts["scan"], counts["moved_hidden"]) > 40


def test_edited_files_near_matches_over_many_lines_do_so(counts: Counter[str]) -> None:
    rules = load_rules()
    program = build(rules, "all")
    rng = random.Random(4)
    far = {program.rule(n).id for n in range(len(program)) if spans_far(program.newline_span[n])}
    samples = [
        fill(text, seed=f"{rule.id} {number}")
        for rule in rules
        for number, text in enumerate((*rule.examples, *rule.negative_examples))
        if rule.id in far or rng.random() < 0.1
    ]
    histories = [a_history(rng, samples) for _ in range(120)]
    check(
        Scanner(program, silencer=silence), Scanner(program, silencer=silence, screened=False), histories, 2
    )
    assert counts["moved"] > 20


def test_a_part_that_is_there_twice_has_its_findings_twice() -> None:
    scanner, everything = SCANNERS["hyperscan"], SCANNERS["hyperscan, every text in full"]
    gone = f"key: tok_{fill('{{hex:24}}', seed='gone')}\n".encode()
    kept = f"key: tok_{fill('{{hex:24}}', seed='kept')}\n".encode()
    lines = b"some words that say nothing at all, " * 6 + b"\n"
    first, rest = lines * 40 + kept + lines * 2, lines * 10
    # the first time it ends on the next line but one: too far to be looked at, too near to be left as it was
    made = first + first + rest
    at, length = len(gone), len(first)
    copies = [(at, 0, length), (at, length, length + len(rest))]
    check(scanner, everything, [[(gone + first + rest, -1, [], b"a.py"), (made, 0, copies, b"a.py")]], 1)
