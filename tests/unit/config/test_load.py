from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from secretscan.config.discover import configuration, discover
from secretscan.config.load import load
from secretscan.config.model import Config
from secretscan.errors import ConfigError
from secretscan.model.finding import Confidence, Severity

FULL = r"""
disable = ["generic-password"]
exclude = ["vendor/", "*.min.js"]
min_confidence = "high"
max_file_bytes = 1000000
baseline = "ci/known.json"

[severity]
jwt = "low"

[verify]
skip = ["github-pat"]
canary_accounts = ["123456789012"]
timeout_s = 3

[[allow]]
reason = "test fixtures"
paths = ["tests/**"]
secrets = '''^placeholder'''

[[allow]]
reason = "rotated"
rule = "jwt"
fingerprints = ["00000000000000000000000000000001"]
expires = 2027-01-31

[[rules]]
id = "our-token"
pattern = '''(?P<secret>our_[a-z]{20})'''
[rules.verify]
url = "https://example.org"
"""


def in_repository(root: Path, text: str, name: str = ".secretscan.toml") -> Config:
    (root / name).write_text(text, encoding="utf-8")
    return configuration(root)


def test_every_key_is_read(tmp_path: Path) -> None:
    config = in_repository(tmp_path, FULL)
    assert config.disable == ("generic-password",)
    assert config.exclude == ("vendor/", "*.min.js")
    assert config.min_confidence is Confidence.HIGH
    assert config.max_file_bytes == 1_000_000
    assert config.baseline == tmp_path / "ci/known.json"
    assert config.severity == {"jwt": Severity.LOW}
    assert (config.verify.skip, config.verify.timeout_s) == (("github-pat",), 3)
    assert config.allow[0].paths == ("tests/**",)
    assert config.allow[1].rules == ("jwt",)
    assert config.allow[1].expires == date(2027, 1, 31)
    assert [allow.line for allow in config.allow] == [16, 21]
    assert config.extend


def test_pyproject_gives_the_same_as_a_file_of_its_own(tmp_path: Path) -> None:
    own = in_repository(tmp_path, 'disable = ["jwt"]\n[severity]\n"github-pat" = "low"\n')
    (tmp_path / ".secretscan.toml").unlink()
    text = '[project]\nname = "x"\n[tool.secretscan]\ndisable = ["jwt"]\n'
    text += '[tool.secretscan.severity]\ngithub-pat = "low"\n'
    shared = in_repository(tmp_path, text, "pyproject.toml")
    assert (own.disable, own.severity) == (shared.disable, shared.severity)


def test_nothing_is_found_where_there_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert discover(tmp_path) is None
    assert configuration(tmp_path) == Config()
    assert configuration(None) == Config()


def test_own_file_comes_before_pyproject_and_an_explicit_one_before_both(tmp_path: Path) -> None:
    in_repository(tmp_path, '[tool.secretscan]\ndisable = ["a"]\n', "pyproject.toml")
    in_repository(tmp_path, 'disable = ["b"]\n')
    (tmp_path / "other.toml").write_text('disable = ["c"]\n')
    assert configuration(tmp_path).disable == ("b",)
    assert configuration(tmp_path, tmp_path / "other.toml").disable == ("c",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_and_carriage_returns_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".secretscan.toml").write_bytes('disable = ["b"]\r\nexclude = ["x"]\r\n'.encode(encoding))
    assert configuration(tmp_path).exclude == ("x",)


@pytest.mark.parametrize(
    ("text", "line", "says", "helps"),
    [
        ('\nexclud = ["x"]\n', 2, "unknown key `exclud`", "`exclude`"),
        (
            '[[allow]]\nreason = "r"\nrule = "x"\n[[allow]]\nreason = "r"\nsecret = "x"\n',
            6,
            "`secret`",
            "`secrets`",
        ),
        ('[[allow]]\nrule = "jwt"\n', 1, "without a `reason`", "reason ="),
        ('[[allow]]\nreason = "r"\n', 1, "covers everything", "fingerprints"),
        ('[[allow]]\nreason = "r"\nlines = ["(a"]\n', 3, "bad regex in `lines`", "Python"),
        ('[[allow]]\nreason = "r"\nfingerprints = ["12"]\n', 3, "32 hexadecimal", "report"),
        ('[[allow]]\nreason = "r"\nrule = "x"\nexpires = "soon"\n', 4, "not a date", "2027"),
        ('min_confidence = "hi"\n', 1, "not one of", "high"),
        ('[severity]\n\nacme-rule = "mediun"\n', 3, "not one of", "medium"),
        ("max_file_bytes = 0\n", 1, "not a number from 1", ""),
        ('extend = "no"\n', 1, "neither true nor false", ""),
        ("exclude = [1]\n", 1, "not a list", "exclude"),
        ('x = """\nexclude = 3\n"""\nexclude = 3\n', 1, "unknown key `x`", ""),
        ("a = [\n", 2, "not TOML", "toml"),
        ("a = 1\nb == 2\n", 2, "not TOML", "toml"),
        ("verify = true\n", 1, "cannot be switched on", "--verify"),
        ("[verify]\nenabled = true\n", 2, "unknown key `enabled`", ""),
        ('[verify]\ncanary_accounts = ["12"]\n', 2, "12 digits", "12"),
        ('baseline = "../../known.json"\n', 1, "outside of the repository", "--baseline"),
        ('baseline = "/etc/known.json"\n', 1, "outside of the repository", "--baseline"),
        ('exclude = ["' + "a" * 2000 + '"]\n', 1, "bad pattern", "gitignore"),
    ],
)
def test_mistake_is_reported_with_file_line_and_next_step(
    tmp_path: Path, text: str, line: int, says: str, helps: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        in_repository(tmp_path, text)
    assert caught.value.problem.startswith(f".secretscan.toml:{line}: ")
    assert says in caught.value.problem
    assert helps in caught.value.help


def test_line_of_a_mistake_in_pyproject_is_that_of_the_table(tmp_path: Path) -> None:
    text = '[tool.other]\nexclud = 1\n[tool.secretscan]\nexclude = []\nexclud = ["x"]\n'
    with pytest.raises(ConfigError, match=r"^pyproject.toml:5: unknown key `exclud`"):
        in_repository(tmp_path, text, "pyproject.toml")


@pytest.mark.parametrize("target", ["missing.toml", "folder"])
def test_file_that_is_there_but_unreadable_stops_the_scan(tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / ".secretscan.toml").symlink_to(target)
    with pytest.raises(ConfigError, match="not a readable file"):
        configuration(tmp_path)


def test_link_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text("")
    root = tmp_path / "repository"
    root.mkdir()
    (root / ".secretscan.toml").symlink_to(outside)
    with pytest.raises(ConfigError, match="outside of the repository"):
        configuration(root)


def test_baseline_behind_a_link_out_of_the_repository_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "away").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="outside of the repository"):
        in_repository(root, 'baseline = "away/known.json"\n')


def test_missing_explicit_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        configuration(tmp_path, tmp_path / "none.toml")


def test_rules_of_the_repository_lose_their_verification(tmp_path: Path) -> None:
    untrusted = in_repository(tmp_path, FULL)
    trusted = load(tmp_path / ".secretscan.toml")
    assert "verify" not in untrusted.rule_tables["rules"][0]
    assert "verify" in trusted.rule_tables["rules"][0]
    assert any("verify" in note and "our-token" in note for note in untrusted.notes)


def test_notes_state_all_that_a_file_takes_away(tmp_path: Path) -> None:
    text = " ".join(in_repository(tmp_path, "extend = false\n" + FULL).notes)
    for said in (
        "without the built-in rules",
        "turns off rules: generic-password",
        "vendor/, *.min.js",
        "high confidence only",
        "over 1000000 bytes",
        "jwt low",
        "baseline known.json",
        "(line 17) allows paths tests/**, 1 secret pattern: test fixtures",
        "until 2027-01-31",
        "123456789012",
    ):
        assert said in text
    assert "placeholder" not in text


def test_file_that_takes_nothing_away_has_no_notes(tmp_path: Path) -> None:
    assert in_repository(tmp_path, 'min_confidence = "low"\n').notes == ()
