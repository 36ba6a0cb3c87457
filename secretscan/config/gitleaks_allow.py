"""gitleaks' allowlists as ours: path regexes become gitignore patterns where that is the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from secretscan.config.go_regex import translate_search
from secretscan.config.toml_text import Tables

_KEYS: tuple[str, ...] = (
    "id",
    "description",
    "regexes",
    "regexTarget",
    "paths",
    "stopwords",
    "commits",
    "condition",
)
_KEYS += ("targetRules",)
_NAME = r"(?:[\w@ ,/-]|\\[.\-/_+])+"
_ROOTED = re.compile(rf"\^({_NAME}?)(/)?(?:\.\*)?(\$?)")
_FLOATING = re.compile(rf"(?:\(\?:\^\|/\)|\(\^\|/\)|/)({_NAME}?)(/(?:\.\*)?)?(\$?)")
_SUFFIX = re.compile(r"(?:\^?\.\*)?((?:\\\.[\w-]+)+)\$")
_CHOICE = re.compile(r"(?:\^?\.\*)?(\\\.)\((?:\?i\)\(|\?:|\?i:)?([\w|]+)\)\$")


def globs_of(patterns: Iterable[object], lost: list[str]) -> list[str]:
    """Return gitignore patterns for path regexes; those that have none are stated in `lost`."""
    globs: list[str] = []
    for pattern in patterns:
        found = _globs(str(pattern))
        globs += found
        if not found:
            lost.append(f"path regex `{str(pattern)[:120]}`: write it as a gitignore pattern")
    return globs


def _globs(pattern: str) -> list[str]:
    """Return the gitignore patterns that cover what `pattern` finds, or none."""
    choice = _CHOICE.fullmatch(pattern)
    if choice:
        return [f"*.{suffix}" for suffix in choice[2].split("|")]
    suffix = _SUFFIX.fullmatch(pattern)
    if suffix:
        return ["*" + suffix[1].replace("\\", "")]
    for shape, head in ((_ROOTED, "/"), (_FLOATING, "**/")):
        found = shape.fullmatch(pattern)
        if found and found[1]:
            name = re.sub(r"\\(.)", r"\1", found[1]).strip("/")
            if found[2]:
                return [f"{head}{name}/"]
            return [f"{head}{name}"] if found[3] else [f"{head}{name}*"]
    return []


def rule_allowlists(rule_id: str, raw: Mapping[str, object], lost: list[str]) -> Tables:
    """Return the tables that stand for an allowlist of one rule."""
    if is_joint(raw):
        return allow_entries([rule_id], raw, lost)
    table = _criteria(raw, lost)
    if not table:
        return []
    words = _texts(raw, "stopwords")
    merged: dict[str, object] = {"reason": _reason(raw), **table, **({"stopwords": words} if words else {})}
    return [("rules.allowlists", merged)]


def is_joint(raw: Mapping[str, object]) -> bool:
    """Whether all criteria of an allowlist must hold, not just one."""
    return str(raw.get("condition", "OR")).upper() in ("AND", "&&")


def allow_entries(rules: Sequence[str], raw: Mapping[str, object], lost: list[str]) -> Tables:
    """Return `[[allow]]` entries for an allowlist: one for each of its criteria, or one for all under AND.

    None under AND when a criterion cannot be taken over: without it the entry would allow more.
    """
    table = _criteria(raw, lost)
    words = [f"(?i:{re.escape(word)})" for word in _texts(raw, "stopwords")]
    head: dict[str, object] = {"reason": _reason(raw), **({"rules": list(rules)} if rules else {})}
    if is_joint(raw):
        missing = _missing(raw, table)
        if missing:
            lost.append(
                f"allowlist `{_reason(raw)}`: left out as a whole, as under AND it would allow more without its "
                + ", ".join(f"`{key}`" for key in missing)
            )
            return []
        if words:
            table["secrets"] = words
        return [("allow", {**head, **table})] if table else []
    if words:
        table["secrets"] = [*table.get("secrets", []), *words]
    return [("allow", {**head, key: value}) for key, value in table.items()]


def _missing(raw: Mapping[str, object], table: Mapping[str, list[str]]) -> list[str]:
    """Return the criteria of an allowlist that `table` has nothing of. Unknown keys may be some."""
    missing = [key for key in raw if key not in _KEYS]
    if raw.get("commits"):
        missing.append("commits")
    if raw.get("paths") and "paths" not in table:
        missing.append("paths")
    if raw.get("regexes") and not ("secrets" in table or "lines" in table):
        missing.append("regexes")
    if raw.get("stopwords") and ("secrets" in table or not _texts(raw, "stopwords")):
        missing.append("stopwords")  # of one entry, regexes and stopwords in the secret would be alternatives
    return missing


def _criteria(raw: Mapping[str, object], lost: list[str]) -> dict[str, list[str]]:
    """Return paths, and regexes under the name of what they are searched in."""
    name = _reason(raw)
    lost += [f"allowlist `{name}`: unknown key `{key}`" for key in raw if key not in _KEYS]
    if _texts(raw, "commits"):
        lost.append(
            f"allowlist `{name}`: `commits`, as a finding here belongs to no single commit; use a baseline"
        )
    table: dict[str, list[str]] = {}
    if globs := globs_of(_texts(raw, "paths"), lost):
        table["paths"] = globs
    target = str(raw.get("regexTarget", "secret"))
    if target == "match":
        lost.append(f'allowlist `{name}`: regexTarget = "match" is read as the line of the match')
    for pattern in _texts(raw, "regexes"):
        try:
            translated = translate_search(pattern)
        except ValueError as error:
            lost.append(f"allowlist `{name}`: a regex is left out: {error}")
            continue
        table.setdefault("secrets" if target == "secret" else "lines", []).append(translated)
    return table


def _reason(raw: Mapping[str, object]) -> str:
    """Return the description, or where the entry comes from."""
    return str(raw.get("description") or "from gitleaks' configuration")


def _texts(raw: Mapping[str, object], key: str) -> list[str]:
    """Return the list of strings at `key`; empty when there is none."""
    found = raw.get(key)
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
