r"""Escapes of JSON strings (RFC 8259, section 7), undone for a whole line at once, with the way back.

Undoing is a few replacements at the speed of the C library, since a file can hold half a million `\"`; the way
back walks the escapes, and is taken only for findings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

ESCAPE: Final = re.compile(rb"\\(u[0-9A-Fa-f]{4}|[\\\"/bfnrt])")
"""One escape. A backslash before anything else stands for itself."""
_UNICODE: Final = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_SHORT: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HELD: Final = b"\x00\x01\x00"
"""Stands for `\\\\` while the rest is replaced; no line of text holds it."""


def unescape(line: bytes) -> bytes:
    """Return `line` with its escapes undone."""
    if _HELD in line:
        return ESCAPE.sub(lambda found: _meaning(found[1]), line)
    line = line.replace(b"\\\\", _HELD)
    for escape, meaning in (
        (b'\\"', b'"'),
        (b"\\/", b"/"),
        *((b"\\" + key, short) for key, short in _SHORT.items()),
    ):
        line = line.replace(escape, meaning)
    if b"\\u" in line:
        line = _UNICODE.sub(lambda found: _meaning(b"u" + found[1]), line)
    return line.replace(_HELD, b"\\")


class WayBack:
    """Where the bytes of `unescape(line)` come from in `line`: its escapes are walked once, for all questions."""

    __slots__ = ("_begins", "_ends", "_starts")

    def __init__(self, line: bytes) -> None:
        """Walk `line`."""
        self._starts: list[int] = []
        """Where each escape begins in the line,"""
        self._begins: list[int] = []
        """and what it stands for in the text,"""
        self._ends: list[tuple[int, int]] = []
        """and where both end: in the text, in the line."""
        shift = 0
        for found in ESCAPE.finditer(line):
            begins = found.start() - shift
            width = len(_meaning(found[1]))
            self._starts.append(found.start())
            self._begins.append(begins)
            self._ends.append((begins + width, found.end()))
            shift += len(found[0]) - width

    def offset(self, offset: int) -> int:
        """Return where in the line the byte at `offset` of the text begins."""
        index = bisect_right(self._begins, offset) - 1
        if index < 0:
            return offset
        end, line_end = self._ends[index]
        return self._starts[index] if offset < end else offset - end + line_end


def _meaning(escape: bytes) -> bytes:
    """Return what the escape stands for, its backslash left out; half of a surrogate pair is one `?`."""
    if len(escape) > 1:
        return chr(int(escape[1:], 16)).encode("utf-8", "replace")
    return _SHORT.get(escape, escape)
