"""`PackedEntries`: the entries of a shard's packs, inflated and checked."""

from __future__ import annotations

from array import array

from secretscan.sources.git.pack.entries import BROKEN, read_header
from secretscan.sources.git.pack.faults import DamagedObject, Limits, TooLarge, UnreadablePack
from secretscan.sources.git.pack.forest import LOOSE
from secretscan.sources.git.pack.inflate import crc32, inflate
from secretscan.sources.git.pack.mapped import map_file
from secretscan.sources.git.pack.plan import Shard


class PackedEntries:
    """Reads the entries that a shard's steps name; maps each pack once."""

    def __init__(self, shard: Shard, limits: Limits) -> None:
        """Open nothing yet; a pack that has gone since fails its objects, not the walk."""
        self._shard = shard
        self._limits = limits
        self._packs: dict[int, memoryview | None] = {}
        self._headers: dict[int, tuple[int, int, int]] = {}

    def read_headers(self) -> None:
        """Read the headers of all entries at once, for a shard that is read to its end. Needs numpy."""
        from secretscan.sources.git.pack.entries_numpy import read_entries_numpy

        steps: dict[int, list[int]] = {}
        for step, number in enumerate(self._shard.pack):
            if number != LOOSE:
                steps.setdefault(number, []).append(step)
        for number, those in steps.items():
            try:
                view = self._pack(number)
            except DamagedObject:
                continue  # said of each of its objects in turn
            starts = array("q", [self._shard.start[step] for step in those])
            found = read_entries_numpy(view, starts, self._shard.oid_bytes)
            self._headers.update(
                zip(those, zip(found.kind, found.size, found.data_at, strict=True), strict=True)
            )

    def read(self, step: int, most: int) -> tuple[int, bytes]:
        """Return (type, inflated data) of a step's entry, checked against the index and the declared size.

        Raises DamagedObject, or TooLarge where more than `most` bytes are declared.
        """
        shard = self._shard
        start, end, crc = shard.start[step], shard.end[step], shard.crc[step]
        view = self._pack(shard.pack[step])
        if crc >= 0 and crc32(view[start:end]) != crc:
            raise DamagedObject("its checksum in the index is another")
        kind, size, data_at = self._headers.get(step) or read_header(view, start, shard.oid_bytes)[:3]
        if kind == BROKEN:
            raise DamagedObject("its header makes no sense")
        if size > most:
            raise TooLarge(f"it is larger than {most} bytes")
        return kind, inflate(view[data_at:end], size)

    def _pack(self, number: int) -> memoryview:
        if number not in self._packs:
            try:
                self._packs[number] = map_file(self._shard.packs[number])[: -self._shard.oid_bytes]
            except UnreadablePack:
                self._packs[number] = None
        view = self._packs[number]
        if view is None:
            raise DamagedObject("its pack is gone")
        return view
