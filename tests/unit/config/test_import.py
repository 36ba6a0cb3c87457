from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from secretscan.config.effective import effective
from secretscan.config.go_regex import translate, translate_search
from secretscan.config.import_gitleaks import import_gitleaks
from secretscan.config.load import load
from secretscan.errors import ConfigError
from secretscan.rules.load import rules_of


@pytest.mark.parametrize(
    ("go", "found", "not_found"),
    [
        (r"abc[0-9a-f]{8}", b"xabc0123abcd", b"abc0123"),
        (r"(?i)ACME_[a-z]{4}", b"acme_ABCD", b"acme_12"),
        (r"key=(?i)ab|CD", b"key=AB", b"KEY=ab"),
        (r"key=(?i)ab|CD", b"cd", b"c d"),
        (r"(?:x(?i)y)z", b"xYz", b"xYZ"),
        (r"[[:upper:]]{3}\z", b"aABC", b"ABC "),
        (r"\Qa.b*\E+c", b"a.b*c", b"aab*c"),
        (r"a{,3}", b"a{,3}", b"aaa"),
        (r"a{2,}b", b"aaab", b"ab"),
        (r"x[][&&]y", b"x&y", b"x-y"),
        (r"\x{41}[\x42-\x43]", b"AB", b"AD"),
        (r"end$", b"the end", b"end\n"),
        (r"(?m)end$", b"end\nmore", b"ends"),
        (r"(?s:a.b)", b"a\nb", b"ab"),
        (r"(?P<name>q)(?<other>r)", b"qr", b"q"),
        (r"a*?b??c", b"aac", b"aa"),
    ],
)
def test_translated_regex_finds_what_go_finds(go: str, found: bytes, not_found: bytes) -> None:
    pattern = re.compile(translate_search(go).encode())
    assert pattern.search(found)
    assert not pattern.search(not_found)


@pytest.mark.parametrize(
    ("go", "group", "text", "secret"),
    [
        (r"k=[a-z]+", 0, b"k=abc", b"k=abc"),
        (r"k=([a-z]+)", 0, b"k=abc", b"abc"),
        (r"(k)=([a-z]+)", 2, b"k=abc", b"abc"),
        (r"a|b", 0, b"b", b"b"),
        (r"(?i)k(=)(?P<v>[a-z]*)", 2, b"K=ABC", b"ABC"),
    ],
)
def test_the_captured_part_is_the_secret(go: str, group: int, text: bytes, secret: bytes) -> None:
    pattern = re.compile(translate(go, secret_group=group).encode())
    match = pattern.search(text)
    assert match
    assert match["secret"] == secret
    assert pattern.groups == 1


@pytest.mark.parametrize(
    "go",
    [
        r"\pL",
        r"[\p{Greek}]",
        r"(?U)a+",
        r"a(b",
        r"a)b",
        r"[a",
        r"[[:^alpha:]]",
        r"\C",
        r"(?=a)",
        r"[é]",
        r"\x{100}",
    ],
)
def test_what_has_no_counterpart_is_said(go: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        translate_search(go)


def test_a_group_that_does_not_exist_is_said() -> None:
    with pytest.raises(ValueError, match="no group 3"):
        translate("(a)(b)", secret_group=3)


GITLEAKS = r"""
title = "ours"
[extend]
useDefault = true
disabledRules = ["jwt", "never-heard-of"]

[[rules]]
id = "Acme_Token"
description = "Acme token"
regex = '''(?i)acme[=:]([a-z0-9]{16,})'''
keywords = ["acme"]
entropy = 3.5
tags = ["own"]
path = '''\.env$'''
[[rules.allowlists]]
description = "documented samples"
regexes = ['''^sample''']
stopwords = ["dummy"]
paths = ['''(^|/)docs/''']
commits = ["abc"]

[[rules]]
id = "by-path"
path = '''\.p12$'''

[[rules]]
id = "greek"
regex = '''\p{Greek}+'''

[allowlist]
description = "not ours"
paths = ['''(^|/)vendor/''', '''\.lock$''', '''^go\.sum$''', '''(?i)\.(png|jpe?g)$''', '''.*\.(svg|gif)$''']

[[allowlists]]
targetRules = ["Acme_Token", "nothing-such"]
regexTarget = "line"
regexes = ['''for tests''']
"""
IGNORE = """# old
abc1234def:src/a b.py:Acme_Token:12
src/[x].py:Acme_Token:3
src/[x].py:Acme_Token:9
src/x.py:nothing-such:3
garbage
"""


def test_gitleaks_configuration_becomes_one_that_loads(tmp_path: Path) -> None:
    imported = import_gitleaks(GITLEAKS, IGNORE, known_rules=("jwt", "github-pat"))
    path = tmp_path / ".secretscan.toml"
    path.write_text(imported.text, encoding="utf-8")
    config = load(path)
    assert config.extend
    assert config.disable == ("jwt",)
    assert config.exclude == ("**/vendor/", "*.lock", "/go.sum", "*.svg", "*.gif")
    (rule,) = rules_of(config.rule_tables, "t")
    assert (rule.id, rule.keywords, rule.min_entropy, rule.categories) == (
        "acme-token",
        ("acme",),
        3.5,
        ("own",),
    )
    match = re.search(rule.pattern.encode(), b"ACME=0123456789abcdef")
    assert match
    assert match["secret"] == b"0123456789abcdef"
    assert rule.allowlists[0].secrets == ("^sample",)
    assert rule.allowlists[0].stopwords == ("dummy",)
    assert rule.allowlists[0].paths == ("**/docs/",)
    assert [(allow.rules, allow.lines, allow.paths) for allow in config.allow] == [
        (("acme-token",), ("for tests",), ()),
        (("acme-token",), (), ("/src/a b.py",)),
        (("acme-token",), (), (r"/src/\[x\].py",)),
    ]
    assert effective(config, [replace(rule, id="jwt")], [rule]).rules == (rule,)


@pytest.mark.parametrize(
    "said",
    [
        "never-heard-of",
        "`path` narrows",
        "by-path",
        "greek",
        "commits",
        "(png|jpe?g)",
        "nothing-such",
        "`garbage`",
        "2 entries",
    ],
)
def test_what_could_not_be_taken_over_is_said(said: str) -> None:
    assert any(said in lost for lost in import_gitleaks(GITLEAKS, IGNORE, known_rules=("jwt",)).lost)


def test_configuration_without_use_default_replaces_the_built_in_rules() -> None:
    text = "[[rules]]\nid = 'a'\nregex = 'b'\n"
    assert "extend = false" in import_gitleaks(text).text
    assert "extend" not in import_gitleaks("[extend]\nuseDefault = true\n" + text).text


def test_broken_toml_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        import_gitleaks("[[rules]\n")


def test_condition_and_keeps_criteria_together(tmp_path: Path) -> None:
    text = "[[rules]]\nid='a-b'\nregex='b+'\n[[rules.allowlists]]\ncondition='AND'\nregexes=['x']\npaths=['^t/']\n"
    path = tmp_path / "c.toml"
    path.write_text(import_gitleaks(text).text)
    (allow,) = load(path).allow
    assert (allow.rules, allow.secrets, allow.paths) == (("a-b",), ("x",), ("/t/",))


@pytest.mark.parametrize(
    ("criteria", "missing"),
    [
        ("regexes=['x']\ncommits=['0123456']", "commits"),
        ("paths=['^t/']\ncommits=['0123456']", "commits"),
        ("regexes=['x']\npaths=['t[0-9]+x']", "paths"),
        (r"paths=['^t/']" + "\n" + r"regexes=['\p{Greek}']", "regexes"),
        ("regexes=['x']\nstopwords=['y']", "stopwords"),
        ("paths=['^t/']\nregexs=['x']", "regexs"),
    ],
)
@pytest.mark.parametrize("place", ["[[rules.allowlists]]", "[[allowlists]]"])
def test_an_allowlist_that_would_allow_more_without_a_lost_criterion_is_left_out(
    place: str, criteria: str, missing: str
) -> None:
    made = import_gitleaks(
        f"[[rules]]\nid='a-b'\nregex='b+'\n{place}\ncondition='AND'\ndescription='d'\n{criteria}\n"
    )
    assert "allow" not in made.text.replace("allowlist", "")
    assert "exclude" not in made.text
    assert any("left out as a whole" in said and f"`{missing}`" in said for said in made.lost)


def test_alternatives_that_are_lost_leave_the_others_of_their_criterion() -> None:
    made = import_gitleaks(
        "[[rules]]\nid='a-b'\nregex='b+'\n[[allowlists]]\ncondition='AND'\nregexes=['x']\npaths=['^t/', 'u+x']\n"
    )
    assert '"/t/"' in made.text
