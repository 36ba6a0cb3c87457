from __future__ import annotations

import re
from pathlib import Path

from secretscan.baseline.file import load as load_baseline
from secretscan.config.effective import effective
from secretscan.config.load import _ALLOW_KEYS, _KEYS, _VERIFY_KEYS, load
from secretscan.rules.load import load_rules, rules_of

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_documented_configuration_is_accepted_with_the_built_in_rules(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(example("toml"), encoding="utf-8")
    config = load(path)
    chosen = effective(config, load_rules(), rules_of(config.rule_tables, "c.toml"))
    assert "acme-token" in {rule.id for rule in chosen.rules}


def test_every_key_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for key in {*_KEYS, *_ALLOW_KEYS, *_VERIFY_KEYS} - {"rule", "keyed"}:
        assert re.search(rf"^(?:{key} =|\[+{key}\]+)", example("toml"), re.MULTILINE), key
    assert "secretscan:allow-next-line" in text


def test_documented_baseline_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(example("json"), encoding="utf-8")
    assert [entry.reason for entry in load_baseline(path).entries] == ["rotated"]
