"""Rule files: what is accepted, and that an error names file, rule and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from secretscan.errors import RuleError
from secretscan.rules.digest import rules_digest
from secretscan.rules.load import load_rules, parse_rules
from secretscan.rules.locate import pattern_files

GOOD = """
provider = "acme"
[[rules]]
id = "acme-token"
name = "Acme token"
description = "Opens Acme."
severity = "high"
keywords = ["acme_"]
pattern = '''(?x)
  (?P<secret> acme_   # its prefix
    [a-z0-9#]{20} )
'''
examples = ["x = acme_{{alnum:20}}"]
"""


def _refused(text: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        parse_rules(text, "acme.toml")
    return caught.value


def test_rule_is_read_with_its_verbose_pattern_made_plain() -> None:
    (rule,) = parse_rules(GOOD, "acme.toml")
    assert rule.pattern == "(?P<secret>acme_[a-z0-9#]{20})"
    assert (rule.provider, rule.source) == ("acme", "acme.toml")


@pytest.mark.parametrize(
    ("old", "new", "field", "cause"),
    [
        ('severity = "high"', 'severty = "high"', "severty", "unknown field"),
        ('severity = "high"', 'severity = "hihg"', "severity", "not one of"),
        ('name = "Acme token"', "", "name", "missing"),
        ("(?P<secret> acme_", "(?: acme_", "pattern", "no group named secret"),
        ("(?P<secret> acme_", "(?P<secret> (a)cme_", "pattern", "without a name"),
        ("(?P<secret> acme_", "(?P<secret>( acme_", "pattern", "no regex"),
        ("{20}", "{20,}", "pattern", "without a limit"),
        ("{20}", "{20,60000}", "pattern", "can match 60005 bytes"),
        ('["x = acme_{{alnum:20}}"]', '["x = {{alnum:20}}"]', "examples", "none of the keywords"),
        ("{{alnum:20}}", "{{nonsense:20}}", "examples", "unknown placeholder"),
        ("{{alnum:20}}", "{{alnum:many}}", "examples", "needs a length"),
        ('id = "acme-token"', 'id = "Acme_Token"', "id", "lower-case"),
        ("examples =", "[rules.verify]\nurl='http://acme.invalid'\n[rules.x]\nexamples =", "url", "https"),
    ],
)
def test_error_names_file_rule_and_field(old: str, new: str, field: str, cause: str) -> None:
    assert old in GOOD
    problem = _refused(GOOD.replace(old, new).replace("[rules.x]\n", "")).problem
    assert "acme.toml" in problem
    assert 'rule "' in problem
    if field != "url":
        assert f"field {field}:" in problem
        assert cause in problem


def test_unknown_field_suggests_the_nearest_right_name() -> None:
    assert "severity" in _refused(GOOD.replace("severity", "severty")).help


def test_unencrypted_verification_is_refused() -> None:
    problem = _refused(GOOD + '[rules.verify]\nurl = "http://acme.invalid/me"\n').problem
    assert "verify, field url" in problem


def test_allowlist_needs_a_reason() -> None:
    problem = _refused(GOOD + "[[rules.allowlists]]\nsecrets = ['EXAMPLE$']\n").problem
    assert 'rule "acme-token" in acme.toml' in problem
    assert "field reason: is missing" in problem


def test_composite_rule_has_no_pattern() -> None:
    text = GOOD.replace("severity", "composite = true\nseverity")
    assert "field pattern" in _refused(text).problem


def test_broken_toml_names_the_file() -> None:
    assert "acme.toml" in _refused("[[rules]").problem


def test_duplicate_id_names_both_files(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(RuleError) as caught:
        load_rules(sorted(tmp_path.iterdir()))
    assert 'rule "acme-token" in two.toml, field id' in caught.value.problem
    assert "one.toml" in caught.value.problem


def test_no_rule_at_all_is_an_error() -> None:
    with pytest.raises(RuleError, match="no rule"):
        load_rules([])


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"gone\.toml"):
        load_rules([tmp_path / "gone.toml"])


def test_builtin_rules_load_sorted_and_unique() -> None:
    ids = [rule.id for rule in load_rules()]
    assert ids == sorted(set(ids))
    assert len(ids) > 100


def test_digest_follows_names_and_contents_but_not_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, copy = tmp_path / "a" / "x.toml", tmp_path / "b" / "x.toml"
    first.write_bytes(b"one")
    copy.write_bytes(b"one")
    assert rules_digest([first]) == rules_digest([copy])
    copy.write_bytes(b"two")
    assert rules_digest([first]) != rules_digest([copy])
    renamed = first.rename(first.with_name("y.toml"))
    copy.write_bytes(b"one")
    assert rules_digest([renamed]) != rules_digest([copy])


def test_pattern_files_are_found_beside_the_package() -> None:
    files = pattern_files()
    assert files == tuple(sorted(files))
    assert {path.suffix for path in files} <= {".toml"}
