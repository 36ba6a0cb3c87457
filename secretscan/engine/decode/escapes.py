r"""Escapes: percent, `\\xNN` and `\\uNNNN`, HTML entities, and strings of JSON inside strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from secretscan.engine.decode.backslash import ESCAPE, unescape
from secretscan.engine.decode.derived import Part, Scale
from secretscan.engine.decode.marks import Places, matches_at

_PERCENT: Final = re.compile(rb"%(?:[2-7][0-9A-Fa-f]){1}(?:%[0-9A-Fa-f]{2}){0,400}")
_ENTITY: Final = re.compile(rb"&(?:#(\d{2,3})|#[xX]([0-9A-Fa-f]{2,4})|(amp|lt|gt|quot|apos));")
_NAMED: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_BACKSLASH: Final = re.compile(
    rb"""\\(?:(x[0-9A-Fa-f]{2}(?:\\x[0-9A-Fa-f]{2}){2,4000})
    |(u00[2-7][0-9A-Fa-f](?:\\u00[2-7][0-9A-Fa-f]){0,4000})
    |("(?:(?<==\\")|(?<==[ ]\\")|[ ]?:|[ ]?=>)|n[A-Za-z_][A-Za-z0-9_]{2,40}[ ]?[=:]))""",
    re.VERBOSE,
)
_PRINTABLE: Final = bytes([*b"\t\r\n", *range(0x20, 0x7F)])


# The `places` of each of these are where it may find something (`marks`).


def percent(text: bytes, places: Places = None) -> Iterator[Part]:
    """Yield runs of percent-encoded bytes that begin with a printable one (RFC 3986, section 2.1)."""
    if b"%" not in text:
        return
    for run in matches_at(_PERCENT, text, places):
        decoded = bytes.fromhex(run[0].replace(b"%", b"").decode("ascii"))
        if decoded != b"%" and not decoded.translate(None, _PRINTABLE):
            yield Part(run.start(), run.end(), decoded)


def entities(text: bytes, places: Places = None) -> Iterator[Part]:
    """Yield character references of printable ASCII (HTML, section 13.5; XML 1.0, section 4.6)."""
    if b"&" not in text or b";" not in text:
        return
    for found in matches_at(_ENTITY, text, places):
        decimal, hexadecimal, name = found.groups()
        code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
        if name or 0x20 <= code < 0x7F:
            yield Part(found.start(), found.end(), _NAMED[name] if name else bytes([code]))


def backslashed(text: bytes, places: Places = None, *, is_json: bool) -> dict[str, list[Part]]:
    r"""Return what follows backslashes, by the name of the encoding.

    `hex escapes`: runs of three `\xNN` or more; `unicode escapes`: `\uNNNN` of printable ASCII, as JSON and
    Java properties write `=` and `&`; `string in string`: all escapes of a line that holds JSON, an env file
    or code in a string. The last only where an escaped key tells (`\"name\":`, `\nNAME=`), unless the text
    `is_json`.
    """
    groups: dict[str, list[Part]] = {}
    if b"\\" not in text:
        return groups
    keys: list[int] = []
    for found in matches_at(_BACKSLASH, text, places):
        hexadecimal, unicode, key = found.groups()
        if key:
            keys.append(found.start())
            continue
        how, mark = ("hex escapes", b"\\x") if hexadecimal else ("unicode escapes", b"\\u00")
        decoded = bytes.fromhex(found[0].replace(mark, b"").decode("ascii"))
        if unicode or not decoded.translate(None, _PRINTABLE):
            groups.setdefault(how, []).append(Part(found.start(), found.end(), decoded))
    lines = _escaped_lines(text) if is_json else _lines(text, keys)
    nested = [Part(start, end, unescape(text[start:end]), Scale.ESCAPED) for start, end in lines]
    return {**groups, "string in string": nested} if nested else groups


def escapes(text: bytes, places: Places = None) -> Iterator[int]:
    """Yield where a backslash may begin an escape that `backslashed` undoes, in JSON or elsewhere."""
    if b"\\" in text:
        for found in matches_at(_BACKSLASH, text, places):
            yield found.start()


def _escaped_lines(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield the lines, as [start, end), that hold an escape."""
    found = ESCAPE.search(text)
    while found:
        start, end = next(_lines(text, [found.start()]))
        yield start, end
        found = ESCAPE.search(text, end)


def _lines(text: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the lines, as [start, end), that hold the sorted `places`, each once."""
    end = -1
    for place in places:
        if place < end:
            continue
        start = text.rfind(b"\n", 0, place) + 1
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        yield start, end
