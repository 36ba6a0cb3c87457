"""Text that a terminal can be trusted with.

Everything a repository controls (lines, paths, author names, refs) may hold escape sequences, bidirectional
overrides or zero-width characters. `strip_controls` drops them, for prose and snippets; `escape_controls`
spells them out, for names that must stay distinct.
"""

from __future__ import annotations

import re
from typing import Final

ELLIPSIS: Final = "…"

# ECMA-48: CSI, then the string sequences (DCS, SOS, OSC, PM, APC) up to BEL or ST, then two-byte escapes.
# An unterminated string sequence takes the rest of the line with it, as it would on a terminal. Kept as text,
# for `re` to compile on first use: the hook imports this module, and its usual run has nothing to strip.
_SEQUENCES: Final = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_SPACES: Final = r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"


def strip_controls(text: str) -> str:
    """Return `text` without escape sequences and without any character that is not printable.

    Tabs and the other spaces become one plain space each. What `str.isprintable` refuses goes: controls,
    format characters (bidirectional, zero-width, tags), line separators, surrogates, private use.
    """
    if text.isascii() and text.isprintable():
        return text
    text = re.sub(_SPACES, " ", re.sub(_SEQUENCES, "", text))
    return "".join(character for character in text if character.isprintable())


def escape_controls(text: str) -> str:
    r"""Return `text` with every character that is not printable spelled out as `\xNN`, `\uNNNN` or `\n`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def cell_width(text: str) -> int:
    """Return how many terminal columns `text` takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def clip(text: str, columns: int) -> str:
    """Return `text` cut to at most `columns` terminal columns, ending in an ellipsis where it was cut."""
    if cell_width(text) <= columns:
        return text
    kept, used = [], 0
    for character in text:
        used += cell_width(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS


def wrap(text: str, columns: int) -> list[str]:
    """Return `text` as lines of at most `columns` columns, broken at spaces; a longer word stays whole."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_width(lines[-1]) + 1 + cell_width(word) <= columns:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
