"""Base64 and hex: runs of their characters that stand for text or for gzip. Anything else is left alone.

One table look-up and one substring search find the runs: everything that could belong to one becomes the same
byte, so that a run is a repeat of it. The first bytes of a run then tell whether the rest is worth decoding.
"""

from __future__ import annotations

import re
import string
import zlib
from binascii import Error, a2b_base64, a2b_hex
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from secretscan.engine.decode.derived import Part, Scale

SHORTEST_RUN: Final = 20
"""Characters from which a run is looked at: 15 bytes, which are all printable by chance once in two million."""
MAX_INFLATED_BYTES: Final = 4 << 20
"""Most bytes taken out of one gzip stream; Kubernetes allows a Secret of 1 MiB."""
_MEMBER_COST: Final = 4096
"""Bytes of output that a gzip member counts for at least."""
_COPY_SHARE: Final = 16
"""So many bytes after a member count for one of output: each member costs a copy of them."""
_SHORTEST_HEX: Final = 32
_SHORTEST_WRAPPED: Final = 56
"""Characters of a line from which the next may continue it: PEM wraps at 64, MIME at 76, some tools at 60."""
_HEAD: Final = 20
"""Characters decoded to see what a run holds; a multiple of four."""
_MEMBERS: Final = frozenset((string.ascii_letters + string.digits + "+/").encode())
_SAME: Final = bytes(0x61 if byte in _MEMBERS else 0x20 for byte in range(256))
_NEEDLE: Final = b"a" * SHORTEST_RUN
_TAIL: Final = (b"=", b"-", b"_")
_URL_SAFE: Final = (b"-", b"_")
_URL_MEMBERS: Final = _MEMBERS | frozenset(b"-_")
_FROM_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_HEX: Final = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_RUN: Final = re.compile(rb"[A-Za-z0-9+/]*")
"""Of `_MEMBERS`, so many as there are."""
_LINE_BREAK: Final = re.compile(rb"(?:\\n|\\)?\r?\n[ \t]{0,40}")
_PRINTABLE: Final = bytes([*b"\t\r\n", *range(0x20, 0x7F)])
_WORDLIKE: Final = (string.ascii_letters + string.digits).encode()
_GZIP: Final = b"\x1f\x8b\x08"
_UNWANTED_BEFORE: Final = re.compile(
    rb"(?:sha(?:1|256|384|512)[-:=]|data:(?:image|font|audio|video)/[\w.+-]{1,40};base64,"
    rb"|sourceMappingURL=data:[\w/;=.+-]{1,60},|data:application/(?:x-)?font[\w.+-]{0,20};base64,)\Z"
)
_LOOK_BEHIND: Final = 120

Found = tuple[str, list[Part]]
"""Name of an encoding, and the parts of a run, in order: one, or one a line."""


def encoded_runs(text: bytes) -> Iterator[Found]:
    """Yield the runs of `text` that decode to text, in order."""
    same = text.translate(_SAME)
    at = same.find(_NEEDLE)
    while at >= 0:
        end = same.find(b" ", at)
        end = len(text) if end < 0 else end
        found = decode_run(text, at, end)
        if found:
            yield found
            end = max(end, found[1][-1].end)
        at = same.find(_NEEDLE, end)


def decode_run(text: bytes, at: int, end: int) -> Found | None:
    """Return what the run at [at, end), all of it and no longer, stands for; `None` when that is no text."""
    # letters alone are a name in camel case: base64 mostly has a digit, or is padded to fours
    if (end - at) % 4 and text[end : end + 1] not in _TAIL and text[at:end].isalpha():
        return None
    start = at + 1 if at and text[at - 1] == 0x5C and text[at] in b"nrt" else at
    found = _decode_run(text, start, end)
    if found:
        parts = found[1]
        parts[-1] = replace(parts[-1], end=_padded(text, parts[-1].end))
    return found


def _padded(text: bytes, end: int) -> int:
    """Return the end of a run with its padding, two characters at most."""
    if text.startswith(b"==", end):
        return end + 2
    return end + text.startswith(b"=", end)


def decode_value(text: bytes, start: int, end: int) -> Found | None:
    """Return what the base64 value at [start, end), of any length, stands for, or `None` when it is no text.

    For values whose place says that they are base64, such as those of a Kubernetes Secret.
    """
    decoded = _base64(text[start:end])
    return None if decoded is None else _checked(decoded, start, end, "base64")


def _decode_run(text: bytes, start: int, end: int) -> Found | None:
    """Return what the run at [start, end) stands for, in the reading that fits, or `None`."""
    run = text[start:end]
    if end - start >= _SHORTEST_HEX and (end - start) % 2 == 0 and _HEX.fullmatch(run):
        if not _is_promising(a2b_hex(run[:_HEAD])):
            return None
        return _checked(a2b_hex(run), start, end, "hex", Scale.PAIRS)
    if run.islower() or run.isupper():  # a path or a name: base64 of text has both cases
        return None
    low, high = _widened(text, start, end)
    if text.startswith(b"eyJ", low) and (text[low - 1 : low] == b"." or text.startswith(b".eyJ", high)):
        return None  # a JWT, which has a rule of its own; its claims are public
    if high - low > end - start and _is_promising(_base64(text[low : low + _HEAD]) or b""):
        decoded = _base64(text[low:high])
        found = None if decoded is None else _checked(decoded, low, high, "base64url")
        if found:
            return found
    if not _is_promising(_base64(run[:_HEAD]) or b""):
        return None
    return (
        None
        if _UNWANTED_BEFORE.search(text, max(0, start - _LOOK_BEHIND), start)
        else _lines(text, start, end)
    )


def _widened(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the run in the URL-safe alphabet around one in the part that both alphabets share."""
    if text[end : end + 1] not in _URL_SAFE and text[start - 1 : start] not in _URL_SAFE:
        return start, end
    if b"+" in text[start:end] or b"/" in text[start:end]:
        return start, end
    while start > 0 and text[start - 1] in _URL_MEMBERS:
        start -= 1
    while end < len(text) and text[end] in _URL_MEMBERS:
        end += 1
    return start, end


def _base64(run: bytes) -> bytes | None:
    """Return the bytes of a base64 run in either alphabet, padded or not; `None` when its length is impossible."""
    run = run.rstrip(b"=")
    if len(run) % 4 == 1:
        return None
    try:
        return a2b_base64(run.translate(_FROM_URL_SAFE) + b"=" * (-len(run) % 4))
    except Error:
        return None


def _lines(text: bytes, start: int, end: int) -> Found | None:
    """Return the run at [start, end) joined with the lines that continue it, as `base64` and PEM wrap them."""
    places = [(start, end)]
    while (end - start) % 4 == 0 and end - start >= _SHORTEST_WRAPPED:
        gap = _LINE_BREAK.match(text, end)
        if gap is None:
            break
        start = gap.end()
        end = _RUN.match(text, start).end()  # type: ignore[union-attr]
        first = places[0][1] - places[0][0]
        if end == start or end - start > first or not _is_promising(_base64(text[start:end][:_HEAD]) or b""):
            break
        places.append((start, end))
        if end - start < first:
            break
    whole = _base64(b"".join(text[low:high] for low, high in places))
    if whole is None:
        return None
    if len(places) == 1 or not _is_plain(whole):
        return _checked(whole, places[0][0], places[-1][1], "base64")
    parts = []
    for number, (low, high) in enumerate(places):
        decoded = _base64(text[low:high])
        if decoded is None:
            return None
        parts.append(Part(low, high, decoded, Scale.BASE64, is_continued=number > 0))
    return "base64", parts


def _checked(data: bytes, start: int, end: int, how: str, scale: Scale = Scale.BASE64) -> Found | None:
    """Return the decoded `data` as one part when it is text, or stands for text itself."""
    if data.startswith(_GZIP):
        inflated = inflate(data)
        return (f"{how}, gzip", [Part(start, end, inflated)]) if inflated and _is_plain(inflated) else None
    if _is_plain(data):
        return how, [Part(start, end, data, scale)]
    if len(data) >= 8 and not any(data[1::2]):
        narrow = data[::2]
        return (f"{how}, utf-16", [Part(start, end, narrow)]) if _is_plain(narrow) else None
    return None


def inflate(data: bytes) -> bytes:
    """Return the first `MAX_INFLATED_BYTES` that the gzip members of `data` hold, up to the first damage."""
    pieces: list[bytes] = []
    left = MAX_INFLATED_BYTES
    while left > 0 and data.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            piece = member.decompress(data, left)
        except zlib.error:
            break
        pieces.append(piece)
        data = member.unused_data
        left -= max(len(piece), _MEMBER_COST, len(data) // _COPY_SHARE)
    return b"".join(pieces)


def _is_promising(head: bytes) -> bool:
    """Whether the first bytes of a run look like text, UTF-16 text or gzip."""
    if head.startswith(_GZIP):
        return True
    strange = head.translate(None, _PRINTABLE)
    if not strange:
        return bool(head)
    if len(strange) * 2 > len(head):
        return False
    if len(head) >= 8 and not any(head[1::2]):
        return True
    return min(strange) >= 0x80 and len(strange) * 3 <= len(head)


def _is_plain(data: bytes) -> bool:
    """Whether `data` is text: printable ASCII, or UTF-8 most of which is ASCII, with letters or digits in it."""
    strange = data.translate(None, _PRINTABLE)
    if strange:
        if min(strange) < 0x80 or len(strange) * 3 > len(data):
            return False
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return len(data.translate(None, _WORDLIKE)) * 2 < len(data) or len(data) >= 256


def joined(found: Iterable[Found]) -> dict[str, list[Part]]:
    """Return the parts by encoding, in order."""
    groups: dict[str, list[Part]] = {}
    for how, parts in found:
        groups.setdefault(how, []).extend(parts)
    return groups
