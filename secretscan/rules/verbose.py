"""Verbose patterns made plain: rule files may spread a regex over lines, the engine never sees that."""

from __future__ import annotations

import re

_FLAGS = re.compile(r"\s*\(\?([a-zA-Z]+)\)")


def without_verbose(pattern: str) -> str:
    """Return `pattern` without the layout and comments that a leading `(?x)` allows; others unchanged.

    Means the same to `re` and to `regex`, which differ in what their verbose modes ignore.
    """
    flags = _FLAGS.match(pattern)
    if flags is None or "x" not in flags[1]:
        return pattern
    rest = flags[1].replace("x", "")
    return (f"(?{rest})" if rest else "") + _plain(pattern[flags.end() :])


def _plain(text: str) -> str:
    kept: list[str] = []
    class_start = -1
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            kept.append(text[place : place + 2])
            place += 2
            continue
        if class_start >= 0:
            # A closing bracket that comes first, negated or not, is a member.
            if char == "]" and kept[class_start:] not in (["["], ["[", "^"]):
                class_start = -1
        elif char == "[":
            class_start = len(kept)
        elif char.isspace():
            place += 1
            continue
        elif char == "#":
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
            continue
        kept.append(char)
        place += 1
    return "".join(kept)
