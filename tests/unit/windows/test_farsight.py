"""What rules out a match over many lines does so whatever stands around it."""

from __future__ import annotations

import random

import pytest

from secretscan.engine.farsight import ruled_out
from secretscan.engine.match import compile_pattern
from secretscan.engine.prefilter.hyperscan import END_BITS, HyperscanPrefilter
from secretscan.engine.program import Program, build
from secretscan.engine.trigger import triggers_of
from secretscan.engine.windows import spans_far
from secretscan.rules.load import load_rules, parse_rules
from secretscan.rules.model import Rule
from secretscan.rules.samples import fill
from tests.unit.engine.test_far_sight import RULES

LOOKING = (
    RULES
    + r"""
[[rules]]
id = "not-ahead"
name = "A token with no such word on the next lines"
description = "Looks ahead over lines for what must not be there."
severity = "high"
keywords = ["bare_"]
pattern = '''(?P<secret>bare_[a-z0-9]{12})(?![\s\S]{0,700}word)'''
examples = ["bare_{{hex:12}} word"]
"""
)
FAR = [
    rule
    for rule in (*parse_rules(LOOKING, "test"), *load_rules())
    if rule.pattern and spans_far(triggers_of(rule).newline_span)
]


@pytest.fixture(scope="module")
def programs() -> dict[str, Program]:
    return {rule.id: build([rule], rule.id) for rule in FAR}


def test_shipped_rules_are_among_them() -> None:
    assert {"private-key", "netrc-password", "google-service-account"} < {rule.id for rule in FAR}


def pieces(rule: Rule, rng: random.Random) -> bytes:
    """Return text that comes near a match of the rule: its samples, cut and mixed."""
    found = []
    for _ in range(rng.randint(1, 4)):
        sample = fill(rng.choice((*rule.examples, *rule.negative_examples)), seed=f"{rng.random()}")
        low, high = sorted(rng.randrange(len(sample) + 1) for _ in range(2))
        found.append(sample[rng.choice([0, low]) : rng.choice([high, len(sample)])])
        found.append(rng.choice(["", "\n", "a word\n", "-----", "}", '"', " = x\n" * rng.randint(1, 200)]))
    return "".join(found).encode()


@pytest.mark.parametrize("rule", FAR, ids=lambda rule: rule.id)
def test_no_other_surroundings_make_a_match(rule: Rule, programs: dict[str, Program]) -> None:
    program, pattern = programs[rule.id], compile_pattern(rule)
    reach = (program.back[0], program.ahead[0])
    prefilter = HyperscanPrefilter(program)
    asked = 0
    for seed in range(600):
        rng = random.Random(f"{rule.id} {seed}")
        text = pieces(rule, rng)
        for end in sorted({hit >> END_BITS for hit in prefilter.hits(text)})[:6]:
            found = ruled_out(rule, text, end, reach, (0, len(text)))
            if found is None:
                continue
            low, high = found
            before = pieces(rule, rng) if low else b""
            after = pieces(rule, rng) if high < len(text) else b""
            for first, last in ((before, after), (text[:low], after), (before, text[high:])):
                other = first + text[low:high] + last
                at = len(first) + end - low
                # one that begins farther before has another trigger
                assert not any(
                    at - reach[0] <= match.start() < at <= match.end()
                    for match in pattern.finditer(other, overlapped=True)
                )
                asked += 1
    assert asked > 10
