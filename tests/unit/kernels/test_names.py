"""Names and what follows them are found by the kernel where Hyperscan finds them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine.familytables import _MAGIC, FamilyTables, load_tables, make_tables
from secretscan.engine.parts import part_of
from secretscan.engine.prefilter.hyperscan import END_BITS, HIT_MASK, HyperscanPrefilter
from secretscan.engine.program import Program, build
from secretscan.privatefile import read_private, write_private
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill
from tests.unit.engine.test_screen import JOINTS, NAMES, VALUES

pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def program() -> Program:
    return build([rule for rule in load_rules() if rule.judge], "names")


@pytest.fixture(scope="module")
def tables(program: Program) -> FamilyTables:
    made = make_tables(program)
    assert made is not None
    return made


def finder(program: Program, tables: FamilyTables):  # type: ignore[no-untyped-def]
    from secretscan.engine.familyhits import FamilyHits

    return FamilyHits(tables, HyperscanPrefilter(program), len(program))


def by_kernel(program: Program, tables: FamilyTables, text: bytes) -> list[int] | None:
    found: list[int] | None = finder(program, tables)._by_kernel(text, [(0, len(text))])
    return found


def by_hyperscan(program: Program, text: bytes) -> list[int]:
    return sorted(HyperscanPrefilter(program).family_hits(text))


def words(rng: random.Random, count: int) -> bytes:
    mixed = (
        rng.choice(rng.choice([NAMES, JOINTS, VALUES, ["pw", "PWD", "-sid", "seed", "密码", "passpass"]]))
        for _ in range(count)
    )
    return "".join(word if rng.random() < 0.9 else word + "\n" for word in mixed).encode()


@given(st.integers(0, 1 << 32))
@settings(max_examples=500, deadline=None)
def test_random_text(program: Program, tables: FamilyTables, seed: int) -> None:
    rng = random.Random(seed)
    text = words(rng, rng.randint(0, 60))
    if rng.random() < 0.3:
        at = rng.randint(0, len(text))
        text = text[:at] + rng.randbytes(rng.randint(1, 9)) + text[at:]
    assert by_kernel(program, tables, text) == by_hyperscan(program, text)


def test_every_example(program: Program, tables: FamilyTables) -> None:
    hit = 0
    for rule in load_rules():
        for text in (*rule.examples, *rule.negative_examples):
            data = fill(text, seed=f"{rule.id}").encode()
            found = by_kernel(program, tables, data)
            assert found == by_hyperscan(program, data)
            hit += bool(found)
    assert hit > 100


@pytest.mark.parametrize(
    "text",
    [
        b"key" * 60_000,
        b"password_" * 20_000 + b'= "abcdefgh"',
        b"pass=getgetget" * 12_000,
        b'token = "' * 20_000,
        b"auth({" * 30_000,
        b"pw=abc;" * 40_000,
        b"secret \n \n" * 20_000,
    ],
    ids=range(7),
)
def test_hostile_text_costs_no_more_than_steps_in_proportion(
    program: Program, tables: FamilyTables, text: bytes
) -> None:
    found = by_kernel(program, tables, text)
    assert found is None or found == by_hyperscan(program, text)
    hits = finder(program, tables).hits(text, [part_of(0, b"a.py")])
    assert [hit for hit in hits if hit & HIT_MASK >= len(program)] == by_hyperscan(program, text)


def test_both_ways_say_the_same_and_each_is_taken(program: Program, tables: FamilyTables) -> None:
    found = finder(program, tables)
    prefilter = HyperscanPrefilter(program)
    rng = random.Random(3)
    ways = set()
    for _ in range(30):
        text = words(rng, 300) if rng.random() < 0.5 else b"x = run(y)\n" * 400 + words(rng, 5)
        parts = [part_of(at, b"a.py") for at in sorted({0, *rng.sample(range(len(text)), 5)})]
        ways.add(found._is_dense)
        assert found.hits(text, parts) == prefilter.hits(text)
    assert ways == {True, False}


def test_families_are_not_looked_for_in_binary_data(program: Program, tables: FamilyTables) -> None:
    line = b'\npassword = "correct horse"\n'
    parts = [
        part_of(0, b"a.py"),
        part_of(len(line), b"b.bin", is_binary=True),
        part_of(2 * len(line), b"c.py"),
    ]
    hits = finder(program, tables).hits(line * 3, parts)
    ends = {(hit >> END_BITS) // len(line) for hit in hits if hit & HIT_MASK >= len(program)}
    assert ends == {0, 2}
    assert not [
        hit
        for hit in finder(program, tables).hits(line, [part_of(0, b"b.bin", is_binary=True)])
        if hit & HIT_MASK >= len(program)
    ]


def test_no_parts_hold_no_families(program: Program, tables: FamilyTables) -> None:
    assert finder(program, tables).hits(b"", []) == []
    assert finder(program, tables).hits(b"", [part_of(0, b"a.py")]) == []


def test_tables_are_kept_and_damaged_ones_made_anew(
    program: Program, tables: FamilyTables, tmp_path: Path
) -> None:
    assert load_tables(program, tmp_path, save=False) is None
    assert load_tables(program, tmp_path, save=True) == tables
    assert load_tables(program, tmp_path, save=False) == tables
    (path,) = tmp_path.glob("*.families")
    payload = bytes(read_private(path, _MAGIC) or b"")
    leads_outside = payload[:-3000] + b"\xff" * 900 + payload[-2100:]
    for damaged in (payload[:-1], payload + b"x", b"[1]\n", b"x", leads_outside):
        write_private(path, _MAGIC, damaged)
        assert load_tables(program, tmp_path, save=False) is None
    path.write_bytes(b"nothing of ours")
    assert load_tables(program, tmp_path, save=True) == tables


def test_a_program_without_families_has_no_tables() -> None:
    assert make_tables(build([rule for rule in load_rules() if not rule.judge][:5], "none")) is None
