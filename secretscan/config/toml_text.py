"""TOML text of a few flat tables, as `config import` writes it. The standard library only reads TOML."""

from __future__ import annotations

import json
from collections.abc import Mapping

Tables = list[tuple[str, dict[str, object]]]
"""Names and contents of arrays of tables, in order."""


def render(head: str, top: Mapping[str, object], tables: Tables) -> str:
    """Return TOML: the comment `head`, the keys of `top`, then `tables`."""
    parts = [head, *(f"{key} = {_value(value)}" for key, value in top.items())]
    for name, table in tables:
        parts += ["", f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(parts) + "\n"


def _value(value: object) -> str:
    """Return one value; strings with a backslash as literal ones, which is how people write regexes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    text = str(value)
    if "\\" in text and text.isprintable() and "'''" not in text and not text.endswith("'"):
        return f"'''{text}'''"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
