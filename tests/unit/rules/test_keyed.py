"""`[[keyed]]` rows become rules that find a value near a name, and nothing else."""

from __future__ import annotations

import re

import pytest

from secretscan.errors import RuleError
from secretscan.rules.load import parse_rules
from secretscan.rules.model import Rule
from secretscan.rules.samples import fill

ROW = """
[[keyed]]
id = "acme-key"
name = "Acme key"
provider = "acme"
keywords = ["acme"]
severity = "medium"
description = "Opens Acme."
reference = "https://acme.invalid/docs"
"""


def _rule(extra: str) -> Rule:
    return parse_rules(ROW + extra, "rows.toml")[0]


def _found(rule: Rule, text: str) -> list[bytes]:
    return [match["secret"] for match in re.finditer(rule.pattern.encode(), text.encode())]


@pytest.mark.parametrize("alphabet", ["hex", "HEX", "alnum", "base62", "base64url", "base32", "[a-f_]"])
def test_generated_examples_match_once(alphabet: str) -> None:
    rule = _rule(f'alphabet = "{alphabet}"\nlength = 32\n')
    assert rule.examples
    for number, example in enumerate(rule.examples):
        assert len(_found(rule, fill(example, seed=number))) == 1


def test_value_may_stand_on_the_next_line_but_not_far_away() -> None:
    rule = _rule('alphabet = "hex"\nlength = 32\n')
    value = fill("{{hex:32}}", seed=1)
    assert _found(rule, f'Acme:\n  key: "{value}"') == [value.encode()]
    assert _found(rule, f"acme{' ' * 41}{value}") == []
    assert _found(_rule('alphabet = "hex"\nlength = 32\nnear = 60\n'), f"acme{' ' * 41}{value}")


def test_part_of_a_longer_word_is_no_value() -> None:
    rule = _rule('alphabet = "hex"\nlength = 32\n')
    value = fill("{{hex:32}}", seed=1)
    assert _found(rule, f"acme = {value}f") == []
    assert _found(rule, f"acme = Z{value}") == []


def test_form_stands_for_alphabet_and_length() -> None:
    rule = _rule("form = 'ak-[a-z]{4}'\nexamples = ['acme ak-{{lower:4}}']\n")
    assert _found(rule, "ACME=ak-wqzj") == [b"ak-wqzj"]
    assert rule.references == ("https://acme.invalid/docs",)


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ('alphabet = "hexx"\nlength = 3\n', "alphabet"),
        ('alphabet = "hex"\n', "length"),
        ('alphabet = "hex"\nlength = [9, 3]\n', "length"),
        ('alphabet = "hex"\nlength = 9\nform = "a"\n', "form"),
        ('alphabet = "hex"\nlenght = 9\n', "lenght"),
    ],
)
def test_bad_row_names_the_field(extra: str, field: str) -> None:
    with pytest.raises(RuleError) as caught:
        _rule(extra)
    assert f'rule "acme-key" in rows.toml, field {field}:' in caught.value.problem
