"""Checked access to the fields of a JSON object that somebody else may have written."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from secretscan.errors import UsageError
from secretscan.report.printable import escape_controls

_Choice = TypeVar("_Choice", bound=StrEnum)
_HUGE = 1e18


class Fields:
    """The fields of one JSON object. Every method raises `UsageError` naming file and field.

    No message holds a value, for it may be a secret; a wrong choice is told by what would be right.
    """

    __slots__ = ("_trail", "_values")

    def __init__(self, values: dict[str, Any], trail: str) -> None:
        """Take the object and the way to it, like `report.json: findings[3]`."""
        self._values = values
        self._trail = trail

    def error(self, key: str, problem: str) -> UsageError:
        """Return the error for the field `key`."""
        return UsageError(
            f"{self._at(key)} {problem}", help="give an unchanged report made with --format json"
        )

    def _at(self, key: str) -> str:
        # The first separator follows the file name, the others the fields.
        name = escape_controls(key)
        return f"{self._trail}.{name}" if ": " in self._trail else f"{self._trail}: {name}"

    def _get(self, key: str, kinds: tuple[type, ...], name: str, default: object = None) -> Any:  # noqa: ANN401 - JSON
        value = self._values.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        # True and False are ints to Python, not to JSON.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.error(key, f"must be {name}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string; `default` where the field is missing."""
        return str(self._get(key, (str,), "a string", default))

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false; `default` where the field is missing."""
        return bool(self._get(key, (bool,), "true or false", default))

    def whole(self, key: str, default: int | None = None) -> int:
        """Return an integer from 0; `default` where the field is missing."""
        value = int(self._get(key, (int,), "a whole number", default))
        if value < 0:
            raise self.error(key, "must not be negative")
        return value

    def optional_whole(self, key: str) -> int | None:
        """Return an integer from 0, or `None` where the field is missing or null."""
        return None if self._values.get(key) is None else self.whole(key)

    def number(self, key: str) -> float:
        """Return a finite number."""
        value = self._get(key, (int, float), "a number")
        # `json` reads NaN and Infinity, and integers that no float can hold.
        if not -_HUGE < value < _HUGE:
            raise self.error(key, "is out of range")
        return float(value)

    def choice(self, key: str, choices: type[_Choice]) -> _Choice:
        """Return the member of an enumeration that the field names."""
        try:
            return choices(self.text(key))
        except ValueError:
            raise self.error(key, f"must be one of {', '.join(choices)}") from None

    def child(self, key: str) -> Fields:
        """Return the object in the field."""
        return Fields(self._get(key, (dict,), "an object"), self._at(key))

    def optional_child(self, key: str) -> Fields | None:
        """Return the object in the field, or `None` where it is missing or null."""
        return None if self._values.get(key) is None else self.child(key)

    def children(self, key: str, *, optional: bool = False) -> list[Fields]:
        """Return the objects of a list; an optional list may be missing."""
        entries = self._get(key, (list,), "a list", [] if optional else None)
        if not all(isinstance(entry, dict) for entry in entries):
            raise self.error(key, "must be a list of objects")
        return [Fields(entry, f"{self._at(key)}[{index}]") for index, entry in enumerate(entries)]

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; empty where it is missing."""
        entries = self._get(key, (list,), "a list", [])
        if not all(isinstance(entry, str) for entry in entries):
            raise self.error(key, "must be a list of strings")
        return tuple(entries)

    def texts(self) -> dict[str, str]:
        """Return the object itself as strings by name."""
        return {key: self.text(key) for key in self._values}

    def counts(self) -> dict[str, int]:
        """Return the object itself as counts by name."""
        return {key: self.whole(key) for key in self._values}
