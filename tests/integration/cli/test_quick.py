"""The short way into a scan gives it what Typer would, and leaves to Typer what it does not know."""

from __future__ import annotations

from typing import Any

import pytest

from secretscan.cli import scans
from secretscan.cli.app import run_app
from secretscan.cli.options import Reader, Scope
from secretscan.cli.quick import _CHOICES, parse_scan

LINES = [
    "staged",
    "staged --whole-files --repo=/r -q",
    "staged --repo /r --exit-zero --no-cache --show-secrets --show-suppressed --no-progress",
    "history",
    "history /r -f json -o out.json --no-progress --no-cache",
    "history --stats --unreachable /r --rev main --since 2020-01-01 --reader pack",
    "history /r -j 2 --jobs=3 --max-bytes 100 --sarif-scope head -v --no-hyperscan",
    "history --rev= /r",
    "range A..B",
    "range --repo /r A..B --stats --baseline b.json --config c.toml --min-confidence high",
    "files a",
    "files a b --no-gitignore c --format=sarif --verify --verify-canaries",
    "stdin",
    "stdin --name=x.env -f jsonl --quiet",
    "stdin --name x.env --min-confidence=low --min-confidence=medium",
]
LEFT_TO_TYPER = [
    "",
    "rules",
    "staged x",
    "staged --unreachable",
    "staged -h",
    "history a b",
    "history --reader git",
    "history --jobs -1",
    "history --jobs two",
    "history --max-bytes ²",
    "history --rev",
    "history -qv",
    "history -fjson",
    "history -- /r",
    "history --output -",
    "range",
    "range A..B C..D",
    "files",
    "files --stats a",
    "stdin x",
    "files a --format yaml",
    "files a --exit-zero=1",
]


@pytest.mark.parametrize("line", LINES)
def test_both_ways_give_the_same_arguments(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = parse_scan(line.split())
    assert asked is not None
    function, arguments = asked
    seen: list[dict[str, Any]] = []
    names = {"history": ("repo",), "commit_range": ("revisions", "repo"), "files": ("paths",)}
    names |= {"stdin": ("name",), "staged": ("repo",)}

    def take(*values: object, **named: object) -> int:
        seen.append(dict(zip((*names[function], "arguments"), values, strict=False)) | named)
        return 0

    monkeypatch.setattr(scans, function, take)
    run_app(line.split())
    assert seen == [arguments]


@pytest.mark.parametrize("line", LEFT_TO_TYPER)
def test_the_short_way_leaves_what_it_does_not_know(line: str) -> None:
    assert parse_scan(line.split()) is None


def test_choices_are_those_of_typer() -> None:
    assert _CHOICES["reader"] == tuple(Reader)
    assert _CHOICES["sarif_scope"] == tuple(Scope)
