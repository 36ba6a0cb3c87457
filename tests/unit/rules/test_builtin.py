"""The built-in rules hold together: names they refer to exist, keywords and triggers fit their examples."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from secretscan.engine.program import build
from secretscan.engine.scanner import Scanner
from secretscan.engine.structure import STRUCTURES
from secretscan.model.blob import Blob
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import load_rules
from secretscan.rules.model import Rule
from secretscan.rules.reach import trigger
from secretscan.rules.samples import fill

RULES = {rule.id: rule for rule in load_rules()}


def test_structures_are_registered() -> None:
    assert {rule.structure for rule in RULES.values()} - {""} <= STRUCTURES.keys()


def test_pairs_name_rules_that_exist() -> None:
    for rule in RULES.values():
        if rule.pair is not None:
            assert set(rule.pair.with_rules) <= RULES.keys(), rule.id
            assert not rule.pair.becomes or rule.pair.becomes in RULES, rule.id


def test_composite_rules_are_what_some_pair_becomes() -> None:
    joined = {rule.pair.becomes for rule in RULES.values() if rule.pair is not None}
    assert {rule.id for rule in RULES.values() if not rule.pattern} <= joined


def test_verification_goes_to_a_named_host_and_sends_the_secret() -> None:
    for rule in RULES.values():
        if rule.verify is not None:
            sent = [
                rule.verify.url,
                rule.verify.body,
                *rule.verify.headers.values(),
                *(rule.verify.basic or ()),
            ]
            assert any("{secret}" in text for text in sent), rule.id
            host = urlsplit(rule.verify.url).hostname or ""
            # A host that the scanned repository chooses would receive the credential.
            assert "." in host or "{" not in host, rule.id


def test_every_rule_says_what_it_opens() -> None:
    for rule in RULES.values():
        assert rule.references or rule.provider == "generic", rule.id
        assert len(rule.description.split()) >= 3, rule.id


def test_every_pattern_has_a_trigger() -> None:
    for rule in RULES.values():
        if rule.pattern:
            assert trigger(rule.pattern).max_width < 4096, rule.id


@pytest.mark.parametrize(
    "provider", ["aws", "github", "gitlab", "slack", "stripe", "google", "azure", "npm", "pypi"]
)
def test_core_rules_carry_examples_and_near_misses(provider: str) -> None:
    rules = [rule for rule in RULES.values() if rule.source == f"{provider}.toml"]
    assert rules
    for rule in rules:
        # Identifiers rank below the threshold, and a half of a pair counts only with the other.
        is_part = rule.confidence == "low" or (rule.pair is not None and rule.pair.required)
        assert rule.examples or is_part, rule.id
    assert sum(bool(rule.negative_examples) for rule in rules) >= 0.6 * len(rules)


def test_examples_differ_between_rules() -> None:
    seen: dict[str, Rule] = {}
    for rule in RULES.values():
        for number, text in enumerate(rule.examples):
            filled = fill(text, seed=f"{rule.id}/{number}")
            assert filled not in seen, (rule.id, seen[filled].id)
            seen[filled] = rule


@pytest.mark.parametrize("line", ["\\n", "\\r\\n", "a\\n", "P", "\n"])
def test_a_key_that_never_ends_is_told_in_time(line: str) -> None:
    scanner = Scanner(
        build([rule for rule in RULES.values() if "key" in rule.categories], "keys"), screened=False
    )
    text = "\n".join(
        f"{word}2: abcd {line * 6000}" for word in ("PuTTY-User-Key-File-", "-----BEGIN PRIVATE KEY-----")
    )
    assert scanner.scan(Blob(text.encode(), WorkTreeFile(b"a.json"))).problems == []
