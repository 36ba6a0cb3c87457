"""Typed reading of one TOML table, with errors that name the file, the rule and the field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from secretscan.errors import RuleError

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table and what to call it in an error."""

    data: Mapping[str, object]
    where: str
    """Like `rule "github-pat" in github.toml`."""

    def error(self, field: str, problem: str, *, help: str = "") -> RuleError:
        """Return (not raise) the error for `field`."""
        return RuleError(f"{self.where}, field {field}: {problem}", help=help or "see docs/rules.md")

    def only(self, allowed: Iterable[str]) -> None:
        """Raise `RuleError` for the first key that is not in `allowed`, with the nearest right name."""
        names = sorted(allowed)
        for key in self.data:
            if key not in names:
                near = get_close_matches(key, names, 1)
                hint = f"did you mean {near[0]}?" if near else f"known fields: {', '.join(names)}"
                raise self.error(key, "unknown field", help=hint)

    def text(self, key: str, default: str | None = None) -> str:
        """Return the string at `key`; without a `default` it must be there and not be empty."""
        value = self.data.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str):
            raise self.error(key, f"must be a string, not {type(value).__name__}")
        if default is None and not value.strip():
            raise self.error(key, "is empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of strings at `key`, empty when it is not there."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of strings")
        return tuple(value)

    def number(self, key: str, default: float) -> float:
        """Return the number at `key`."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, f"must be a number, not {type(value).__name__}")
        return float(value)

    def numbers(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return the list of integers at `key`."""
        value = self.data.get(key, list(default))
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise self.error(key, "must be a list of integers")
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        """Return the boolean at `key`."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """Return the member of `kind` that `key` names."""
        value = self.text(key, None if default is None else default.value)
        names = [member.value for member in kind]
        if value not in names:
            near = get_close_matches(value, names, 1)
            raise self.error(
                key,
                f'"{value}" is not one of {", ".join(names)}',
                help=f"did you mean {near[0]}?" if near else "",
            )
        return kind(value)

    def table(self, key: str) -> Table | None:
        """Return the table at `key`, or `None`."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return Table(value, f"{self.where}, {key}")

    def tables(self, key: str) -> tuple[Table, ...]:
        """Return the array of tables at `key`, empty when it is not there."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, f"must be an array of tables, [[{key}]]")
        return tuple(Table(item, f"{self.where}, {key}") for item in value)

    def string_map(self, key: str) -> dict[str, str]:
        """Return the table of strings at `key`, empty when it is not there."""
        table = self.table(key)
        return {} if table is None else {name: table.text(name, "") for name in table.data}
