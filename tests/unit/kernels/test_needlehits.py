"""Triggers are found by needles wherever they lead to a match, and those of families wherever Hyperscan finds them."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.engine import needletables
from secretscan.engine.needles import needles_of_families, needles_of_rules
from secretscan.engine.parts import part_of
from secretscan.engine.prefilter.hyperscan import END_BITS, HIT_MASK, HyperscanPrefilter
from secretscan.engine.program import Program, build
from secretscan.engine.rarity import gram_count, grams_of
from secretscan.engine.searchtables import _MAGIC, SearchTables, load_tables, make_tables
from secretscan.privatefile import read_private, write_private
from secretscan.rules.load import load_rules
from secretscan.rules.model import Rule
from secretscan.rules.samples import fill
from tests.unit.engine.test_screen import JOINTS, NAMES, VALUES

pytest.importorskip("numpy")

CODE = b"".join(
    b"    def read_%d(self, path, *, limit=%d):\n        return self._files[path.name].read(limit) or None\n\n"
    % (n, n)
    for n in range(40)
)
EXAMPLES = {rule.id: rule.examples for rule in load_rules()}


@pytest.fixture(scope="module")
def program() -> Program:
    return build(load_rules(), "needles")


@pytest.fixture(scope="module")
def tables(program: Program) -> SearchTables:
    made = make_tables(program)
    assert made is not None
    return made


def finder(program: Program, tables: SearchTables):  # type: ignore[no-untyped-def]
    from secretscan.engine.needlehits import NeedleHits

    return NeedleHits(tables, HyperscanPrefilter(program), len(program))


def families(program: Program, hits: list[int]) -> list[int]:
    return [hit for hit in hits if hit & HIT_MASK >= len(program)]


def by_needles(program: Program, tables: SearchTables, text: bytes) -> list[int]:
    found: list[int] = finder(program, tables).hits(text, [part_of(0, b"a.py")]).tolist()
    return found


def by_hyperscan(program: Program, text: bytes) -> list[int]:
    return sorted(HyperscanPrefilter(program).family_hits(text))


def matches(rule: Rule, text: bytes) -> list[tuple[int, int]]:
    pattern = regex.compile(rule.pattern.encode("latin-1"))
    return [match.span() for match in pattern.finditer(text, overlapped=True, timeout=10)]


def assert_all_are_led_to(program: Program, number: int, text: bytes, hits: list[int]) -> int:
    """Check that some hit of a rule ends in each match of it, as a trigger promises; return how many there are."""
    ends = [hit >> END_BITS for hit in hits if hit & HIT_MASK == number]
    spans = matches(program.rule(number), text)
    for start, end in spans:
        assert any(start < place <= end for place in ends), program.rule(number).id
    return len(spans)


def of_families(program: Program) -> set[int]:
    return {number for family in program.families for number in family}


def words(rng: random.Random, count: int) -> bytes:
    mixed = (
        rng.choice(rng.choice([NAMES, JOINTS, VALUES, ["pw", "PWD", "-sid", "seed", "密码", "passpass"]]))
        for _ in range(count)
    )
    return "".join(word if rng.random() < 0.9 else word + "\n" for word in mixed).encode()


@given(st.integers(0, 1 << 32))
@settings(max_examples=500, deadline=None)
def test_random_text(program: Program, tables: SearchTables, seed: int) -> None:
    rng = random.Random(seed)
    text = words(rng, rng.randint(0, 60))
    if rng.random() < 0.3:
        at = rng.randint(0, len(text))
        text = text[:at] + rng.randbytes(rng.randint(1, 9)) + text[at:]
    assert families(program, by_needles(program, tables, text)) == by_hyperscan(program, text)


def test_families_in_every_example(program: Program, tables: SearchTables) -> None:
    hit = 0
    for rule in load_rules():
        for text in (*rule.examples, *rule.negative_examples):
            data = fill(text, seed=f"{rule.id}").encode()
            found = families(program, by_needles(program, tables, data))
            assert found == by_hyperscan(program, data)
            hit += bool(found)
    assert hit > 100


def test_every_match_is_led_to_wherever_it_stands(program: Program, tables: SearchTables) -> None:
    """At the start and the end of a text, at any offset from it, and far inside."""
    found, skipped, matched = finder(program, tables), of_families(program), set()
    for number, rule in enumerate(program.rules()):
        if not rule.pattern or number in skipped:
            continue
        path = b"a.py" if {"any", "code"} & set(rule.file_kinds) else b"a.ini"
        for n, example in enumerate(EXAMPLES[rule.id]):
            data = fill(example, seed=f"{rule.id}{n}").encode()
            before, behind = CODE[: 4000 + n % 4], b"" if n % 2 else b"\n" + CODE
            for text in (data, before[-(number % 4) or len(before) :] + data, before + b"\n" + data + behind):
                hits = found.hits(text, [part_of(0, path)]).tolist()
                if assert_all_are_led_to(program, number, text, hits):
                    matched.add(number)
    assert len(matched) > 0.95 * sum(bool(rule.pattern) for rule in program.rules()) - len(skipped)


@given(st.integers(0, 1 << 32))
@settings(max_examples=150, deadline=None)
def test_all_matches_in_mixed_texts_are_led_to(program: Program, tables: SearchTables, seed: int) -> None:
    rng = random.Random(seed)
    skipped = of_families(program)
    chosen = [rng.randrange(len(program)) for _ in range(12)]
    pieces = []
    for number in chosen:
        for example in EXAMPLES[program.rule(number).id][:2]:
            data = bytearray(fill(example, seed=f"{seed}").encode())
            if rng.random() < 0.3:
                data[rng.randrange(len(data))] = rng.randrange(256)
            pieces.append(bytes(data))
        at = rng.randrange(len(CODE) - 200)
        pieces.append(CODE[at : at + rng.choice((0, 1, 7, 40, 200))])
    text = rng.choice((b"", b"\n", b" ")).join(pieces)
    hits = by_needles(program, tables, text)
    for number in set(chosen) - skipped:
        if program.rule(number).pattern and {"any", "code"} & set(program.rule(number).file_kinds):
            assert_all_are_led_to(program, number, text, hits)
    assert families(program, hits) == by_hyperscan(program, text)


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
    program: Program, tables: SearchTables, text: bytes
) -> None:
    hits = finder(program, tables).hits(text, [part_of(0, b"a.py")]).tolist()
    assert families(program, hits) == by_hyperscan(program, text)
    everything = HyperscanPrefilter(program).hits(text)
    assert set(hits) <= set(everything)


def test_dense_text_is_left_to_hyperscan_and_plain_text_is_not(
    program: Program, tables: SearchTables
) -> None:
    found = finder(program, tables)
    prefilter = HyperscanPrefilter(program)
    dense = (
        fill("--password {{alnum:12}} mysql://me:{{alnum:9}}@host/db pass: {{alnum:9}}\n", seed="d").encode()
        * 2000
    )
    parts = [part_of(0, b"a.py")]
    ways = []
    for text in (CODE, dense, dense, CODE, CODE * 5, CODE):
        hits = found.hits(text, parts).tolist()
        assert families(program, hits) == sorted(prefilter.family_hits(text))
        assert set(hits) <= set(prefilter.hits(text))
        ways.append(found._is_dense)
    assert ways == [False, True, True, False, False, False]


def test_rules_without_needles_are_found_all_the_same() -> None:
    """One by its long runs of token bytes, one by Hyperscan in all of the text."""
    rules = [rule for rule in load_rules() if rule.id in ("discord-bot-token", "stripe-secret-key")]
    bare = replace(rules[0], id="two-halves", pattern="(?P<secret>[a-z0-9]{12}[.][a-z0-9]{12})", keywords=())
    program = build([*rules, bare], "without")
    tables = make_tables(program)
    assert tables is not None
    assert tables.runs[0] >= 47
    assert tables.rest
    token = b"just0letters.nothing1else"
    run = fill(rules[0].examples[0], seed="y").encode()
    text = b"\n".join((CODE, run, CODE, token, CODE))
    hits = finder(program, tables).hits(text, [part_of(0, b"a.py")]).tolist()
    assert len(hits) == len(set(hits))
    for number in range(len(program)):
        count = assert_all_are_led_to(program, number, text, hits)
        assert count or program.rule(number).id == "stripe-secret-key"


def test_long_runs_are_met_wherever_they_begin(program: Program, tables: SearchTables) -> None:
    number = next(n for n, rule in enumerate(program.rules()) if rule.id == "discord-bot-token")
    token = fill(EXAMPLES["discord-bot-token"][0], seed="z").encode()
    for before in (*range(40), *range(8150, 8200), 16_384):
        text = b"\n" * before + token + b"\n" * (before % 7)
        assert assert_all_are_led_to(program, number, text, by_needles(program, tables, text))


def test_families_are_not_looked_for_in_binary_data(program: Program, tables: SearchTables) -> None:
    line = b'\npassword = "correct horse"\n'
    parts = [
        part_of(0, b"a.py"),
        part_of(len(line), b"b.bin", is_binary=True),
        part_of(2 * len(line), b"c.py"),
    ]
    hits = finder(program, tables).hits(line * 3, parts).tolist()
    ends = {(hit >> END_BITS) // len(line) for hit in hits if hit & HIT_MASK >= len(program)}
    assert ends == {0, 2}
    assert not [
        hit
        for hit in finder(program, tables).hits(line, [part_of(0, b"b.bin", is_binary=True)]).tolist()
        if hit & HIT_MASK >= len(program)
    ]


def test_no_parts_hold_no_families(program: Program, tables: SearchTables) -> None:
    assert finder(program, tables).hits(b"", []).tolist() == []
    assert finder(program, tables).hits(b"", [part_of(0, b"a.py")]).tolist() == []


def test_judged_rules_are_not_looked_for_in_binary_data(program: Program, tables: SearchTables) -> None:
    number = next(n for n, rule in enumerate(program.rules()) if rule.id == "generic-bare-password")
    text = fill(EXAMPLES["generic-bare-password"][0], seed="b").encode()
    found = finder(program, tables)
    assert [h for h in found.hits(text, [part_of(0, b"a.py")]).tolist() if h & HIT_MASK == number]
    assert not [
        h for h in found.hits(text, [part_of(0, b"b", is_binary=True)]).tolist() if h & HIT_MASK == number
    ]


def test_rules_are_looked_for_in_files_of_their_kinds_alone(program: Program, tables: SearchTables) -> None:
    number = next(n for n, rule in enumerate(program.rules()) if rule.id == "generic-config-key")
    line = b"\n" + fill(EXAMPLES["generic-config-key"][0], seed="c").encode() + b"\n"
    parts = [
        part_of(n * len(line), path, is_binary=path == b"e.bin")
        for n, path in enumerate((b"a.py", b"b.ini", b"c.go", b"d.md", b"e.bin", b"f.sh"))
    ]
    hits = finder(program, tables).hits(line * len(parts), parts).tolist()
    found = {(hit >> END_BITS) // len(line) for hit in hits if hit & HIT_MASK == number}
    assert found == {1, 3, 5}


def test_each_gram_leads_to_all_its_needles(program: Program, tables: SearchTables) -> None:
    """Whatever other grams have the same slot or tag."""
    made = needles_of_families(tables.automaton)
    assert made is not None
    found, _ = needles_of_rules(program, needletables.MOST_GRAMS)
    rows = {}
    for entry in tables.needles.listed:
        row = entry & (1 << needletables.ROW_BITS) - 1
        rows[row] = tables.needles.rows[row * needletables.COLUMNS :][:2]
    number = 0
    for sought in dict.fromkeys([*made, *found]):
        for at, four in grams_of(sought.needle.sets) or ():
            number += 1
            assert list(rows[number]) == [-at, len(sought.needle.sets)]
            for gram in product(*four):
                assert number in listed_for(tables, int.from_bytes(bytes(gram), "little"))


def listed_for(tables: SearchTables, gram: int) -> set[int]:
    """Return the rows that a kernel looks at for a gram, by the same steps."""
    hashed = gram * needletables.HASH & 0xFFFFFFFF
    slots, mask = tables.needles.slots, (1 << needletables.PLACE_BITS) - 1
    slot = hashed >> 32 - needletables.SLOT_BITS
    while slots[slot] and (slots[slot] ^ hashed << needletables.PLACE_BITS) & 0xFFFFFFFF & ~mask:
        slot = (slot + 1) % len(slots)
    at, found = slots[slot] & mask, set()
    while tables.needles.listed[at]:
        found.add(tables.needles.listed[at] & (1 << needletables.ROW_BITS) - 1)
        at += 1
    return found


def test_tables_are_kept_and_damaged_ones_made_anew(
    program: Program, tables: SearchTables, tmp_path: Path
) -> None:
    assert load_tables(program, tmp_path, save=False) is None
    assert load_tables(program, tmp_path, save=True) == tables
    assert load_tables(program, tmp_path, save=False) == tables
    (path,) = tmp_path.glob("*.search")
    payload = bytes(read_private(path, _MAGIC) or b"")
    for cut in (payload[:-1], payload + b"x", b"[1]\n", b"5\n", b"x", payload.replace(b",", b",null,", 1)):
        write_private(path, _MAGIC, cut)
        assert load_tables(program, tmp_path, save=False) is None
    path.write_bytes(b"nothing of ours")
    assert load_tables(program, tmp_path, save=True) == tables


def test_tables_that_lead_outside_are_refused(program: Program, tables: SearchTables) -> None:
    from secretscan.engine.tablecheck import are_sound_needles, is_sound_automaton

    made, found = tables.automaton, tables.needles
    states, families = len(made.accepts), len(program.families)
    assert is_sound_automaton(made, families)
    assert are_sound_needles(found, states)
    for column in range(needletables.COLUMNS):
        for value in (-(10**12), -100, 10**7, 10**12, (1 << 63) - 1):
            rows = found.rows[:]
            rows[5 * needletables.COLUMNS + column] = value
            assert not are_sound_needles(replace(found, rows=rows), states), (column, value)
    outside = array("H", [max(made.table) + 1, *made.table[1:]])
    for broken in (
        replace(made, table=outside),
        replace(made, accepts=bytes([1 << families]) + made.accepts[1:]),
    ):
        assert not is_sound_automaton(broken, families)
    slots = array("I", [0xFFFFFFFF, *found.slots[1:]])
    listed = array("I", [0, 0xFFFF, *found.listed[2:]])
    for damaged in (
        replace(found, slots=slots),
        replace(found, listed=listed),
        replace(found, listed=found.listed[:-1]),
        replace(found, members=found.members[:-1]),
        replace(found, members=found.members[:256]),
        replace(found, sets=array("H", [999, *found.sets[1:]])),
        replace(found, bits=found.bits[1:]),
    ):
        assert not are_sound_needles(damaged, states)


def test_rules_with_too_many_grams_are_found_by_hyperscan(program: Program) -> None:
    many = replace(
        next(rule for rule in load_rules() if rule.id == "discord-bot-token"),
        id="two-letters",
        pattern="(?P<secret>(?:z[a-f0-9]|q[g-p])-[^ ]{4})",
        keywords=(),
    )
    chosen = [rule for rule in load_rules() if not rule.family][:40]
    small = build([*chosen, many], "small")
    found, without = needles_of_rules(small, 3000)
    assert sum(gram_count(one.needle.sets) for one in found) <= 3000
    assert without
    everything, none = needles_of_rules(small, needletables.MOST_GRAMS)
    assert len(everything) > len(found)
    assert len(none) < len(without)


def test_a_pattern_that_is_not_ascii(tmp_path: Path) -> None:
    base = next(rule for rule in load_rules() if rule.id == "discord-bot-token")
    word = "caf\u00e9"
    rule = replace(
        base,
        id="cafe",
        pattern=f"(?i:{word})_token = (?P<secret>[0-9a-f]{{8}})",
        keywords=(word,),
        starts_with_keyword=True,
    )
    program = build([rule], "cafe")
    tables = make_tables(program)
    assert tables is not None
    text = f"x\n{word}_token = 0a1b2c3d\n".encode()
    assert by_needles(program, tables, text) == HyperscanPrefilter(program).hits(text) != []


def test_a_program_without_families_has_tables_too(tmp_path: Path) -> None:
    program = build([rule for rule in load_rules() if not rule.judge][:25], "none")
    tables = load_tables(program, tmp_path, save=True)
    assert tables is not None
    assert load_tables(program, tmp_path, save=False) == tables
    for number, rule in enumerate(program.rules()):
        for example in EXAMPLES[rule.id]:
            text = CODE + fill(example, seed=rule.id).encode()
            assert_all_are_led_to(program, number, text, by_needles(program, tables, text))
