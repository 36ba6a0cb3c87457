from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from secretscan.config.effective import effective
from secretscan.config.load import load
from secretscan.config.model import Allow, Config
from secretscan.config.silence import expired, silencer
from secretscan.errors import ConfigError
from secretscan.model.finding import Confidence, Severity
from secretscan.rules.model import Rule

TODAY = date(2026, 11, 23)


def rule(rule_id: str, name: str = "n") -> Rule:
    return Rule(rule_id, name, "d", "p", Severity.HIGH, Confidence.HIGH, "(?P<secret>x)")


BUILTIN = (rule("github-pat"), rule("jwt"))


def test_own_rules_join_the_built_in_ones() -> None:
    chosen = effective(Config(), BUILTIN, [rule("acme-key")])
    assert [one.id for one in chosen.rules] == ["acme-key", "github-pat", "jwt"]
    assert chosen.notes == ()


def test_own_rule_with_the_id_of_a_built_in_one_replaces_it_and_is_noted() -> None:
    chosen = effective(Config(source="c"), BUILTIN, [rule("jwt", "mine")])
    assert [one.name for one in chosen.rules] == ["n", "mine"]
    assert chosen.notes == ("c replaces built-in rules: jwt",)


def test_disable_extend_and_severity_change_the_set() -> None:
    config = Config(disable=("github-pat",), severity={"jwt": Severity.LOW})
    assert [(one.id, one.severity) for one in effective(config, BUILTIN, ()).rules] == [("jwt", Severity.LOW)]
    alone = effective(Config(extend=False), BUILTIN, [rule("acme-key")])
    assert [one.id for one in alone.rules] == ["acme-key"]


@pytest.mark.parametrize("config", [Config(disable=("github-pat", "jwt")), Config(extend=False)])
def test_empty_rule_set_is_an_error(config: Config) -> None:
    with pytest.raises(ConfigError, match="leaves no rule"):
        effective(config, BUILTIN, ())


@pytest.mark.parametrize(
    "text",
    [
        '\ndisable = [\n  "github-pta",\n]\n',
        '[severity]\n\ngithub-pta = "low"\n',
        '[[allow]]\nreason = "r"\nrule = "github-pta"\n',
        "\n[verify]\nskip = ['github-pta']\n",
    ],
)
def test_unknown_rule_is_an_error_with_line_and_nearest_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"c.toml:3: there is no rule `github-pta`") as caught:
        effective(load(path), BUILTIN, ())
    assert "`github-pat`" in caught.value.help


def search(pattern: str, data: bytes) -> bool:
    return pattern.encode() in data


def fingerprint() -> str:
    return "f" * 32


def covers(allow: Allow, path: bytes = b"tests/a.py") -> bool:
    found = silencer([allow], search, TODAY).covering(
        ("jwt",), path, b"value-one", b"k = value-one", fingerprint
    )
    return found is allow


@pytest.mark.parametrize(
    ("allow", "expected"),
    [
        (Allow("r", rules=("jwt", "x")), True),
        (Allow("r", rules=("x",)), False),
        (Allow("r", paths=("tests/",)), True),
        (Allow("r", paths=("/src",)), False),
        (Allow("r", secrets=("two", "one")), True),
        (Allow("r", lines=("k =",)), True),
        (Allow("r", lines=("q =",)), False),
        (Allow("r", fingerprints=("f" * 32,)), True),
        (Allow("r", fingerprints=("0" * 32,)), False),
        (Allow("r", rules=("jwt",), paths=("src/",)), False),
        (Allow("r", rules=("jwt",), paths=("tests/",), secrets=("one",), lines=("k",)), True),
    ],
)
def test_entry_covers_a_finding_when_all_its_criteria_fit(allow: Allow, expected: bool) -> None:
    assert covers(allow) is expected


def test_expired_entry_covers_nothing_and_is_listed() -> None:
    old = Allow("r", rules=("jwt",), expires=date(2026, 11, 22))
    assert not covers(old)
    assert covers(replace(old, expires=TODAY))
    assert expired([old], TODAY) == (old,)


def test_fingerprint_is_not_asked_for_without_need() -> None:
    def never() -> str:
        raise AssertionError("asked")

    look_up = silencer([Allow("r", rules=("x",), fingerprints=("0" * 32,))], search, TODAY)
    assert look_up.covering(("jwt",), b"a", b"b", b"c", never) is None
