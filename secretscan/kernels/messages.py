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
def _is_left_out(content: Bytes, at: int, end: int, left_out: Bytes) -> bool:
    """Whether a line begins with one of the words in `left_out`, each of which ends with a space."""
    place = 0
    while place < len(left_out):
        k = 0
        while at + k < end and content[at + k] == left_out[place + k] and left_out[place + k] != 0x20:
            k += 1
        if at + k < end and content[at + k] == 0x20 and left_out[place + k] == 0x20:
            return True
        while left_out[place] != 0x20:
            place += 1
        place += 1
    return False


@inner
def _put_headers(content: Bytes, end: int, left_out: Bytes, text: Bytes, filled: int) -> int:
    at, before = 0, filled
    while at <= end:
        stop = _line_end(content, at, end)
        if not _is_left_out(content, at, stop, left_out):
            copy(content, at, text, filled, stop - at)
            filled += stop - at
            text[filled] = 0x0A
            filled += 1
        at = stop + 1
    if filled == before:
        text[filled] = 0x0A
        filled += 1
    return filled


@compiled(NOTHING, BYTES, NUMBERS, NUMBERS, FROZEN, BYTES, NUMBERS)
def message_texts(
    made: Bytes, starts: Numbers, sizes: Numbers, left_out: Bytes, text: Bytes, text_at: Numbers
) -> None:
    """Put the texts of commits and tags one behind the other into `text`: the message, and the headers behind it.

    Object `n` is `made[starts[n]:starts[n] + sizes[n]]`; its text is `text[text_at[n]:text_at[n + 1]]`, at most `ROOM`
    bytes longer. `left_out` are the words of the headers that are left out, each with the space behind it.
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
        filled = _put_headers(content, end, left_out, text, filled)
    text_at[len(starts)] = filled
