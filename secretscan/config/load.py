"""From a configuration file to `Config`. Every mistake is a `ConfigError` with file, line and next step."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from secretscan.config.discover import FILE_NAME, MAX_FILE_BYTES, PYPROJECT, is_inside
from secretscan.config.globs import compile_globs
from secretscan.config.keylines import name_lines, table_lines
from secretscan.config.model import Allow, Config, VerifySettings
from secretscan.config.notes import notes_of
from secretscan.config.section import Section
from secretscan.errors import ConfigError
from secretscan.model.finding import Confidence, Severity

_KEYS = (
    "extend",
    "rules",
    "keyed",
    "disable",
    "allow",
    "exclude",
    "severity",
    "min_confidence",
    "max_file_bytes",
    "baseline",
    "verify",
)
_RULES = ("rules", "keyed")
_ALLOW_KEYS = ("reason", "rule", "rules", "paths", "secrets", "lines", "fingerprints", "expires")
_VERIFY_KEYS = ("skip", "canary_accounts", "timeout_s", "requests_per_second")
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def load(path: Path, *, root: Path | None = None, is_trusted: bool = True) -> Config:
    """Return what the file at `path` says.

    With `is_trusted` false it may not name files outside of `root`, and rules in it lose their `verify`
    tables. Raises `ConfigError`.
    """
    text = _text(path)
    table = _toml(text, path.name)
    section = Section(table, (), text, path.name)
    if path.name == PYPROJECT:
        section = section.table_at("tool").table_at("secretscan")
    section.only(_KEYS)
    folder = (root or path.parent) if not is_trusted else path.parent
    rule_tables, unverified = _rule_tables(section, is_trusted)
    config = Config(
        source=path.name if not is_trusted else str(path),
        is_trusted=is_trusted,
        extend=section.flag("extend", True),
        rule_tables=rule_tables,
        rule_lines={name: table_lines(text, (*section.key, name)) for name in _RULES if name in rule_tables},
        disable=section.strings("disable"),
        allow=tuple(_allow(entry) for entry in section.tables_at("allow")),
        exclude=_globs(section, "exclude"),
        severity=_severity(section.table_at("severity")),
        min_confidence=_confidence(section),
        max_file_bytes=_max_file_bytes(section),
        baseline=_baseline(section, folder, is_trusted),
        verify=_verify(section),
    )
    return notes_of(replace(config, lines=name_lines(text, config.rule_ids())), unverified)


def is_configuration(path: Path) -> bool:
    """Whether the file at `path` is a configuration and not a file of rules, whose tables it may hold too."""
    import tomllib

    if path.name in (FILE_NAME, PYPROJECT):
        return True
    try:
        table = tomllib.loads(_text(path))
    except (ConfigError, ValueError, RecursionError):
        return False
    return any(key in _KEYS and key not in _RULES for key in table)


def _text(path: Path) -> str:
    """Return the text of the file, byte order marks understood."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigError(
                f"{path.name} is larger than {MAX_FILE_BYTES >> 20} MiB", help=f"keep {FILE_NAME} to settings"
            )
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror or type(error).__name__}",
            help="check the name after --config",
        ) from error
    try:
        return data.decode("utf-16" if data.startswith(_MARKS) else "utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path.name}:{line}: not UTF-8 text", help="save it as UTF-8") from None


def _toml(text: str, name: str) -> dict[str, object]:
    """Return `text` parsed. The import waits until there is a file, as a hook mostly has none."""
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError as error:  # a number of thousands of digits is no TOMLDecodeError
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        line = place[1] if place else str(text.count("\n") + 1)
        cause = str(error).replace(place[0], "") if place else str(error)
        raise ConfigError(f"{name}:{line}: not TOML: {cause}", help="see https://toml.io/en/v1.0.0") from None
    except RecursionError:
        raise ConfigError(f"{name}: nested too deeply", help="a configuration needs three levels") from None


def _rule_tables(section: Section, is_trusted: bool) -> tuple[Mapping[str, object], tuple[str, ...]]:
    """Return the tables of rules, and the ids of those that lost a `verify` table for want of trust."""
    tables: dict[str, object] = {}
    unverified: list[str] = []
    for name in _RULES:
        kept: list[Mapping[str, object]] = []
        for entry in section.tables_at(name):
            if not is_trusted and "verify" in entry.table:
                unverified.append(str(entry.table.get("id", "?")))
            hidden = () if is_trusted else ("verify",)
            kept.append({key: value for key, value in entry.table.items() if key not in hidden})
        if kept:
            tables |= {name: kept, "provider": "custom"}
    return tables, tuple(unverified)


def _allow(entry: Section) -> Allow:
    """Return one `[[allow]]` entry, which must give a reason and at least one criterion."""
    entry.only(_ALLOW_KEYS)
    reason = entry.table.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise entry.error(
            "reason", "an [[allow]] entry without a `reason`", 'add reason = "why this may stay"'
        )
    allow = Allow(
        reason=reason,
        rules=entry.strings("rule") + entry.strings("rules"),
        paths=_globs(entry, "paths"),
        secrets=entry.regexes("secrets"),
        lines=entry.regexes("lines"),
        fingerprints=entry.strings("fingerprints"),
        expires=entry.day("expires"),
        line=entry.line(),
    )
    if not (allow.rules or allow.paths or allow.secrets or allow.lines or allow.fingerprints):
        raise entry.error(
            "",
            "an [[allow]] entry that covers everything",
            "add rules, paths, secrets, lines or fingerprints",
        )
    for mark in allow.fingerprints:
        if not _FINGERPRINT.fullmatch(mark):
            raise entry.error(
                "fingerprints", "a fingerprint is not 32 hexadecimal digits", "copy it from a report"
            )
    return allow


def _globs(section: Section, key: str) -> tuple[str, ...]:
    """Return the gitignore patterns at `key`, each usable."""
    patterns = section.strings(key)
    try:
        compile_globs(patterns)
    except (ValueError, re.error) as error:
        raise section.error(
            key, f"bad pattern in `{key}`: {error}", "patterns are those of .gitignore"
        ) from None
    return patterns


def _severity(section: Section) -> dict[str, Severity]:
    """Return the severity overrides by rule id."""
    levels = tuple(level.value for level in Severity)
    return {rule_id: Severity(section.choice(rule_id, levels)) for rule_id in section.table}


def _confidence(section: Section) -> Confidence | None:
    """Return the threshold, or `None` when the file sets none."""
    name = section.choice("min_confidence", tuple(level.value for level in Confidence))
    return Confidence(name) if name else None


def _max_file_bytes(section: Section) -> int | None:
    """Return the size limit, or `None` when the file sets none."""
    limit = section.number("max_file_bytes", 1, 1 << 40)
    return None if limit is None else int(limit)


def _baseline(section: Section, folder: Path, is_trusted: bool) -> Path | None:
    """Return the path of the baseline, which an untrusted file may only choose within its repository."""
    raw = section.table.get("baseline")
    if raw is None:
        return None
    if not isinstance(raw, str) or not raw or "\0" in raw:
        raise section.error(
            "baseline", "`baseline` is not a path", 'write baseline = ".secretscan-baseline.json"'
        )
    path = folder / raw
    if not is_trusted and not is_inside(path, folder):
        raise section.error(
            "baseline",
            "`baseline` lies outside of the repository",
            "name a file in it, or pass --baseline FILE",
        )
    return path


def _verify(section: Section) -> VerifySettings:
    """Return the settings of verification. Whether it happens is the command line's to say."""
    if isinstance(section.table.get("verify"), bool):
        raise section.error("verify", "verification cannot be switched on by a file", "pass --verify instead")
    table = section.table_at("verify")
    table.only(_VERIFY_KEYS)
    accounts = table.strings("canary_accounts")
    if not all(_ACCOUNT.fullmatch(account) for account in accounts):
        raise table.error("canary_accounts", "an AWS account id is not 12 digits", 'write ["123456789012"]')
    return VerifySettings(
        skip=table.strings("skip"),
        canary_accounts=accounts,
        timeout_s=table.number("timeout_s", 0.1, 120),
        requests_per_second=table.number("requests_per_second", 0.01, 1000),
    )
