"""From the bytes of a baseline file to checked entries. Every error names file, line and next step."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from secretscan.errors import BaselineError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KEYS = ("fingerprint", "rule", "reason", "expires")
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_VERSION = '"version"'
_AGAIN = "write it again with `secretscan baseline write`"


@dataclass(frozen=True, slots=True)
class Parsed:
    """One entry as the file states it."""

    fingerprint: str
    rule: str
    reason: str
    expires: date | None
    line: int
    """From 1."""


def parse(data: bytes, path: str) -> Iterator[Parsed]:
    """Yield the entries of the baseline `data`; `path` is for messages. Raises `BaselineError`."""
    text = _text(data, path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        conflict = re.search(r"^(?:<{7}|={7}|>{7})", text, re.MULTILINE)
        line = text.count("\n", 0, conflict.start()) + 1 if conflict else error.lineno
        cause = "an unresolved merge conflict" if conflict else f"not JSON ({error.msg})"
        step = "keep the entries of both sides, one a line" if conflict else _AGAIN
        raise BaselineError(f"{path}:{line}: {cause}", help=step) from None
    except (RecursionError, ValueError):
        raise BaselineError(f"{path}: JSON that no baseline holds", help=_AGAIN) from None
    if not isinstance(document, dict) or not isinstance(document.get("entries"), list):
        raise BaselineError(f"{path}:1: not a baseline: it has no list `entries`", help=_foreign(document))
    if document.get("version") != 1:
        raise BaselineError(
            f"{path}:{_line_of(text, _VERSION)}: format version {document.get('version')!r} is not known",
            help="update secretscan, or " + _AGAIN,
        )
    for key in document:
        if key not in ("version", "entries"):
            raise BaselineError(
                f"{path}:{_line_of(text, json.dumps(key))}: unknown key {key!r}",
                help="keep `version` and `entries`",
            )
    lines = _entry_lines(text)
    for number, raw in enumerate(document["entries"]):
        yield _entry(raw, path, lines[number] if number < len(lines) else 1)


def _text(data: bytes, path: str) -> str:
    """Return `data` as text. UTF-8 unless a byte order mark says UTF-16 or UTF-32."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BaselineError(f"{path}:{line}: not {encoding} text", help="save it as UTF-8") from None


def _foreign(document: object) -> str:
    """Return the next step for a file that is some other tool's."""
    if isinstance(document, dict) and "results" in document and "plugins_used" in document:
        return "this is a detect-secrets baseline; write ours with `secretscan baseline write`"
    if isinstance(document, list):
        return "this looks like another tool's report; write a baseline with `secretscan baseline write`"
    return _AGAIN


def _line_of(text: str, needle: str) -> int:
    """Return the line of the first `needle`, from 1; 1 when it is not there."""
    return text.count("\n", 0, max(text.find(needle), 0)) + 1


def _entry_lines(text: str) -> list[int]:
    """Return the line on which each element of `entries` begins.

    The quotes of a key cannot stand unescaped inside a JSON string, so the search cannot hit a value.
    """
    start = _ENTRIES.search(text)
    lines: list[int] = []
    if not start:
        return lines
    decoder = json.JSONDecoder()
    at, line, counted = start.end(), 1, 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text) or text[at] == "]":
            return lines
        line += text.count("\n", counted, at)
        counted = at
        lines.append(line)
        _, at = decoder.raw_decode(text, at)


def _entry(raw: object, path: str, line: int) -> Parsed:
    """Return one checked entry. Raises `BaselineError`."""
    where = f"{path}:{line}"
    if not isinstance(raw, Mapping):
        raise BaselineError(f"{where}: an entry is not an object", help=_AGAIN)
    for key, value in raw.items():
        if key not in _KEYS:
            raise BaselineError(f"{where}: unknown key {key!r}", help=f"an entry has {', '.join(_KEYS)}")
        if not isinstance(value, str):
            raise BaselineError(f"{where}: {key} is not a string", help=_AGAIN)
    mark, reason = raw.get("fingerprint", ""), raw.get("reason", "")
    if not _FINGERPRINT.fullmatch(mark):
        raise BaselineError(
            f"{where}: fingerprint is not 32 hexadecimal digits", help="copy it from a JSON report"
        )
    if not reason.strip():
        raise BaselineError(f"{where}: no reason given", help='add "reason": "why this may stay"')
    return Parsed(mark, raw.get("rule", ""), reason, _expiry(raw.get("expires"), where), line)


def _expiry(raw: str | None, where: str) -> date | None:
    """Return the day in `raw`, or `None` when there is none. Raises `BaselineError`."""
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise BaselineError(f"{where}: expires is not a date", help='write it like "2027-01-31"') from None
