from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from secretscan.baseline.file import Baseline, Entry
from secretscan.config.discover import configuration
from secretscan.config.model import Allow, Config
from secretscan.errors import ConfigError
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program
from secretscan.pipeline.silence import expired_notes
from secretscan.rules.locate import patterns_dir

PAST, TODAY = date(2026, 1, 1), date(2026, 11, 23)


def test_expired_entries_are_stated() -> None:
    settings = ScanSettings(
        Config(source="c.toml", allow=(Allow("r", rules=("jwt",), expires=PAST, line=7),)),
        baseline=Baseline((Entry("0" * 32, "jwt", "r", PAST), Entry("1" * 32, "jwt", "r")), "b.json"),
        today=lambda: TODAY,
    )
    assert expired_notes(settings) == (
        "b.json has 1 expired baseline entry, which silences nothing",
        "c.toml has an expired [[allow]] entry, on line 7",
    )


def test_entries_that_hold_are_not_stated() -> None:
    config = Config(allow=(Allow("r", rules=("jwt",), expires=TODAY),))
    settings = ScanSettings(config, baseline=Baseline((Entry("0" * 32, "jwt", "r"),)), today=lambda: TODAY)
    assert expired_notes(settings) == ()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and one file of rules: compiling them all takes seconds."""
    few = (patterns_dir() / "jwt.toml",)
    monkeypatch.setattr("secretscan.rules.locate.pattern_files", lambda: few)
    monkeypatch.setattr("secretscan.rules.load.pattern_files", lambda: few)
    return tmp_path / "cache"


def settings_of(folder: Path, text: str, cache: Path) -> ScanSettings:
    (folder / ".secretscan.toml").write_text(text)
    return ScanSettings(configuration(folder), cache_dir=cache)


def test_naming_rules_costs_no_compilation_and_checks_the_names(tmp_path: Path, cache: Path) -> None:
    plain = make_program(ScanSettings(Config(), cache_dir=cache))
    named = settings_of(tmp_path, '[[allow]]\nreason = "r"\nrule = "jwt"\n', cache)
    assert make_program(named).digest == plain.digest
    wrong = settings_of(tmp_path, '\n[verify]\nskip = ["jwtt"]\n', cache)
    with pytest.raises(ConfigError, match=r":3: there is no rule `jwtt`"):
        make_program(wrong)
