"""Rows for tokens without a prefix of their own: a provider's name near a value of known alphabet and length.

A `[[keyed]]` row becomes an ordinary rule, so nothing below the loader knows about rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from secretscan.rules.fields import RULE_FIELDS
from secretscan.rules.table import Table

_ROW_ONLY: Final = frozenset({"alphabet", "length", "form", "near", "reference"})
ALPHABETS: Final[Mapping[str, str]] = {
    "hex": "[a-f0-9]",
    "HEX": "[A-F0-9]",
    "anyhex": "[A-Fa-f0-9]",
    "digits": "[0-9]",
    "lower": "[a-z]",
    "upper": "[A-Z]",
    "alnum": "[a-z0-9]",
    "ALNUM": "[A-Z0-9]",
    "base62": "[A-Za-z0-9]",
    "base64": "[A-Za-z0-9+/]",
    "base64url": "[A-Za-z0-9_-]",
    "base32": "[A-Z2-7]",
}
"""Character classes by name; samples use the same names."""

UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_WORD_START: Final = "(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
"""A name begins a word or a hump: `OKTA_TOKEN` and `myOktaToken` name okta, `rookTable` does not."""

_LONG_NAME = 7
"""Letters from which a name is taken for itself wherever it stands, as in `getsmartsheet`."""

DEFAULT_NEAR = 40
"""Bytes that may lie between keyword and value: `KEY_NAME_OF_SOME_LENGTH": "` and a line break fit."""


def expand(row: Table) -> dict[str, object]:
    """Return the table of the rule that `row` stands for. Raises `RuleError` for a senseless row."""
    row.only(_ROW_ONLY | RULE_FIELDS - {"pattern", "composite"})
    keywords = row.texts("keywords")
    if not keywords or not all(keywords):
        raise row.error("keywords", "needs at least one name")
    value, sample = _value(row)
    near = int(row.number("near", DEFAULT_NEAR))
    rule: dict[str, object] = {key: item for key, item in row.data.items() if key not in _ROW_ONLY}
    before, after = _boundaries(row)
    rule["pattern"] = rf"{_names(keywords)}[\x00-\xff]{{0,{near}}}?{before}(?P<secret>{value}){after}"
    if reference := row.text("reference", ""):
        rule["references"] = [reference, *row.texts("references")]
    if sample and "examples" not in row.data:
        name = re.sub(r"[^A-Za-z0-9]+", "_", keywords[0]).strip("_")
        if name.lower() != keywords[0].lower():
            rule["examples"] = [f"{keywords[0]} token = {sample}"]
        else:
            rule["examples"] = [f"{name.upper()}_TOKEN={sample}", f'{name.lower()}_key: "{sample}"']
    rule.setdefault("examples", [])
    return rule


def _names(keywords: tuple[str, ...]) -> str:
    """Return the regex of the names. Only short ones turn up inside other words by accident."""
    short = "|".join(re.escape(word) for word in keywords if len(word) < _LONG_NAME)
    long = "|".join(re.escape(word) for word in keywords if len(word) >= _LONG_NAME)
    options = [f"{_WORD_START}(?i:{short})"] if short else []
    options += [f"(?i:{long})"] if long else []
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"


def _value(row: Table) -> tuple[str, str]:
    """Return the regex of the value and a placeholder that gives one, empty when only `form` knows."""
    if form := row.text("form", ""):
        if "alphabet" in row.data or "length" in row.data:
            raise row.error("form", "stands instead of alphabet and length, not beside them")
        return form, ""
    alphabet = row.text("alphabet")
    if alphabet == "uuid":
        return UUID, "{{uuid}}"
    low, high = _length(row)
    if alphabet in ALPHABETS:
        members, sample = ALPHABETS[alphabet], f"{{{{{alphabet}:{low}}}}}"
    elif alphabet.startswith("[") and alphabet.endswith("]"):
        members, sample = alphabet, f"{{{{chars:{alphabet}:{low}}}}}"
    else:
        raise row.error("alphabet", f'"{alphabet}" is no class and not one of {", ".join(ALPHABETS)}, uuid')
    return f"{members}{{{low}}}" if low == high else f"{members}{{{low},{high}}}", sample


def _length(row: Table) -> tuple[int, int]:
    length = row.data.get("length")
    if type(length) is int and length > 0:
        return length, length
    if isinstance(length, list) and len(length) == 2 and all(type(item) is int for item in length):
        low, high = length
        if 0 < low <= high:
            return low, high
    raise row.error("length", "must be a positive number, or two of them, the least and the most")


def _boundaries(row: Table) -> tuple[str, str]:
    """Return what may not stand next to the value: more of its own kind, whatever the alphabet's case."""
    alphabet = row.text("alphabet", "")
    extra = ""
    if alphabet in ("base64", "base64url") or "form" in row.data or alphabet.startswith("["):
        extra = {"base64": "+/", "base64url": "_-"}.get(alphabet, "_")
    after = f"[A-Za-z0-9{extra}]"
    return f"(?<!{after})", f"(?!{after})"
