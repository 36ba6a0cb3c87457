"""Where escapes may begin in a text. The twins are the patterns of `engine.decode.escapes`, which then decide."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from secretscan.kernels.compiled import (
    FROZEN,
    NUMBER,
    NUMBERS,
    Bytes,
    Numbers,
    compiled,
    inner,
    named_arrays,
    number,
)
from secretscan.kernels.lanes import LINE_BYTES, lowest, specials

PERCENT, ENTITY, BACKSLASH = 1, 2, 3
"""What a place may be; 0 for none of them."""
KIND_BITS: Final = 2

_LONGEST_NAME: Final = 42
_SHORTEST_NAME: Final = 3
_NAMED = (0x616D, 0x6C74, 0x6774, 0x7175, 0x6170)
"""The first two letters of `amp`, `lt`, `gt`, `quot` and `apos`."""


@inner
def _at(text: Bytes, at: int) -> int:
    """Return the byte at `at`, 0 outside the text."""
    return number(text[at]) if 0 <= at < len(text) else 0


@inner
def _is_hex(byte: int) -> bool:
    return 0x30 <= byte <= 0x39 or 0x61 <= byte | 0x20 <= 0x66


@inner
def _is_name(byte: int) -> bool:
    return 0x30 <= byte <= 0x39 or 0x61 <= byte | 0x20 <= 0x7A or byte == 0x5F


@inner
def _is_printable_hex(text: Bytes, at: int) -> bool:
    """Whether two digits stand for a byte from 0x20 to 0x7F."""
    return 0x32 <= _at(text, at) <= 0x37 and _is_hex(_at(text, at + 1))


@inner
def _may_be_key(text: Bytes, at: int) -> bool:
    r"""Whether a name and an operator follow the `\n` at `at`."""
    first = at + 2
    if not _is_name(_at(text, first)) or _at(text, first) <= 0x39:
        return False
    stop = first + 1
    while stop - first < _LONGEST_NAME and _is_name(_at(text, stop)):
        stop += 1
    after = _at(text, stop)
    if after == 0x20:
        after = _at(text, stop + 1)
    return stop - first >= _SHORTEST_NAME and (after == 0x3D or after == 0x3A)


@inner
def _may_be_quote(text: Bytes, at: int) -> bool:
    r"""Whether the `\"` at `at` ends a key or begins a value."""
    before, after = _at(text, at - 1), _at(text, at + 2)
    if before == 0x20:
        before = _at(text, at - 2)
    if after == 0x20:
        after = _at(text, at + 3)
    return before == 0x3D or after == 0x3A or after == 0x3D


@inner
def _may_be_escape(text: Bytes, at: int) -> bool:
    """Whether one of the escapes may begin with the backslash at `at` that stand for more than a byte or two."""
    kind = _at(text, at + 1)
    if kind == 0x78:  # \x41\x42
        is_first = _is_hex(_at(text, at + 2)) and _is_hex(_at(text, at + 3))
        return is_first and _at(text, at + 4) == 0x5C and _at(text, at + 5) == 0x78
    if kind == 0x75:  # \u0041
        return _at(text, at + 2) == 0x30 and _at(text, at + 3) == 0x30 and _is_printable_hex(text, at + 4)
    if kind == 0x22:
        return _may_be_quote(text, at)
    return kind == 0x6E and _may_be_key(text, at)


@inner
def _kind_of(text: Bytes, at: int) -> int:
    """Return what may begin at `at`."""
    byte = _at(text, at)
    if byte == 0x25:
        return PERCENT if _is_printable_hex(text, at + 1) else 0
    if byte == 0x5C:
        return BACKSLASH if _may_be_escape(text, at) else 0
    if byte != 0x26:
        return 0
    first, second = _at(text, at + 1), _at(text, at + 2)
    if first == 0x23:
        return ENTITY if 0x30 <= second <= 0x39 or second | 0x20 == 0x78 else 0
    return ENTITY if first << 8 | second in _NAMED else 0


class Room(NamedTuple):
    """Memory that a search uses."""

    state: Numbers
    """Where to go on, a nought before the first call for a text."""
    places: Numbers


ROOM: Final = named_arrays(Room, (NUMBERS, NUMBERS))


def make_room(most: int) -> Room:
    """Return memory for searches, one at a time, that find so many places in a call and `LINE_BYTES` more at most."""
    return Room(np.zeros(1, np.int64), np.empty(most + LINE_BYTES, np.int64))


@compiled(NUMBER, FROZEN, ROOM)
def find_marks(text: Bytes, room: Room) -> int:
    """Put where escapes may begin into the places of `room`, shifted by `KIND_BITS`, with what they may be.

    Goes on until these are full; returns how many there are.
    """
    state, places = room
    at, count, size = state[0], 0, len(text)
    while at < size and count + LINE_BYTES <= len(places):
        stop = at + LINE_BYTES
        if stop <= size:
            mask = specials(text, at)
            while mask != 0:
                place = at + number(lowest(mask))
                mask &= mask - np.uint64(1)
                kind = _kind_of(text, place)
                if kind:
                    places[count] = place << KIND_BITS | kind
                    count += 1
        else:
            for place in range(at, size):
                kind = _kind_of(text, place)
                if kind:
                    places[count] = place << KIND_BITS | kind
                    count += 1
        at = stop
    state[0] = at
    return count
