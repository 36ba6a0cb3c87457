"""Paths are bytes inside and text at the edges; these are the two ways out."""

from __future__ import annotations


def path_text(path: bytes) -> str:
    r"""Return `path` as text for a machine: bytes that are no UTF-8 become `\xNN`, all else stays."""
    return path.decode("utf-8", "backslashreplace")


def printable_path(path: bytes) -> str:
    """Return `path` as text for a person: what could steer a terminal is spelled out as well."""
    return printable(path_text(path))


def printable(text: str) -> str:
    """Return `text` with every character that is not printable spelled out, newlines included."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
