"""docs/rules.md: every rule on one page. A test keeps the page equal to the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from secretscan.rules.model import Rule

_HEAD: Final = """\
# Rules

Made by `make docs` from `patterns/*.toml`; edit those instead. `secretscan rules show ID` prints all of one
rule: why it matters, its pattern, what to do, an example. How to write one: [CONTRIBUTING](../CONTRIBUTING.md).
"""
_SPECIAL: Final = str.maketrans({"|": "\\\\|", "*": "\\\\*", "_": "\\\\_", "<": "&lt;", ">": "&gt;"})


def rule_page(rules: Sequence[Rule]) -> str:
    """Return the page as markdown: one table, by provider and id."""
    ordered = sorted(rules, key=lambda rule: (rule.provider, rule.id))
    providers = len({rule.provider for rule in ordered})
    rows = [
        f"| `{r.id}` | {_text(r.name)} | {r.severity.value} | {r.confidence.value} | {_text(r.provider)} |"
        for r in ordered
    ]
    head = ["| id | finds | severity | confidence | provider |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([_HEAD, f"{len(ordered):,} rules for {providers:,} providers.", "", *head, *rows, ""])


def _text(text: str) -> str:
    return text.translate(_SPECIAL)
