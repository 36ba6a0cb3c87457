"""What every rule is there for is found in a batch of many short files as it is in each file by itself."""

from __future__ import annotations

import random

import pytest

from secretscan.engine.batchscan import BatchScanner
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.engine.versions import HeldVersion
from secretscan.model.blob import Blob
from secretscan.model.finding import Finding
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.samples import fill

PATHS = (b"a.py", b"b.env", b"c.json", b"d.txt", b"")


@pytest.fixture(scope="module")
def program() -> Program:
    return build(load_rules(), "test")


def texts() -> list[bytes]:
    """Return all examples and near misses of the shipped rules, filled; neighbours are of one rule."""
    return [
        fill(text, seed=f"{rule.id} {number}").encode()
        for rule in load_rules()
        for number, text in enumerate((*rule.examples, *rule.negative_examples))
    ]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_batch_finds_what_each_file_holds(program: Program, shuffled: bool) -> None:
    samples = texts()
    if shuffled:
        random.Random(5).shuffle(samples)
    versions = [
        HeldVersion(n, data, WorkTreeFile(PATHS[(n if shuffled else n // 40) % len(PATHS)]))
        for n, data in enumerate(samples)
    ]
    alone = Scanner(program, screened=False)
    batches = BatchScanner(DeltaScanner(Scanner(program)))
    found = 0
    for first in range(0, len(versions), 400):
        some = versions[first : first + 400]
        for version, result in zip(some, batches.scan(some, {}), strict=True):
            expected = alone.scan(Blob(version.data, version.provenance)).findings
            assert shown(result.findings) == shown(expected), version.data
            found += bool(expected)
    assert found > len(versions) // 3


def shown(findings: list[Finding]) -> list[tuple[object, ...]]:
    """Return all that a report could say of findings."""
    return [(f.rule_id, f.span, f.secret.reveal(), f.score, f.region, f.suppressed) for f in findings]
