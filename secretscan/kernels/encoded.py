"""Runs that base64 or hex may stand behind. The twin is `engine.decode.runs.encoded_runs`, which then decides."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from secretscan.kernels.compiled import (
    BYTES,
    FROZEN,
    NUMBER,
    NUMBERS,
    Bytes,
    Numbers,
    compiled,
    frozen,
    inner,
    named_arrays,
    number,
)
from secretscan.kernels.lanes import LINE_BYTES, characters, lowest

VALUES: bytes = bytes(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".find(byte) & 0xFF
    for byte in range(256)
)
"""The six bits that each byte stands for in base64 (RFC 4648); 255 for other bytes."""
_SHORTEST = 20
_SHORTEST_HEX = 32
_HEAD = 20
_OTHER = 0xFF
_IN_LINE = (1 << LINE_BYTES) - 1


@inner
def _is_text(strange: int, lowest: int, size: int) -> bool:
    """Whether the head of a run looks like text, by how many of its bytes are not printable ASCII."""
    if strange == 0:
        return size > 0
    return strange * 2 <= size and lowest >= 0x80 and strange * 3 <= size


@inner
def _promises(head: Bytes, size: int) -> bool:
    """Whether the first bytes of a run look like text, UTF-16 text or gzip."""
    if size >= 3 and head[0] == 0x1F and head[1] == 0x8B and head[2] == 0x08:
        return True
    strange, lowest, zeros = 0, 0xFF, 0
    for k in range(size):
        byte = head[k]
        if not (0x20 <= byte < 0x7F or byte == 0x09 or byte == 0x0A or byte == 0x0D):
            strange += 1
            lowest = min(lowest, byte)
        if k & 1 and byte == 0:
            zeros += 1
    if strange and strange * 2 <= size and size >= 8 and zeros == size // 2:
        return True
    return _is_text(strange, lowest, size)


@inner
def _promises_base64(text: Bytes, at: int, values: Bytes, head: Bytes) -> bool:
    """Whether `_HEAD` characters from `at` on are base64 of text, in either alphabet."""
    size = bits = held = 0
    for k in range(at, at + _HEAD):
        byte = text[k]
        value = values[byte]
        if byte == 0x2D:
            value = 62
        elif byte == 0x5F:
            value = 63
        if value == _OTHER:
            return True  # the twin decides
        bits = ((bits << 6) | value) & 0xFFFFFF
        held += 6
        if held >= 8:
            held -= 8
            head[size] = (bits >> held) & 0xFF
            size += 1
    return _promises(head, size)


@inner
def _is_hex(text: Bytes, low: int, high: int) -> bool:
    """Whether a run is of hexadecimal digits in one case."""
    lower = upper = False
    for k in range(low, high):
        byte = text[k]
        if 0x61 <= byte <= 0x66:
            lower = True
        elif 0x41 <= byte <= 0x46:
            upper = True
        elif not 0x30 <= byte <= 0x39:
            return False
    return not (lower and upper)


@inner
def _promises_hex(text: Bytes, at: int, head: Bytes) -> bool:
    for k in range(_HEAD):
        byte = text[at + k]
        digit = byte - 0x30 if byte <= 0x39 else (byte | 0x20) - 0x57
        if k & 1:
            head[k >> 1] |= digit
        else:
            head[k >> 1] = digit << 4
    return _promises(head, _HEAD // 2)


@inner
def _may_decode(text: Bytes, low: int, high: int, values: Bytes, head: Bytes) -> bool:
    """Whether the run at [low, high) is worth the twin's look."""
    size = len(text)
    letters = lower = upper = slashes = 0
    for k in range(low, high):
        byte = text[k]
        if 0x61 <= byte <= 0x7A:
            lower += 1
        elif 0x41 <= byte <= 0x5A:
            upper += 1
        elif byte == 0x2B or byte == 0x2F:
            slashes += 1
    letters = lower + upper
    after = text[high] if high < size else 0x20
    if (high - low) % 4 and letters == high - low and after != 0x3D and after != 0x2D and after != 0x5F:
        return False
    if low and text[low - 1] == 0x5C and (text[low] == 0x6E or text[low] == 0x72 or text[low] == 0x74):
        return True  # an escape, which the twin leaves out
    if high - low >= _SHORTEST_HEX and (high - low) % 2 == 0 and _is_hex(text, low, high):
        return _promises_hex(text, low, head)
    if (lower and not upper) or (upper and not lower):
        return False
    before = text[low - 1] if low else 0x20
    if slashes == 0 and (after == 0x2D or after == 0x5F or before == 0x2D or before == 0x5F):
        first = low
        while first and (values[text[first - 1]] < 62 or text[first - 1] == 0x2D or text[first - 1] == 0x5F):
            first -= 1
        # the wider run holds a slash or plus only where it begins or ends: the twin decides
        if first and values[text[first - 1]] != _OTHER:
            return True
        if _promises_base64(text, first, values, head):
            return True
    return _promises_base64(text, low, values, head)


@inner
def _last_characters(text: Bytes, at: int, values: Bytes) -> np.uint64:
    """Return what `characters` would, where the text ends before that."""
    mask = np.uint64(0)
    for k in range(at, len(text)):
        if values[text[k]] != _OTHER:
            mask |= np.uint64(1) << np.uint64(k - at)
    return mask


@inner
def _long(word: np.uint64) -> np.uint64:
    """Return a bit for each of a word with which `_SHORTEST` set bits begin."""
    twos = word & word >> np.uint64(1)
    fours = twos & twos >> np.uint64(2)
    eights = fours & fours >> np.uint64(4)
    return eights & eights >> np.uint64(8) & fours >> np.uint64(16)


class Room(NamedTuple):
    """Memory that a search uses."""

    values: Bytes
    """`VALUES`."""
    head: Bytes
    state: Numbers
    """Where to go on, a nought before the first call for a text."""
    places: Numbers


ROOM: Final = named_arrays(Room, (FROZEN, BYTES, NUMBERS, NUMBERS))


def make_room(most: int) -> Room:
    """Return memory for searches, one at a time, that find so many runs in a call at most."""
    return Room(
        frozen(VALUES), np.empty(_HEAD, np.uint8), np.zeros(1, np.int64), np.empty(2 * most, np.int64)
    )


@compiled(NUMBER, FROZEN, ROOM)
def promising_runs(text: Bytes, room: Room) -> int:
    """Put runs that may be encoded into the places of `room`, start and end in turn, until they are full.

    Return how many there are.
    """
    values, head, state, places = room
    size, count = len(text), 0
    at = state[0]
    first = at // LINE_BYTES * LINE_BYTES
    behind = characters(text, first) if first + LINE_BYTES <= size else _last_characters(text, first, values)
    for block in range(first, size, LINE_BYTES):
        here, after = behind, block + LINE_BYTES
        # not in a part of its own: calling that would cost more than all else here
        behind = (
            characters(text, after) if after + LINE_BYTES <= size else _last_characters(text, after, values)
        )
        begins = _long(here | behind << np.uint64(LINE_BYTES)) & np.uint64(_IN_LINE)
        while begins != 0:
            low = block + number(lowest(begins))
            begins &= begins - np.uint64(1)
            if low < at:  # in a run that has been looked at
                continue
            at = low + _SHORTEST
            while at < size and values[text[at]] != _OTHER:
                at += 1
            if _may_decode(text, low, at, values, head):
                places[2 * count], places[2 * count + 1] = low, at
                count += 1
                if 2 * count + 1 >= len(places):
                    state[0] = at
                    return count
    state[0] = size
    return count
