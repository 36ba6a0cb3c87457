"""`secretscan rules`, and the rules of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cli, Repo

OWN = """min_confidence = "medium"
disable = ["gitlab-pat"]

[[rules]]
id = "own-token"
name = "Own token"
description = "Opens our API."
severity = "high"
confidence = "high"
keywords = ["own_"]
pattern = '''(?<![A-Za-z0-9_])(?P<secret>own_[a-z0-9]{32})(?![a-z0-9])'''
examples = ["OWN={{chars:[o]:1}}wn_{{alnum:32}}"]
"""
BROKEN = OWN + '\n[[rules]]\nid = "bad"\nname = "Bad"\n'


@pytest.fixture
def configured(repo: Repo) -> Repo:
    """A repository with a rule of its own."""
    repo.write(".secretscan.toml", OWN)
    repo.write("src/a.txt", "nothing\n")
    return repo


def test_rules_of_a_configuration_are_checked(configured: Repo, cli: Cli) -> None:
    done = cli("rules", "check", "--rules", ".secretscan.toml", cwd=configured.path)
    assert (done.returncode, done.stdout) == (0, "1 rules, 1 examples, 0 problems\n")
    configured.write(".secretscan.toml", OWN.replace("alnum:32", "alnum:20"))
    done = cli("rules", "check", "--rules", ".secretscan.toml", cwd=configured.path)
    assert done.returncode == 1
    assert "own-token: example 1 is not found" in done.stdout


def test_a_configuration_of_any_name_is_told_from_a_file_of_rules(
    configured: Repo, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "c.toml").write_text(OWN)
    rules = OWN[OWN.index("[[rules]]") :]
    (tmp_path / "r.toml").write_text('provider = "own"\n' + rules.replace("own-token", "other-token"))
    done = cli("rules", "list", "--rules", "c.toml", "--rules", "r.toml")
    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines()[:-1]} == {"own-token", "other-token"}
    (tmp_path / "c.toml").write_text("extend = true\n")
    assert "no rules of its own" in cli("rules", "check", "--rules", "c.toml").stderr


def test_list_and_show_know_the_rules_of_the_repository(configured: Repo, cli: Cli) -> None:
    folder = configured.path / "src"
    listed = cli("rules", "list", cwd=folder).stdout
    assert "\nown-token " in listed
    assert "\ngithub-pat " in listed
    assert "\ngitlab-pat " not in listed
    assert "Opens our API." in cli("rules", "show", "own-token", cwd=folder).stdout
    assert cli("rules", "show", "gitlab-pat", cwd=folder).returncode == 0
    assert "own-token" not in cli("rules", "list", "--markdown", cwd=folder).stdout


def test_a_rule_that_cannot_be_used_is_named_with_its_line(repo: Repo, cli: Cli) -> None:
    repo.write(".secretscan.toml", BROKEN)
    line = BROKEN[: BROKEN.rindex("[[rules]]")].count("\n") + 1
    for command in (("staged",), ("rules", "check", "--rules", ".secretscan.toml"), ("rules", "list")):
        failed = cli(*command, cwd=repo.path)
        assert failed.returncode == 2
        assert f'rule "bad" in .secretscan.toml:{line}, field ' in failed.stderr


def test_the_line_is_right_in_a_pyproject_too(repo: Repo, cli: Cli) -> None:
    text = '[project]\nname = "x"\n\n[[tool.secretscan.keyed]]\nid = "row"\nname = "Row"\n'
    repo.write("pyproject.toml", text)
    assert 'rule "row" in pyproject.toml:4, field ' in cli("staged", cwd=repo.path).stderr
