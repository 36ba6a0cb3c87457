"""`secretscan rules`: what is looked for, and the proof that each rule works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.rules.model import Rule

app = command_app("List the rules, show one, or check that they all work.")

_Files = Annotated[
    list[str] | None,
    typer.Option(
        "--rules", metavar="FILE", help="Rule files to use instead of the built-in ones; repeatable."
    ),
]


@app.command(name="list")
def list_rules(
    files: _Files = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/rules.md.")] = False,
) -> int:
    """Print every rule: id, severity, confidence, name."""
    rules = _load(files)
    if markdown:
        from secretscan.cli.rulepage import rule_page

        print(rule_page(rules), end="")
        return 0
    if as_json:
        fields = ("id", "name", "provider", "severity", "confidence", "description")
        print(json.dumps([{f: str(getattr(r, f)) for f in fields} for r in rules], indent=2))
        return 0
    for rule in rules:
        print(f"{rule.id:40} {rule.severity.value:9} {rule.confidence.value:7} {rule.name}")
    providers = len({r.provider for r in rules})
    print(f"{len(rules)} rules, {providers} providers")
    return 0


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule.")], files: _Files = None
) -> int:
    """Print everything about one rule, an example included."""
    rules = {rule.id: rule for rule in _load(files)}
    if rule_id not in rules:
        from difflib import get_close_matches

        near = get_close_matches(rule_id, rules, 3)
        raise UsageError(
            f'no rule is called "{rule_id}"',
            help=f"did you mean {', '.join(near)}?" if near else "see `secretscan rules list`",
        )
    print("\n".join(_described(rules[rule_id])))
    return 0


@app.command()
def check(
    files: _Files = None,
    timings: Annotated[bool, typer.Option("--timings", help="Print the slowest rules.")] = False,
) -> int:
    """Run every example and near miss, look for overlaps and slow patterns; exit 1 when something is wrong."""
    from secretscan.pipeline.rulecheck import check_rules

    outcome = check_rules(_load(files))
    for problem in outcome.problems:
        print(problem)
    if timings:
        for rule_id, seconds in outcome.slowest:
            print(f"{seconds * 1000:8.2f} ms  {rule_id}")
    print(f"{outcome.rules} rules, {outcome.examples} examples, {len(outcome.problems)} problems")
    return 1 if outcome.problems else 0


def _load(files: list[str] | None) -> tuple[Rule, ...]:
    from secretscan.rules.load import load_rules

    if files is None:
        return load_rules()
    for name in files:
        if not Path(name).is_file():
            raise UsageError(f"{name} is not a file", help="name TOML files of rules")
    return load_rules([Path(name) for name in files])


def _described(rule: Rule) -> list[str]:
    """Lines about one rule. Its example is a generated value, never a real one."""
    from secretscan.rules.samples import fill

    rows = {
        "id": rule.id,
        "name": rule.name,
        "provider": rule.provider,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "why": rule.description,
        "what to do": rule.remedy,
        "keywords": ", ".join(rule.keywords),
        "pattern": rule.pattern,
        "min entropy": str(rule.min_entropy) if rule.min_entropy else "",
        "structure": rule.structure,
        "judge": rule.judge,
        "pairs with": ", ".join(rule.pair.with_rules) if rule.pair else "",
        "verified": rule.verifier or (rule.verify.url if rule.verify else ""),
        "references": "\n".join(rule.references),
        "example": fill(rule.examples[0], seed=f"{rule.id}/0") if rule.examples else "",
        "from": rule.source,
    }
    return [f"{name:12} {text}".replace("\n", "\n" + " " * 13) for name, text in rows.items() if text]
