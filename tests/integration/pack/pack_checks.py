"""Real object databases, and a comparison of what the pack reader makes of them with what git says."""

from __future__ import annotations

import hashlib
import random
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from secretscan.model.blob import Skipped
from secretscan.sources.git.objects import CatFileReader, ObjectVersion, unread
from secretscan.sources.git.pack import reader
from secretscan.sources.git.pack.faults import DEFAULT_LIMITS, Limits
from secretscan.sources.git.pack.plan import make_plan
from secretscan.sources.git.pack.store import ObjectStore, open_store
from secretscan.sources.git.pack.walk import Failed, Made, ShardWalk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from secretscan.sources.git.repository import Repository
    from secretscan.sources.git.table import HistoryRow
    from tests.conftest import Repo

NAMES = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}


@dataclass
class Reading:
    """What came of reading objects."""

    made: dict[str, Made] = field(default_factory=dict)
    failed: dict[str, Failed] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    rebuilt: int = 0


def object_ids(repo: Repo) -> list[str]:
    listed = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    return listed.split("\n") if listed else []


def store_of(repo: Repo) -> ObjectStore:
    folder = repo.path / ".git" if (repo.path / ".git").exists() else repo.path
    sha256 = repo.git("rev-parse", "--show-object-format") == "sha256"
    return open_store(folder / "objects", 32 if sha256 else 20)


def read(store: ObjectStore, ids: list[str], limits: Limits = DEFAULT_LIMITS, shards: int = 1) -> Reading:
    plan = make_plan(store, [bytes.fromhex(oid) for oid in ids], shards=shards)
    reading = Reading(absent=[ids[n] for n in (*plan.missing, *plan.broken)])
    for shard in plan.shards:
        walk = ShardWalk(shard, limits)
        for item in walk:
            if isinstance(item, Made):
                reading.made[ids[item.wanted]] = item
            else:
                reading.failed[ids[item.wanted]] = item
        reading.rebuilt += walk.rebuilt
    return reading


class PackReader:
    """What a scan does with packs, as a `CatFileReader` would; that is asked for what cannot be made from them."""

    def __init__(self, repo: Repository, limits: Limits = DEFAULT_LIMITS) -> None:
        """Open the object database. Raises UnreadablePack when only git can read it."""
        self._repo = repo
        self._limits = limits
        self.store = reader.store_of(repo)

    def read(self, objects: Sequence[HistoryRow]) -> Iterator[ObjectVersion | Skipped]:
        """Yield one item per row, bases before what is built on them; what went wrong comes last."""
        plan = make_plan(self.store, [bytes.fromhex(row.oid) for row in objects])
        again = [*plan.missing, *plan.broken]
        for shard in plan.shards:
            for item in ShardWalk(shard, self._limits):
                row = objects[item.wanted]
                if isinstance(item, Failed) and item.too_large:
                    yield unread(row, item.why)
                    continue
                version = None if isinstance(item, Failed) else reader.version_of(item, objects)
                if version is None:
                    again.append(item.wanted)
                else:
                    yield version
        yield from CatFileReader(self._repo).read([objects[number] for number in sorted(again)])


def id_of(item: Made, oid_bytes: int) -> str:
    """The id that the content of an object gives it: equal only if every byte is right."""
    content = b"%s %d\0" % (NAMES[item.kind], len(item.data)) + item.data
    return (hashlib.sha1 if oid_bytes == 20 else hashlib.sha256)(content).hexdigest()


def assert_all_right(store: ObjectStore, ids: list[str], reading: Reading) -> None:
    """Every object was made, and its content gives the id it was asked for by; copies tell the truth."""
    assert not reading.failed
    assert not reading.absent
    assert set(reading.made) == set(ids)
    for oid, item in reading.made.items():
        assert id_of(item, store.oid_bytes) == oid
        if item.copies is not None:
            base = reading.made[ids[item.base]].data
            assert all(base[b : b + n] == item.data[a : a + n] for b, a, n in item.copies)


def grow(repo: Repo, seed: int = 1, commits: int = 12, files: int = 4) -> None:
    """Commit versions of a few files that differ little from each other."""
    rng = random.Random(seed)
    texts = {f"f{n}.txt": [f"{rng.random()} line {i}" for i in range(120)] for n in range(files)}
    for number in range(commits):
        for name in rng.sample(sorted(texts), 2):
            lines = texts[name]
            at = rng.randrange(len(lines))
            lines[at : at + rng.randrange(4)] = [f"{rng.random()} new" for _ in range(rng.randrange(4))]
            repo.add(name, "\n".join(lines))
        repo.commit(f"change {number}")


def packs_of(repo: Repo) -> list[Path]:
    return sorted((repo.path / ".git" / "objects" / "pack").glob("*.pack"))


def write_pack(folder: Path, name: str, entries: list[tuple[str, bytes]]) -> Path:
    """Write a pack of raw `entries` (id, header and data) with its index, right or wrong as they are."""
    body = b"PACK" + (2).to_bytes(4, "big") + len(entries).to_bytes(4, "big")
    rows = []
    for oid, entry in entries:
        rows.append((bytes.fromhex(oid), zlib.crc32(entry), len(body)))
        body += entry
    rows.sort()
    body += hashlib.sha1(body).digest()
    fanout = b"".join(sum(r[0][0] <= n for r in rows).to_bytes(4, "big") for n in range(256))
    index = b"\xfftOc" + (2).to_bytes(4, "big") + fanout + b"".join(r[0] for r in rows)
    index += b"".join(r[1].to_bytes(4, "big") for r in rows) + b"".join(r[2].to_bytes(4, "big") for r in rows)
    index += body[-20:]
    (folder / f"{name}.pack").write_bytes(body)
    (folder / f"{name}.idx").write_bytes(index + hashlib.sha1(index).digest())
    return folder / f"{name}.pack"


def entry(kind: int, content: bytes, base: bytes = b"", size: int | None = None) -> bytes:
    """One packed entry; `size` lies about the content's."""
    left = len(content) if size is None else size
    head = bytearray([kind << 4 | left & 15])
    left >>= 4
    while left:
        head[-1] |= 0x80
        head.append(left & 0x7F)
        left >>= 7
    return bytes(head) + base + zlib.compress(content)


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
