"""`Section`: one TOML table with its place; its typed getters raise errors with file, line and next step."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from secretscan.config.keylines import line_of
from secretscan.errors import ConfigError

MAX_REGEX_CHARS = 4096
"""Length from which a regex of a configuration is refused."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file. `key` is the way to it, as `locate` counts."""

    table: Mapping[str, object]
    key: tuple[str | int, ...]
    text: str
    """The whole file, for line numbers."""
    source: str

    def line(self, *key: str | int) -> int:
        """Return the line of `key` in this table, from 1; of the table itself without `key`."""
        return line_of(self.text, (*self.key, *key))

    def error(self, key: str, problem: str, help: str = "") -> ConfigError:
        """Return an error about `key`, to be raised."""
        return ConfigError(f"{self.source}:{self.line(key) if key else self.line()}: {problem}", help=help)

    def only(self, known: Sequence[str]) -> None:
        """Raise `ConfigError` for the first key that is not `known`, with the nearest that is."""
        for key in self.table:
            if key not in known:
                where = f" in [{'.'.join(map(str, self.key))}]" if self.key else ""
                raise self.error(key, f"unknown key `{key}`{where}", nearest(key, known))

    def strings(self, key: str) -> tuple[str, ...]:
        """Return the list of strings at `key`; a lone string counts as a list of one. Empty when absent."""
        raw = self.table.get(key, [])
        raw = [raw] if isinstance(raw, str) else raw
        if not isinstance(raw, list) or not all(isinstance(item, str) and item for item in raw):
            raise self.error(key, f"`{key}` is not a list of non-empty strings", f'write {key} = ["…"]')
        return tuple(raw)

    def regexes(self, key: str) -> tuple[str, ...]:
        """Return the list at `key`, each a regex that compiles."""
        for pattern in self.strings(key):
            try:
                if len(pattern) > MAX_REGEX_CHARS:
                    raise re.error(f"longer than {MAX_REGEX_CHARS} characters")
                re.compile(pattern.encode())
            except (re.error, OverflowError, RecursionError) as error:
                raise self.error(
                    key,
                    f"bad regex in `{key}`: {error}",
                    "regexes are Python's, on bytes; write them in '''…'''",
                ) from None
        return self.strings(key)

    def flag(self, key: str, default: bool) -> bool:
        """Return the boolean at `key`."""
        raw = self.table.get(key, default)
        if not isinstance(raw, bool):
            raise self.error(key, f"`{key}` is neither true nor false")
        return raw

    def number(self, key: str, low: float, high: float) -> float | None:
        """Return the number at `key`, within [low, high], or `None` when absent."""
        raw = self.table.get(key)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high:
            raise self.error(key, f"`{key}` is not a number from {low:g} to {high:g}")
        return raw

    def choice(self, key: str, known: Collection[str]) -> str:
        """Return the string at `key`, one of `known`; empty when absent."""
        raw = self.table.get(key, "")
        if raw == "" and key not in self.table:
            return ""
        if not isinstance(raw, str) or raw not in known:
            raise self.error(key, f"`{key}` is not one of {', '.join(known)}", nearest(str(raw), known))
        return raw

    def day(self, key: str) -> date | None:
        """Return the date at `key`, a TOML date or a string like 2027-01-31; `None` when absent."""
        raw = self.table.get(key)
        if isinstance(raw, datetime):
            return raw.date()
        if raw is None or isinstance(raw, date):
            return raw
        try:
            return date.fromisoformat(str(raw))
        except ValueError:
            raise self.error(key, f"`{key}` is not a date", f"write {key} = 2027-01-31") from None

    def table_at(self, key: str) -> Section:
        """Return the table at `key`; an empty one when absent."""
        raw = self.table.get(key, {})
        if not isinstance(raw, dict):
            raise self.error(key, f"`{key}` is not a table", f"write [{key}] above its keys")
        return Section(raw, (*self.key, key), self.text, self.source)

    def tables_at(self, key: str) -> tuple[Section, ...]:
        """Return the array of tables at `key`; empty when absent."""
        raw = self.table.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
            raise self.error(key, f"`{key}` is not an array of tables", f"write [[{key}]] above each entry")
        return tuple(
            Section(item, (*self.key, key, number), self.text, self.source) for number, item in enumerate(raw)
        )


def nearest(name: str, known: Collection[str]) -> str:
    """Return the next step for a wrong `name`: the nearest right one, or all when few are known."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known: {', '.join(sorted(known))}" if len(known) <= 20 else ""
