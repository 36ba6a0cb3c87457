"""zlib streams of a declared size, inflated without trust: no more output than promised."""

from __future__ import annotations

import zlib
from types import ModuleType
from typing import Any

from secretscan.sources.git.pack.faults import DamagedObject

_zlib: ModuleType
try:  # extra `fast`: see docs/performance.md for what it saves
    from isal import isal_zlib as _zlib
except ImportError:
    _zlib = zlib

_new: Any = _zlib.decompressobj
_Error: Any = _zlib.error
crc32: Any = _zlib.crc32
"""CRC-32 as the pack index stores it, from the fastest library at hand."""


def inflate(source: memoryview, size: int) -> bytes:
    """Return the `size` bytes that the zlib stream at the start of `source` holds.

    At most one byte more than `size` is ever produced, so a stream that lies about its size (a bomb) costs
    nothing. Raises `DamagedObject` when the stream is broken, cut short, shorter or longer than `size`.
    """
    stream = _new()
    try:
        content: bytes = stream.decompress(source, size + 1)
        # a stream may stop for want of room for its trailer alone
        while not stream.eof and len(content) <= size and stream.unconsumed_tail:
            content += stream.decompress(stream.unconsumed_tail, size + 1 - len(content))
    except (_Error, OverflowError, MemoryError) as broken:
        raise DamagedObject("its compressed data are damaged") from broken
    if len(content) != size:
        raise DamagedObject("its size is not the one declared")
    if not stream.eof:
        raise DamagedObject("its compressed data end too soon")
    return content


def inflate_head(source: memoryview, most: int) -> bytes:
    """Return up to `most` first bytes of the zlib stream in `source`, for a look at a header."""
    try:
        head: bytes = _new().decompress(source, most)
    except _Error as broken:
        raise DamagedObject("its compressed data are damaged") from broken
    return head
