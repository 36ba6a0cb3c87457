"""The fast ways to scan find what the slow one finds: prefilters, heads, and the memory for lines."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slow_reference import scan_slowly, told

from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill

WORDS = [
    "token",
    "password",
    "secret",
    "api_key",
    "auth",
    "user",
    "path",
    "reader",
    "settings",
    "cookie",
    "salt",
    "client",
    "value",
    "name",
]


@pytest.fixture(scope="session")
def program() -> Program:
    return build(load_rules(), "test")


def scanners(program: Program) -> dict[str, Scanner]:
    return {
        "hyperscan": Scanner(program, max_depth=0),
        "hyperscan, every text in full": Scanner(program, max_depth=0, screened=False),
        "keywords": Scanner(program, max_depth=0, pure_python=True),
    }


def code_lines(rng: random.Random, count: int) -> list[str]:
    """Lines as source code has them, most of them close to a generic rule."""
    lines = []
    for n in range(count):
        a, b, c = (rng.choice(WORDS) for _ in range(3))
        value = fill("{{password:14}}", seed=f"{rng.random()}")
        lines.append(
            rng.choice(
                [
                    f"    self.{a} = settings.{b}_{c}  # never a literal",
                    f'    {a} = {b}.read_{c}("{a}/{b}")',
                    f'{a}_{b} = "{value}"',
                    f"{a.upper()}={value}",
                    f"{a}:",
                    f'  "{value}"',
                    "",
                    f"{a}: {value}  {b} = '{c}'",
                    f'set("{a}", "{value}")',
                    f"# the {a} of each {b}, line {n}",
                    f"<{a}>{value}</{a}>",
                    "   ",
                ]
            )
        )
    return lines


@pytest.mark.parametrize("suffix", [b"x.py", b"x.env", b"x.yml", b"x.md", b"x"])
def test_every_way_finds_the_same_in_generated_text(program: Program, suffix: bytes) -> None:
    rng = random.Random(f"ways{suffix!r}")
    ways = scanners(program)
    lines = code_lines(rng, 60)
    for _ in range(4):
        rng.shuffle(lines)
        text = "\n".join(lines).encode()
        expected = told(scan_slowly(program, text, suffix))
        for name, scanner in ways.items():
            found = told(scanner.scan(Blob(text, WorkTreeFile(suffix))).findings)
            assert found == expected, name


def test_every_way_finds_the_same_in_real_files(program: Program) -> None:
    ways = scanners(program)
    names = ["netrc.py", "smtplib.py", "urllib/request.py", "imaplib.py"]
    for name in names:
        text = Path(sysconfig.get_paths()["stdlib"], name).read_bytes()[:12_000]
        expected = told(scan_slowly(program, text, name.encode()))
        for way, scanner in ways.items():
            assert told(scanner.scan(Blob(text, WorkTreeFile(name.encode()))).findings) == expected, way


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seeds=st.lists(st.integers(0, 400), min_size=2, max_size=12))
def test_findings_never_depend_on_what_was_scanned_before(program: Program, seeds: list[int]) -> None:
    remembering = Scanner(program, max_depth=0)
    plain = Scanner(program, max_depth=0, screened=False)
    pool = code_lines(random.Random(7), 40)
    for seed in seeds:
        rng = random.Random(seed)
        text = "\n".join(rng.sample(pool, 12)).encode()
        blob = Blob(text, WorkTreeFile(b"a.conf"))
        assert told(remembering.scan(blob).findings) == told(plain.scan(blob).findings)
