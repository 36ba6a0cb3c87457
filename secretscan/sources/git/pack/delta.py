"""Git's delta format: build an object from its base, and tell which ranges came over unchanged.

Source: gitformat-pack(5), "Deltified representation".
"""

from __future__ import annotations

from secretscan.sources.git.pack.faults import DamagedObject, TooLarge

Copy = tuple[int, int, int]
"""(start in the base, start in the object, length): bytes that both share."""

_MAX_VARINT_BYTES = 9
_WHOLE_COPY = 0x10000
"""What a copy of length 0 means (gitformat-pack)."""


def delta_sizes(delta: bytes) -> tuple[int, int, int]:
    """Return (size of the base, size of the result, offset of the first instruction)."""
    sizes, at = [], 0
    for _ in range(2):
        value = shift = 0
        for _ in range(_MAX_VARINT_BYTES):
            if at >= len(delta):
                raise DamagedObject("its delta ends in the header")
            byte = delta[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        else:
            raise DamagedObject("its delta declares an impossible size")
        sizes.append(value)
    return sizes[0], sizes[1], at


def apply_delta(base: bytes, delta: bytes, limit: int) -> tuple[bytes, list[Copy]]:
    """Return the object that `delta` makes of `base`, and what it copied, in the order of the object.

    Neighbouring copies that continue each other in both are one range. Raises `TooLarge` before anything is
    copied when the result would exceed `limit` bytes, and `DamagedObject` when the delta does not fit.
    """
    base_size, size, at = delta_sizes(delta)
    if base_size != len(base):
        raise DamagedObject("its delta belongs to another base")
    if size > limit:
        raise TooLarge(f"it is larger than {limit} bytes")
    view, end, made = memoryview(base), len(delta), 0
    pieces: list[bytes | memoryview] = []
    copies: list[Copy] = []
    last_end = last_base = last_start = last_length = 0
    while at < end:
        op = delta[at]
        at += 1
        if op < _COPY:
            pieces.append(delta[at : at + op])
            at += op
            made += op
            if op == 0 or at > end:
                raise DamagedObject("its delta is cut short or holds a reserved instruction")
            continue
        width, low, shift = _ARGUMENTS[op]
        word = int.from_bytes(delta[at : at + width], "little") if low >= 0 else _scattered(op, delta, at)
        at += width
        start, length = (word & low, word >> shift) if low >= 0 else (word & _START, word >> 32)
        length = length or _WHOLE_COPY
        if at > end or start + length > base_size or made + length > size:
            raise DamagedObject("its delta copies beyond its base or its size")
        pieces.append(view[start : start + length])
        if last_end == start and last_start + last_length == made and last_length:
            last_length += length
        else:
            if last_length:
                copies.append((last_base, last_start, last_length))
            last_base, last_start, last_length = start, made, length
        last_end = start + length
        made += length
    if made != size:
        raise DamagedObject("its delta makes an object of another size")
    if last_length:
        copies.append((last_base, last_start, last_length))
    return b"".join(pieces), copies


def _argument_table() -> tuple[tuple[int, int, int], ...]:
    """Return, for each byte of a copy instruction, (argument bytes, mask of the start, shift of the length).

    The mask is -1 where a byte in the middle is left out, being zero, so that one number cannot be read.
    """
    table = [(0, 0, 0)] * _COPY
    for bits in range(_COPY):
        starts, lengths = (bits & 15).bit_count(), (bits >> 4).bit_count()
        whole = bits & 15 == (1 << starts) - 1 and bits >> 4 == (1 << lengths) - 1
        table.append((starts + lengths, (1 << 8 * starts) - 1 if whole else -1, 8 * starts))
    return tuple(table)


def _scattered(op: int, delta: bytes, at: int) -> int:
    """Return start and length (from bit 32) of a copy instruction that leaves zero bytes out."""
    word = 0
    for place in range(7):
        if op >> place & 1:
            word |= (delta[at] if at < len(delta) else 0) << 8 * place
            at += 1
    return word


_COPY = 0x80
"""Instructions from here copy; below they insert that many bytes."""
_START = 0xFFFFFFFF
_ARGUMENTS = _argument_table()
