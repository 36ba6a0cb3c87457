"""Texts of commits and tags, many at once. The twin is `sources.git.objects.text_of`."""

from __future__ import annotations

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NOTHING,
    NUMBERS,
    Bytes,
    Numbers,
    compiled,
    copy,
    inner,
)

ROOM = 3
"""Bytes by which a text may be longer than the object it is made of."""
SHA1_DIGITS = 40
SHA256_DIGITS = 64


@inner
def _headers_end(content: Bytes) -> int:
    """Return where the headers end: at the first empty line, or with the object."""
    for at in range(len(content) - 1):
        if content[at] == 0x0A and content[at + 1] == 0x0A:
            return at
    return len(content)


@inner
def _line_end(content: Bytes, at: int, end: int) -> int:
    while at < end and content[at] != 0x0A:
        at += 1
    return at


@inner
def _is_id(content: Bytes, at: int, end: int) -> bool:
    """Whether these bytes are as many hexadecimal digits as an object's id has."""
    if end - at != SHA1_DIGITS and end - at != SHA256_DIGITS:
        return False
    for k in range(at, end):
        byte = content[k]
        if not (0x30 <= byte <= 0x39 or 0x61 <= byte <= 0x66):
            return False
    return True


@inner
def _names_id(content: Bytes, at: int, end: int, words: Bytes) -> bool:
    """Whether a line is one of `words`, each of which ends with a space, and an object's id."""
    place = 0
    while place < len(words):
        k = 0
        while at + k < end and content[at + k] == words[place + k] and words[place + k] != 0x20:
            k += 1
        if at + k < end and content[at + k] == 0x20 and words[place + k] == 0x20:
            return _is_id(content, at + k + 1, end)
        while words[place] != 0x20:
            place += 1
        place += 1
    return False


@inner
def _is_one_of(content: Bytes, at: int, end: int, lines: Bytes) -> bool:
    """Whether a line is one of `lines`, each of which ends with a line break."""
    place = 0
    while place < len(lines):
        k = 0
        while at + k < end and content[at + k] == lines[place + k] and lines[place + k] != 0x0A:
            k += 1
        if at + k == end and lines[place + k] == 0x0A:
            return True
        while lines[place] != 0x0A:
            place += 1
        place += 1
    return False


@inner
def _put_headers(content: Bytes, end: int, words: Bytes, lines: Bytes, text: Bytes, filled: int) -> int:
    at, before = 0, filled
    while at <= end:
        stop = _line_end(content, at, end)
        if not (_names_id(content, at, stop, words) or _is_one_of(content, at, stop, lines)):
            copy(content, at, text, filled, stop - at)
            filled += stop - at
            text[filled] = 0x0A
            filled += 1
        at = stop + 1
    if filled == before:
        text[filled] = 0x0A
        filled += 1
    return filled


@compiled(NOTHING, BYTES, NUMBERS, NUMBERS, FROZEN, FROZEN, BYTES, NUMBERS)
def message_texts(
    made: Bytes, starts: Numbers, sizes: Numbers, words: Bytes, lines: Bytes, text: Bytes, text_at: Numbers
) -> None:
    """Put the texts of commits and tags one behind the other into `text`: the message, and the headers behind it.

    Object `n` is `made[starts[n]:starts[n] + sizes[n]]`; its text is `text[text_at[n]:text_at[n + 1]]`, at most `ROOM`
    bytes longer. Two kinds of headers are left out: `words`, each with the space behind it, with an object's id as their
    value, and `lines`, each with its line break.
    """
    filled = 0
    for n in range(len(starts)):
        content = made[starts[n] : starts[n] + sizes[n]]
        text_at[n] = filled
        end = _headers_end(content)
        message = min(end + 2, len(content))
        copy(content, message, text, filled, len(content) - message)
        filled += len(content) - message
        if filled == text_at[n] or text[filled - 1] != 0x0A:
            text[filled] = 0x0A
            filled += 1
        filled = _put_headers(content, end, words, lines, text, filled)
    text_at[len(starts)] = filled
