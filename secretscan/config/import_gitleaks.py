"""A gitleaks configuration and ignore file as ours: what was taken over, and what could not be."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from secretscan.config.gitleaks_allow import allow_entries, globs_of, is_joint, rule_allowlists
from secretscan.config.go_regex import translate
from secretscan.config.toml_text import Tables, render
from secretscan.errors import ConfigError
from secretscan.model.counts import plural

_TOP_KEYS = frozenset({"title", "description", "extend", "rules", "allowlist", "allowlists", "minVersion"})
_RULE_KEYS = (
    *("id", "description", "regex", "secretGroup", "entropy", "keywords", "tags", "path"),
    "allowlist",
    "allowlists",
    "skipReport",
)
_MARK = re.compile(r"(?:(?P<commit>[0-9a-f]{7,64}):)?(?P<path>.+):(?P<rule>[^:]+):(?P<line>\d+)")


@dataclass(frozen=True, slots=True)
class Imported:
    """A configuration of ours, and what it lacks of the other."""

    text: str
    """TOML for `.secretscan.toml`."""
    lost: tuple[str, ...]
    """What could not be taken over, one sentence each."""


@dataclass(slots=True)
class _Draft:
    """What is being put together."""

    top: dict[str, object] = field(default_factory=dict)
    tables: Tables = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def import_gitleaks(config: str, ignore: str = "", *, known_rules: Collection[str] = ()) -> Imported:
    """Return what does the same as `config` (.gitleaks.toml) and `ignore` (.gitleaksignore).

    `known_rules` are the ids of our built-in rules, to tell which disabled ones exist. Raises `ConfigError`
    when `config` is not TOML.
    """
    import tomllib

    try:
        table = tomllib.loads(config)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f".gitleaks.toml is not TOML: {error}", help="mend it, then import again") from None
    draft = _Draft()
    _extend(draft, table, known_rules)
    _rules(draft, table)
    own = {str(rule["id"]) for name, rule in draft.tables if name == "rules"}
    for allowlist in (table.get("allowlist"), *_list(table.get("allowlists"))):
        if isinstance(allowlist, Mapping):
            _global_allowlist(draft, allowlist, own | set(known_rules))
    _ignored(draft, ignore, own | set(known_rules))
    draft.lost += [f"unknown key `{key}`" for key in table if key not in _TOP_KEYS]
    head = "# Taken over from gitleaks' configuration by `secretscan config import`."
    return Imported(render(head, draft.top, draft.tables), tuple(draft.lost))


def _extend(draft: _Draft, table: Mapping[str, object], known_rules: Collection[str]) -> None:
    """Take over whether the built-in rules are used, and which are not."""
    extend = table.get("extend")
    extend = extend if isinstance(extend, Mapping) else {}
    if _list(table.get("rules")) and not extend.get("useDefault"):
        draft.top["extend"] = False
    for key in ("path", "url"):
        if key in extend:
            draft.lost.append(f"[extend] {key}: import that file too, and join the two")
    disabled = [_rule_id(item) for item in _list(extend.get("disabledRules"))]
    if there := [rule_id for rule_id in disabled if rule_id in known_rules]:
        draft.top["disable"] = there
    draft.lost += [
        f"disabled rule `{rule_id}`: no built-in rule has this id"
        for rule_id in disabled
        if rule_id not in there
    ]


def _rules(draft: _Draft, table: Mapping[str, object]) -> None:
    """Take over the rules."""
    for raw in _list(table.get("rules")):
        if not isinstance(raw, Mapping):
            continue
        rule_id = _rule_id(raw.get("id", ""))
        try:
            rule = _rule(rule_id, raw, draft)
        except ValueError as error:
            draft.lost.append(f"rule `{rule_id}`: {error}")
            continue
        draft.tables.append(("rules", rule))
        for allowlist in (raw.get("allowlist"), *_list(raw.get("allowlists"))):
            if isinstance(allowlist, Mapping):
                draft.tables += rule_allowlists(rule_id, allowlist, draft.lost)


def _rule(rule_id: str, raw: Mapping[str, object], draft: _Draft) -> dict[str, object]:
    """Return one rule of ours. Raises `ValueError` when it cannot be expressed."""
    pattern, number = raw.get("regex"), raw.get("secretGroup", 0)
    if not isinstance(pattern, str) or not pattern:
        raise ValueError("it matches by path alone, which we have not")
    if "path" in raw:
        draft.lost.append(f"rule `{rule_id}`: `path` narrows it to some files; it now applies to all")
    draft.lost += [f"rule `{rule_id}`: unknown key `{key}`" for key in raw if key not in _RULE_KEYS]
    description = str(raw.get("description") or rule_id)
    rule: dict[str, object] = {
        "id": rule_id,
        "name": description.splitlines()[0][:80],
        "description": description,
        "severity": "high",
        "confidence": "medium",
        "pattern": translate(pattern, secret_group=number if isinstance(number, int) else 0),
    }
    if keywords := [str(word) for word in _list(raw.get("keywords"))]:
        rule["keywords"] = keywords
    if tags := [str(tag) for tag in _list(raw.get("tags"))]:
        rule["categories"] = tags
    entropy = raw.get("entropy")
    if isinstance(entropy, int | float) and entropy > 0:
        rule["min_entropy"] = float(entropy)
    return rule


def _global_allowlist(draft: _Draft, raw: Mapping[str, object], rules: Collection[str]) -> None:
    """Take over an allowlist for all rules or, with `targetRules`, for some."""
    targets = [_rule_id(item) for item in _list(raw.get("targetRules"))]
    unknown = [rule_id for rule_id in targets if rule_id not in rules]
    draft.lost += [f"allowlist for rule `{rule_id}`: no rule has this id" for rule_id in unknown]
    targets = [rule_id for rule_id in targets if rule_id in rules]
    if unknown and not targets:
        return
    only_paths = not any(key in raw for key in ("regexes", "stopwords"))
    if only_paths and not targets and not is_joint(raw):
        globs = globs_of(_list(raw.get("paths")), draft.lost)
        draft.top["exclude"] = [*_list(draft.top.get("exclude")), *globs]
        if _list(raw.get("commits")):
            draft.lost.append(
                "allowlist `commits`: a finding here belongs to no single commit; use a baseline"
            )
        return
    draft.tables += allow_entries(targets, raw, draft.lost)


def _ignored(draft: _Draft, ignore: str, rules: Collection[str]) -> None:
    """Take over `.gitleaksignore`, one `[[allow]]` for each rule and file."""
    seen: set[tuple[str, str]] = set()
    for line in map(str.strip, ignore.splitlines()):
        if not line or line.startswith("#"):
            continue
        mark = _MARK.fullmatch(line)
        if mark is None:
            draft.lost.append(f"ignored fingerprint `{line[:120]}`: not [commit:]file:rule:line")
            continue
        rule_id, path = _rule_id(mark["rule"]), mark["path"]
        if rule_id not in rules:
            draft.lost.append(f"ignored fingerprint in {path}: no rule has the id `{rule_id}`")
        elif (rule_id, path) not in seen:
            seen.add((rule_id, path))
            glob = "/" + re.sub(r"([\[\]*?\\])", r"\\\1", path)
            entry: dict[str, object] = {"reason": "from .gitleaksignore", "rules": [rule_id], "paths": [glob]}
            draft.tables.append(("allow", entry))
    if seen:
        draft.lost.append(
            f".gitleaksignore: {plural(len(seen), 'entry now covers its', 'entries now cover their')} rule "
            "in the whole file, not one line of it"
        )


def _rule_id(raw: object) -> str:
    """Return an id in our spelling: lower-case words joined by dashes."""
    return "-".join(re.findall(r"[a-z0-9]+", str(raw).lower())) or "unnamed"


def _list(raw: object) -> list[object]:
    """Return `raw` when it is a list, an empty one otherwise."""
    return raw if isinstance(raw, list) else []
