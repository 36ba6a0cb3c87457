"""Lines of keys in a TOML text, for error messages: `tomllib` keeps no positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

Key = tuple[str | int, ...]
"""Way to a value: names, and for arrays of tables the index, from 0."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_ASSIGNED = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_NAME = re.compile(_PART)
_LONG_QUOTE = re.compile(r"\"\"\"|'''")


def line_of(text: str, key: Sequence[str | int]) -> int:
    """Return the line, from 1, on which the value at `key` is set, or else that of the table around it."""
    keys = list(_keys(text))
    for length in range(len(key), 0, -1):
        wanted = tuple(key[:length])
        for line, found in keys:
            if found[:length] == wanted:
                return line
    return 1


def table_lines(text: str, key: Sequence[str | int]) -> tuple[int, ...]:
    """Return the line, from 1, of each `[[key]]` header, in their order."""
    wanted = tuple(key)
    return tuple(line for line, found in _keys(text) if found[:-1] == wanted and isinstance(found[-1], int))


def name_lines(text: str, names: Iterable[str]) -> dict[str, int]:
    """Return the first line, from 1, on which each name stands quoted or as a key; others are left out."""
    lines: dict[str, int] = {}
    for name in set(names):
        found = re.search(rf"""["']{re.escape(name)}["']|^[ \t]*{re.escape(name)}\s*=""", text, re.MULTILINE)
        if found:
            lines[name] = text.count("\n", 0, found.end()) + 1
    return lines


def _keys(text: str) -> Iterator[tuple[int, Key]]:
    """Yield (line, key) of every header and assignment outside of multi-line strings."""
    table: Key = ()
    counts: dict[Key, int] = {}
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if line.count(closing) % 2 else closing
            continue
        header = _HEADER.match(line)
        if header:
            table = _resolve(_names(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table += (counts[table],)
            yield number, table
            continue
        assigned = _ASSIGNED.match(line)
        if assigned:
            yield number, table + _names(assigned[1])
        quote = _LONG_QUOTE.search(line)
        if quote and line.count(quote[0]) % 2:
            closing = quote[0]


def _names(dotted: str) -> Key:
    """Return the parts of a dotted key without their quotes."""
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))


def _resolve(names: Key, counts: dict[Key, int]) -> Key:
    """Return `names` with the index of the newest element behind each array of tables on the way."""
    way: Key = ()
    for position, name in enumerate(names):
        way += (name,)
        if way in counts and position < len(names) - 1:
            way += (counts[way],)
    return way
