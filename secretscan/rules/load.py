"""From TOML to `Rule`: parsing and checking of rule files, the built-in ones and the user's alike.

Whether examples match is the engine's to say (`secretscan rules check`); here every rule is made sure to be
usable, and an unusable one is an error that names file, rule and field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from secretscan.errors import RuleError
from secretscan.model.finding import Confidence, Severity
from secretscan.rules.fields import ALLOW_FIELDS, FILE_FIELDS, PAIR_FIELDS, RULE_FIELDS, VERIFY_FIELDS
from secretscan.rules.keyed import expand
from secretscan.rules.locate import pattern_files
from secretscan.rules.model import Allowlist, FileKind, Pairing, Rule, VerifyHttp
from secretscan.rules.samples import SampleError, fill
from secretscan.rules.table import Table
from secretscan.rules.tree import UNBOUNDED, parse, widths
from secretscan.rules.verbose import without_verbose

WIDEST = 32 * 1024
"""Most bytes a match may cover: a PGP key block of 16384 bits with its armour."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def load_rules(files: Iterable[Path] | None = None) -> tuple[Rule, ...]:
    """Return the rules of `files`, the built-in ones by default, sorted by id.

    Raises `RuleError` for a file that cannot be read or parsed, a bad rule, an id
    used twice, or no rule at all.
    """
    paths = pattern_files() if files is None else tuple(files)
    rules: dict[str, Rule] = {}
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(f"{path.name} cannot be read: {error}") from error
        for rule in parse_rules(text, path.name):
            _add(rules, rule)
    if not rules:
        raise RuleError("there is no rule to scan with", help="add one, or drop `extend = false`")
    return tuple(rules[key] for key in sorted(rules))


def parse_rules(text: str, source: str) -> tuple[Rule, ...]:
    """Return the rules in `text`, the TOML of a rule file called `source`, in their order there."""
    import tomllib

    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RuleError(f"{source} is no TOML: {error}") from None
    Table(data, source).only(FILE_FIELDS)
    return rules_of(data, source)


def rules_of(
    data: Mapping[str, object], source: str, lines: Mapping[str, Sequence[int]] | None = None
) -> tuple[Rule, ...]:
    """Return the rules in the `rules` and `keyed` tables of `data`, whatever else it holds.

    `lines` are those of the tables, from 1, for messages.
    """
    whole = Table(data, source)
    provider = whole.text("provider", "")
    rules: dict[str, Rule] = {}
    for row in _rows(whole, "rules", source, lines):
        _add(rules, _rule(row, provider, source))
    for row in _rows(whole, "keyed", source, lines):
        _add(rules, replace(_rule(Table(expand(row), row.where), provider, source), starts_with_keyword=True))
    return tuple(rules.values())


def _rows(whole: Table, key: str, source: str, lines: Mapping[str, Sequence[int]] | None) -> Iterator[Table]:
    """Yield the tables at `key`, called by id and place."""
    tables = whole.tables(key)
    known = lines.get(key, ()) if lines else ()
    for number, table in enumerate(tables, 1):
        place = f"{source}:{known[number - 1]}" if len(known) == len(tables) else source
        name = table.data.get("id")
        yield Table(
            table.data, f'rule "{name}" in {place}' if isinstance(name, str) else f"rule {number} in {place}"
        )


def _add(rules: dict[str, Rule], rule: Rule) -> None:
    if rule.id in rules:
        raise RuleError(
            f'rule "{rule.id}" in {rule.source}, field id: also the id of a rule in {rules[rule.id].source}',
            help="ids are unique over all files; choose another",
        )
    rules[rule.id] = rule


def _rule(table: Table, provider: str, source: str) -> Rule:
    table.only(RULE_FIELDS)
    if not _ID.match(table.text("id")):
        raise table.error("id", "must be lower-case words joined by dashes")
    kinds = table.texts("file_kinds") or ("any",)
    if wrong := [kind for kind in kinds if kind not in get_args(FileKind)]:
        raise table.error("file_kinds", f'"{wrong[0]}" is not one of {", ".join(get_args(FileKind))}')
    return Rule(
        id=table.text("id"),
        name=table.text("name"),
        description=table.text("description"),
        provider=table.text("provider", provider or None),
        severity=table.choice("severity", Severity),
        confidence=table.choice("confidence", Confidence, Confidence.MEDIUM),
        pattern=_pattern(table),
        keywords=table.texts("keywords"),
        min_entropy=table.number("min_entropy", 0.0),
        structure=table.text("structure", ""),
        judge=table.text("judge", ""),
        family=table.text("family", ""),
        verifier=table.text("verifier", ""),
        verify=_verify(table.table("verify")),
        pair=_pairing(table.table("pair")),
        categories=table.texts("categories"),
        references=table.texts("references"),
        remedy=table.text("remedy", ""),
        allowlists=tuple(map(_allowlist, table.tables("allowlists"))),
        file_kinds=kinds,  # type: ignore[arg-type]  # checked above
        examples=_examples(table),
        negative_examples=table.texts("negative_examples"),
        source=source,
    )


def _pattern(table: Table) -> str:
    if table.flag("composite", False):
        if "pattern" in table.data:
            raise table.error("pattern", "a composite rule is joined out of others and has no pattern")
        return ""
    pattern = table.text("pattern")
    try:
        pattern = without_verbose(pattern)
        compiled = re.compile(pattern.encode("latin-1"))
        least, most = widths(parse(pattern))
    except (re.error, UnicodeEncodeError, OverflowError) as error:
        raise table.error("pattern", f"is no regex on bytes: {error}") from error
    if "secret" not in compiled.groupindex:
        raise table.error("pattern", "has no group named secret", help="wrap what to report as (?P<secret>…)")
    if compiled.groups > len(compiled.groupindex):
        raise table.error("pattern", "has a group without a name", help="write (?:…) when it is not reported")
    if most >= UNBOUNDED:
        raise table.error("pattern", "has a repeat without a limit", help="write {0,40} for *, {1,40} for +")
    if most > WIDEST:
        raise table.error("pattern", f"can match {most} bytes, more than {WIDEST}")
    if least == 0:
        raise table.error("pattern", "can match nothing at all")
    return pattern


def _examples(table: Table) -> tuple[str, ...]:
    examples, keywords = table.texts("examples"), [word.lower() for word in table.texts("keywords")]
    for field in ("examples", "negative_examples"):
        for number, text in enumerate(table.texts(field)):
            try:
                filled = fill(text, seed=f"{table.text('id')}/{number}").lower()
            except SampleError as error:
                raise table.error(field, str(error)) from error
            if field == "examples" and keywords and not any(word in filled for word in keywords):
                raise table.error("examples", f"number {number + 1} holds none of the keywords")
    return examples


def _allowlist(table: Table) -> Allowlist:
    table.only(ALLOW_FIELDS)
    lists = {key: table.texts(key) for key in ("secrets", "lines", "paths", "stopwords")}
    if not any(lists.values()):
        raise table.error("secrets", "the allowlist allows nothing", help="see also lines, paths, stopwords")
    for key in ("secrets", "lines"):
        for pattern in lists[key]:
            try:
                re.compile(pattern.encode("utf-8"))
            except re.error as error:
                raise table.error(key, f"is no regex: {error}") from error
    return Allowlist(reason=table.text("reason"), **lists)


def _pairing(table: Table | None) -> Pairing | None:
    if table is None:
        return None
    table.only(PAIR_FIELDS)
    if not table.texts("with"):
        raise table.error("with", "needs the id of at least one rule")
    return Pairing(
        with_rules=table.texts("with"),
        part=table.text("as"),
        within_lines=int(table.number("within_lines", 10)),
        becomes=table.text("becomes", ""),
        required=table.flag("required", False),
        public=table.flag("public", True),
    )


def _verify(table: Table | None) -> VerifyHttp | None:
    if table is None:
        return None
    table.only(VERIFY_FIELDS)
    basic = table.texts("basic")
    if basic and len(basic) != 2:
        raise table.error("basic", "must be a user and a password")
    if not table.text("url").startswith("https://"):
        raise table.error("url", "must start with https://", help="a credential is never sent in the clear")
    return VerifyHttp(
        method=table.text("method", "GET"),
        url=table.text("url"),
        headers=table.string_map("headers"),
        body=table.text("body", ""),
        basic=(basic[0], basic[1]) if basic else None,
        active_status=table.numbers("active_status", (200,)),
        active_body=table.text("active_body", ""),
        inactive_status=table.numbers("inactive_status", (401,)),
        inactive_body=table.text("inactive_body", ""),
        identity=table.texts("identity"),
    )
