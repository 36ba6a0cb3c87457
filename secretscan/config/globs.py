"""gitignore patterns on byte paths, as `git check-ignore` reads them. Pure: never looks at the disk.

Source: gitignore(5), "PATTERN FORMAT". Each `*` becomes an atomic group that stops at the first fit, so that
a hostile pattern costs no more than a pass over the path for each of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_PATTERN_BYTES = 1024
"""Length from which a pattern is refused."""

_POSIX_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": rb"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t\r\n\v\f",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}
_NOTHING = rb"(?!)"


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern, compiled."""

    text: str
    """As written."""
    regex: re.Pattern[bytes]
    """Matches a whole path."""
    is_negated: bool
    """It began with `!`: what it matches is taken back in."""
    only_folders: bool
    """It ended in `/`."""


@dataclass(frozen=True, slots=True)
class Globs:
    """An ordered list of patterns; the last one that fits decides."""

    patterns: tuple[Glob, ...] = ()

    def match(self, path: bytes) -> str:
        """Return the pattern that covers the file at `path` (relative, with `/`), or an empty string.

        As in git, a file is covered when a folder above it is, and a negated pattern cannot reach into one.
        """
        if not self.patterns:
            return ""
        path = path.removeprefix(b"./").lstrip(b"/")
        at = path.find(b"/")
        while at >= 0:
            decision = self._last(path[:at], is_folder=True)
            if decision and not decision.is_negated:
                return decision.text
            at = path.find(b"/", at + 1)
        decision = self._last(path, is_folder=False)
        return decision.text if decision and not decision.is_negated else ""

    def _last(self, path: bytes, *, is_folder: bool) -> Glob | None:
        """Return the last pattern that fits exactly `path`."""
        for glob in reversed(self.patterns):
            if (is_folder or not glob.only_folders) and glob.regex.fullmatch(path):
                return glob
        return None


def compile_globs(patterns: Iterable[str]) -> Globs:
    """Return the matcher for gitignore lines; blank lines and comments give nothing.

    Raises `ValueError` for a pattern longer than `MAX_PATTERN_BYTES`.
    """
    return Globs(tuple(glob for text in patterns if (glob := _compile(text)) is not None))


def _compile(text: str) -> Glob | None:
    """Return one pattern, or `None` for a line that has none."""
    raw = text.encode("utf-8", "surrogateescape").removesuffix(b"\n").removesuffix(b"\r")
    if len(raw) > MAX_PATTERN_BYTES:
        raise ValueError(f"longer than {MAX_PATTERN_BYTES} bytes")
    if raw.startswith(b"#"):
        return None
    raw = _without_trailing_spaces(raw)
    is_negated = raw.startswith(b"!")
    raw = raw[1:] if is_negated else raw
    only_folders = raw.endswith(b"/")
    raw = raw[:-1] if only_folders else raw
    if not raw:
        return None
    is_anchored = b"/" in raw
    raw = raw.removeprefix(b"/")
    segments = raw.split(b"/") if is_anchored else [b"**", raw]
    return Glob(text, re.compile(_regex(segments), re.DOTALL), is_negated, only_folders)


def _without_trailing_spaces(raw: bytes) -> bytes:
    """Return `raw` without the spaces at its end, but for one that a backslash keeps."""
    kept = raw.rstrip(b" ")
    if kept == raw:
        return raw
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if backslashes % 2 else kept


def _regex(segments: list[bytes]) -> bytes:
    """Return the regex of a path made of `segments`, in which `**` stands for any number of folders."""
    groups: list[list[bytes]] = [[]]
    for segment in segments:
        if segment == b"**":
            groups.append([])
        else:
            groups[-1].append(_segment(segment))
    if len(groups) == 1:
        return b"/".join(groups[0])
    first, *middle, last = groups
    out = [b"/".join(first) + b"/" if first else b""]
    out += [rb"(?>(?:[^/]+/)*?" + b"/".join(group) + b"/)" for group in middle if group]
    out.append(rb"(?:[^/]+/)*" + b"/".join(last) if last else rb".+")
    return b"".join(out)


def _segment(raw: bytes) -> bytes:
    """Return the regex of one part of a path, between two slashes."""
    pieces = [b""]
    at = 0
    while at < len(raw):
        char = raw[at : at + 1]
        if char == b"*":
            at += 1
            if len(pieces) == 1 or pieces[-1]:
                pieces.append(b"")
            continue
        if char == b"?":
            part, at = rb"[^/]", at + 1
        elif char == b"[":
            part, at = _bracket(raw, at)
        elif char == b"\\":
            part, at = (re.escape(raw[at + 1 : at + 2]), at + 2) if at + 1 < len(raw) else (_NOTHING, at + 1)
        else:
            part, at = re.escape(char), at + 1
        pieces[-1] += part
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + b"".join(rb"(?>[^/]*?" + piece + b")" for piece in middle) + rb"[^/]*" + last


def _bracket(raw: bytes, start: int) -> tuple[bytes, int]:
    """Return the regex of the bracket expression at `start` and the offset after it.

    One that is never closed matches nothing, as in git's wildmatch.
    """
    at = start + 1
    is_negated = raw[at : at + 1] in (b"!", b"^")
    at += is_negated
    parts: list[bytes] = []
    first = True
    while at < len(raw):
        char = raw[at : at + 1]
        if char == b"]" and not first:
            inside = b"".join(parts)
            body = (
                (b"[^/" + inside + b"]")
                if is_negated
                else (b"(?!/)[" + inside + b"]" if inside else _NOTHING)
            )
            return body, at + 1
        first = False
        named = re.compile(rb"\[:([a-z]*):\]").match(raw, at)
        if named:
            if named[1] not in _POSIX_CLASSES:
                return _NOTHING, len(raw)
            parts.append(_POSIX_CLASSES[named[1]])
            at = named.end()
            continue
        low, at = _bracket_char(raw, at)
        if raw[at : at + 1] == b"-" and raw[at + 1 : at + 2] not in (b"]", b""):
            high, at = _bracket_char(raw, at + 1)
            if low <= high:
                parts.append(b"\\x%02x-\\x%02x" % (low, high))
            continue
        parts.append(b"\\x%02x" % low)
    return _NOTHING, len(raw)


def _bracket_char(raw: bytes, at: int) -> tuple[int, int]:
    """Return the byte at `at` inside brackets, a backslash taken off, and the offset after it."""
    if raw[at] == 0x5C and at + 1 < len(raw):
        return raw[at + 1], at + 2
    return raw[at], at + 1
