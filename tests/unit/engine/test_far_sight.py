"""A pattern that sees far beyond its match finds the same wherever a screen or a delta would look at less."""

from __future__ import annotations

import pytest

from secretscan.engine.batchscan import scan_blobs
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.model.blob import Blob
from secretscan.model.provenance import WorkTreeFile
from secretscan.rules.load import parse_rules

RULES = r"""
provider = "test"
[[rules]]
id = "ahead"
name = "A token some lines before a word"
description = "Looks ahead over lines."
severity = "high"
keywords = ["tok_"]
pattern = '''(?P<secret>tok_[a-z0-9]{12})(?=[\s\S]{0,200}word)'''
examples = ["tok_{{hex:12}} word"]
[[rules]]
id = "behind"
name = "A token some lines after a word"
description = "Looks behind over lines."
severity = "high"
keywords = ["key_"]
pattern = '''(?<=word\n[\s\S]{60})(?P<secret>key_[a-z0-9]{12})'''
examples = ["key_{{hex:12}}"]
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return build(parse_rules(RULES, "test"), "far sight")


@pytest.mark.parametrize(
    "text",
    [
        b"a = tok_aaaabbbb1111\n" + b"line\n" * 20 + b"the word\n",
        b"the word\n" + b"x" * 29 + b"\n" + b"y" * 30 + b"key_aaaabbbb1111\n",
    ],
    ids=["ahead", "behind"],
)
def test_a_screen_sees_as_far(program: Program, text: bytes) -> None:
    blob = Blob(text, WorkTreeFile(b"a.py"))
    full = Scanner(program, screened=False).scan(blob).findings
    assert [f.rule_id for f in full] == [(text.startswith(b"the") and "behind") or "ahead"]
    assert Scanner(program).scan(blob).findings == full
    assert [result.findings for result in scan_blobs(Scanner(program), [blob, blob])] == [full, full]
