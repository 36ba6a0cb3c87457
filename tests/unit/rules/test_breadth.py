"""The rules of all files together: how much they cover, and that the tables of providers are in order."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log2

import pytest

from secretscan.rules.load import load_rules
from secretscan.rules.model import Rule
from secretscan.rules.samples import fill

FIELDS = [
    "ai",
    "analytics",
    "ci",
    "cloud",
    "code-hosting",
    "crm",
    "crypto",
    "data-apis",
    "data-platforms",
    "dns",
    "feature-flags",
    "finance",
    "government",
    "identity",
    "iot",
    "mail",
    "maps",
    "marketing",
    "media",
    "messaging",
    "monitoring",
    "payments",
    "productivity",
    "registries",
    "search",
    "security",
    "shipping",
    "social",
    "storage",
    "weather",
]
"""Rule files named after a field rather than a provider."""


@cache
def _all_rules() -> tuple[Rule, ...]:
    return load_rules()


def _field_rules(field: str) -> list[Rule]:
    return [rule for rule in _all_rules() if rule.source == f"{field}.toml"]


def _entropy(text: bytes) -> float:
    return -sum(n / len(text) * log2(n / len(text)) for n in Counter(text).values())


def _found(rule: Rule, text: str) -> set[bytes]:
    return {match["secret"] for match in re.finditer(rule.pattern.encode("latin-1"), text.encode())}


def test_rules_cover_450_credential_types_of_300_providers() -> None:
    rules = _all_rules()
    assert len(rules) >= 450
    assert len({rule.provider for rule in rules if rule.provider != "generic"}) >= 300


def test_few_enough_files_to_find_a_provider_in() -> None:
    assert len(FIELDS) <= 60
    assert all(_field_rules(field) for field in FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_every_example_holds_one_secret_of_its_rule(field: str) -> None:
    for rule in _field_rules(field):
        assert rule.examples, rule.id
        for number, example in enumerate(rule.examples):
            found = _found(rule, fill(example, seed=f"{rule.id}/{number}"))
            assert len(found) == 1, rule.id
            assert _entropy(found.pop()) >= rule.min_entropy, rule.id


@pytest.mark.parametrize("field", FIELDS)
def test_every_rule_says_what_it_opens_and_where_that_is_documented(field: str) -> None:
    for rule in _field_rules(field):
        assert rule.description.endswith("."), rule.id
        assert all(link.startswith("https://") for link in rule.references), rule.id
        assert rule.references, rule.id


@pytest.mark.parametrize("field", FIELDS)
def test_a_name_near_a_value_has_at_least_four_letters(field: str) -> None:
    for rule in _field_rules(field):
        if rule.pattern.startswith("(?i:"):
            assert min(map(len, rule.keywords)) >= 4, rule.id


@pytest.mark.parametrize("field", FIELDS)
def test_value_inside_a_longer_word_is_left_alone(field: str) -> None:
    for rule in _field_rules(field):
        if not (shape := re.fullmatch(r".*\(\?P<secret>\[[^\]]+\]\{(\d+)\}\).*", rule.pattern, re.DOTALL)):
            continue
        text = fill(rule.examples[0], seed=f"{rule.id}/0")
        (value,) = _found(rule, text)
        assert len(value) == int(shape[1])
        assert not _found(rule, text.replace(value.decode(), value.decode() + "7")), rule.id
