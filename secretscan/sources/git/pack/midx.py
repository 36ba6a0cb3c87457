"""The multi-pack-index: the objects of those packs that have no index of their own.

Source: gitformat-pack(5), "multi-pack-index (MIDX) files".
"""

from __future__ import annotations

from array import array
from pathlib import Path

from secretscan.sources.git.pack.faults import UnreadablePack
from secretscan.sources.git.pack.index import PackIndex, numbers_at, read_oid_table, resolve_offsets
from secretscan.sources.git.pack.mapped import big_endian, map_file

_HEADER = 12
_CHUNK_ROW = 12
_OID_VERSIONS = {20: 1, 32: 2}


def read_multi_pack_index(path: Path, oid_bytes: int) -> dict[str, PackIndex]:
    """Return, for the name of each pack (without its ending), what the multi-pack-index at `path` says of it.

    Raises `UnreadablePack` when the file is of another version, cut short or inconsistent in itself.
    """
    view = map_file(path)
    head = bytes(view[:_HEADER])
    if len(head) < _HEADER:
        raise UnreadablePack(f"{path.name} is cut short")
    if head[:5] != b"MIDX\x01" or head[5] != _OID_VERSIONS[oid_bytes]:
        raise UnreadablePack(f"{path.name} is of another version")
    chunks = _chunks(view, head[6], path.name)
    if not {b"PNAM", b"OIDF", b"OIDL", b"OOFF"} <= chunks.keys():
        raise UnreadablePack(f"{path.name} lacks a table")
    table, _ = read_oid_table(view, chunks[b"OIDF"][0], chunks[b"OIDL"][0], oid_bytes, path.name)
    names = bytes(view[slice(*chunks[b"PNAM"])]).split(b"\0")
    pack_count = big_endian(view, 8)
    if len(names) < pack_count:
        raise UnreadablePack(f"{path.name} names too few packs")
    rows = numbers_at(view, chunks[b"OOFF"][0], 2 * len(table), path.name)
    start, end = chunks.get(b"LOFF", (0, 0))
    large = numbers_at(view, start, (end - start) // 8, path.name, wide=True)
    offsets = resolve_offsets(rows[1::2], large, path.name)
    return {
        name.decode("ascii", "replace").removesuffix(".idx").removesuffix(".pack"): PackIndex(
            table,
            array("q", (o if p == number else -1 for p, o in zip(rows[::2], offsets, strict=True))),
            None,
        )
        for number, name in enumerate(names[:pack_count])
    }


def _chunks(view: memoryview, count: int, name: str) -> dict[bytes, tuple[int, int]]:
    """Return the byte range of each table by its four-letter name."""
    if _HEADER + (count + 1) * _CHUNK_ROW > len(view):
        raise UnreadablePack(f"{name} is cut short")
    found: dict[bytes, tuple[int, int]] = {}
    for row in range(count):
        at = _HEADER + row * _CHUNK_ROW
        start, end = big_endian(view, at + 4, 8), big_endian(view, at + 4 + _CHUNK_ROW, 8)
        if not start <= end <= len(view):
            raise UnreadablePack(f"{name} is cut short")
        found[bytes(view[at : at + 4])] = (start, end)
    return found
