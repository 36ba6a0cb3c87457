"""The object database of a repository: its packs, its loose files and those of its alternates."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from secretscan.model.blob import Skipped
from secretscan.sources.git.pack.entries import pays_numpy
from secretscan.sources.git.pack.faults import UnreadablePack
from secretscan.sources.git.pack.index import PackIndex, read_index
from secretscan.sources.git.pack.mapped import big_endian, map_file
from secretscan.sources.git.pack.midx import read_multi_pack_index

_MAX_ALTERNATE_DEPTH = 5
"""How far git itself follows alternates of alternates."""
_HEADER = 12


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack, its entries in the order in which they lie in the file."""

    path: Path
    view: memoryview
    """The file without the checksum at its end."""
    trailer: bytes
    """That checksum."""
    index: PackIndex
    offsets: array[int]
    """Where each entry starts, ascending."""
    rows: array[int]
    """The row of the index that speaks of each entry."""


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Everything the database holds, alternates included."""

    folders: tuple[Path, ...]
    """The `objects` folders, the repository's own first."""
    packs: tuple[Pack, ...]
    oid_bytes: int
    faults: tuple[Skipped, ...]
    """Packs that could not be opened or do not match their index; what is readable in them is read."""


def open_store(objects: Path, oid_bytes: int = 20) -> ObjectStore:
    """Return the object database whose main folder is `objects`, with ids of `oid_bytes` bytes (20 or 32).

    Raises `UnreadablePack` for what only git can read: a partial clone, or a folder that is not there.
    """
    if not objects.is_dir():
        raise UnreadablePack("there is no folder of objects")
    faults: list[Skipped] = []
    folders = tuple(_with_alternates(objects, faults))
    packs: list[Pack] = []
    for folder in folders:
        packs.extend(_open_packs(folder / "pack", oid_bytes, faults))
    return ObjectStore(folders, tuple(packs), oid_bytes, tuple(faults))


def _with_alternates(objects: Path, faults: list[Skipped]) -> Iterator[Path]:
    """Yield `objects` and the folders its `info/alternates` lead to, each once."""
    seen: set[Path] = set()
    level = [objects]
    for _ in range(_MAX_ALTERNATE_DEPTH + 1):
        following: list[Path] = []
        for folder in level:
            resolved, is_folder = _looked_up(folder)
            if resolved in seen:
                continue
            seen.add(resolved)
            if not is_folder:
                faults.append(Skipped(str(folder), "an alternate object folder that is not there"))
                continue
            yield folder
            following.extend(_alternates(folder))
        level = following
    for folder in level:
        if _looked_up(folder)[0] not in seen:
            faults.append(Skipped(str(folder), "an alternate nested too deep"))


def _looked_up(folder: Path) -> tuple[Path, bool]:
    """Return where a folder of objects really is, and whether it is there. Raises `UnreadablePack` for no name at all."""
    try:
        return folder.resolve(), folder.is_dir()
    # too long, a loop of links (RuntimeError), or with a NUL
    except (OSError, RuntimeError, ValueError) as cause:
        raise UnreadablePack("an alternate has a name that leads nowhere") from cause


def _alternates(objects: Path) -> Iterator[Path]:
    try:
        lines = (objects / "info" / "alternates").read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        if line.startswith(b'"'):
            raise UnreadablePack("an alternate has a quoted name")
        if line and not line.startswith(b"#"):
            yield objects / line.decode("utf-8", "surrogateescape")


def _open_packs(folder: Path, oid_bytes: int, faults: list[Skipped]) -> Iterator[Pack]:
    """Yield the packs of one folder in the order of their names."""
    if next(folder.glob("*.promisor"), None) is not None:
        raise UnreadablePack("the repository is a partial clone")
    shared: dict[str, PackIndex] | None = None
    for path in sorted(folder.glob("*.pack")):
        try:
            if path.with_suffix(".idx").exists():
                index = read_index(path.with_suffix(".idx"), oid_bytes)
            else:
                if shared is None:
                    shared = _shared_index(folder, oid_bytes)
                if path.stem not in shared:
                    faults.append(
                        Skipped(path.name, "a pack without an index, which git does not read either")
                    )
                    continue
                index = shared[path.stem]
            pack = open_pack(path, index, oid_bytes)
        except UnreadablePack as fault:
            faults.append(Skipped(path.name, fault.problem))
            continue
        if index.trailer and pack.trailer != index.trailer:
            faults.append(Skipped(path.name, "the pack does not match its index"))
        yield pack


def _shared_index(folder: Path, oid_bytes: int) -> dict[str, PackIndex]:
    path = folder / "multi-pack-index"
    return read_multi_pack_index(path, oid_bytes) if path.exists() else {}


def open_pack(path: Path, index: PackIndex, oid_bytes: int) -> Pack:
    """Return the pack at `path`, whose objects `index` names.

    Raises `UnreadablePack` when the file is no pack of version 2 or 3.
    """
    view = map_file(path)
    if bytes(view[:4]) != b"PACK" or big_endian(view, 4) not in (2, 3) or len(view) < _HEADER + oid_bytes:
        raise UnreadablePack(f"{path.name} is not a pack of version 2 or 3")
    rows, offsets = _in_order(index.offsets)
    return Pack(path, view[:-oid_bytes], bytes(view[-oid_bytes:]), index, offsets, rows)


def _in_order(offsets: array[int]) -> tuple[array[int], array[int]]:
    """Return the rows of an index in the order of the pack, those of other packs left out, and their offsets."""
    if pays_numpy(len(offsets)):
        from secretscan.sources.git.pack.columns_numpy import sorted_rows

        return sorted_rows(offsets)
    rows = array("q", sorted(range(len(offsets)), key=offsets.__getitem__))
    ordered = array("q", map(offsets.__getitem__, rows))
    skip = 0
    while skip < len(ordered) and ordered[skip] < 0:
        skip += 1
    return rows[skip:], ordered[skip:]
