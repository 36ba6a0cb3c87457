"""`secretscan rules`: what is looked for, and the proof that each rule works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.cli.known import root_of
from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.pipeline.setup import own_rules
from secretscan.rules.model import Rule

if TYPE_CHECKING:
    from secretscan.config.model import Config

app = command_app("List the rules, show one, or check that they all work.")

_Files = Annotated[
    list[str] | None,
    typer.Option(
        "--rules",
        metavar="FILE",
        help="Files to use instead of the built-in rules and the repository's own: of rules, or a configuration; "
        "repeatable.",
    ),
]


@app.command(name="list")
def list_rules(
    files: _Files = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/rules.md.")] = False,
) -> int:
    """Print every rule that scans of this repository use: id, severity, confidence, name."""
    if markdown:
        from secretscan.cli.rulepage import rule_page
        from secretscan.rules.load import load_rules

        print(rule_page(load_rules() if files is None else _load(files)), end="")
        return 0
    rules = _in_use() if files is None else _load(files)
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
    rules = {rule.id: rule for rule in (_known() if files is None else _load(files))}
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
    from secretscan.rules.load import load_rules

    builtin = load_rules()
    others = {rule.id for rule in builtin} if any(_is_configuration(name) for name in files or ()) else ()
    outcome = check_rules(_load(files) if files else builtin, others=others)
    for problem in outcome.problems:
        print(problem)
    if timings:
        for rule_id, seconds in outcome.slowest:
            print(f"{seconds * 1000:8.2f} ms  {rule_id}")
    print(f"{outcome.rules} rules, {outcome.examples} examples, {len(outcome.problems)} problems")
    return 1 if outcome.problems else 0


def _in_use() -> tuple[Rule, ...]:
    """Return the rules that scans of the repository use, those of its configuration included."""
    from secretscan.config.effective import effective
    from secretscan.rules.load import load_rules

    config = _configuration()
    return effective(config, load_rules(), own_rules(config)).rules


def _known() -> tuple[Rule, ...]:
    """Return all rules, turned off or not; one of the repository's own stands before the built-in one of its id."""
    from secretscan.rules.load import load_rules

    return (*load_rules(), *own_rules(_configuration()))


def _configuration() -> Config:
    """Return the configuration of the repository that the working directory lies in."""
    from secretscan.config.discover import configuration

    return configuration(root_of("."))


def _is_configuration(name: str) -> bool:
    from secretscan.config.load import is_configuration

    return is_configuration(Path(name))


def _load(files: list[str]) -> tuple[Rule, ...]:
    """Return the rules of files, each of rules or a configuration."""
    from secretscan.config.load import load
    from secretscan.rules.load import load_rules

    for name in files:
        if not Path(name).is_file():
            raise UsageError(f"{name} is not a file", help="name TOML files of rules, or a configuration")
    own: list[Rule] = []
    for name in filter(_is_configuration, files):
        rules = own_rules(load(Path(name)))
        if not rules:
            raise UsageError(
                f"{name} has no rules of its own", help="leave --rules out for the built-in ones"
            )
        own += rules
    plain = [Path(name) for name in files if not _is_configuration(name)]
    return (*(load_rules(plain) if plain else ()), *own)


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
