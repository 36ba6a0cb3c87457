"""Every kind of database that git writes, read without git and compared object for object."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from pack_checks import (
    PackReader,
    assert_all_right,
    blob_id,
    entry,
    grow,
    object_ids,
    packs_of,
    read,
    store_of,
    write_pack,
)

from secretscan.model.blob import Skipped
from secretscan.model.provenance import Where
from secretscan.sources.git.objects import CatFileReader, ObjectVersion
from secretscan.sources.git.pack import inflate
from secretscan.sources.git.pack.faults import Limits, UnreadablePack
from secretscan.sources.git.table import HistoryRow

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo


def deltas_in(repo: Repo) -> int:
    """How many packed objects are deltas, as git counts them."""
    lines = repo.git("verify-pack", "-v", *[str(p) for p in packs_of(repo)]).split("\n")
    return sum(len(line.split()) == 7 for line in lines)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("offsets", ["true", "false"], ids=["offset-deltas", "reference-deltas"])
def test_every_object_of_a_packed_repository_is_right(
    make_repo: MakeRepo, object_format: str, offsets: str
) -> None:
    repo = make_repo("repo", f"--object-format={object_format}")
    grow(repo)
    repo.git("-c", f"repack.useDeltaBaseOffset={offsets}", "repack", "-adfq", "--depth=30")
    store, ids = store_of(repo), object_ids(repo)
    assert deltas_in(repo) >= 20
    reading = read(store, ids)
    assert_all_right(store, ids, reading)
    assert sum(item.copies is not None for item in reading.made.values()) == deltas_in(repo)


def test_loose_objects_are_right(repo: Repo) -> None:
    grow(repo, commits=3)
    assert not packs_of(repo)
    assert_all_right(store_of(repo), object_ids(repo), read(store_of(repo), object_ids(repo)))


def test_several_packs_and_loose_objects_are_right(repo: Repo) -> None:
    for seed in range(3):
        grow(repo, seed, commits=5)
        repo.git("repack", "-dq")
    grow(repo, 9, commits=2)
    assert len(packs_of(repo)) == 3
    assert_all_right(store_of(repo), object_ids(repo), read(store_of(repo), object_ids(repo)))


def test_packs_without_an_index_of_their_own_are_read_by_the_multi_pack_index(repo: Repo) -> None:
    for seed in range(3):
        grow(repo, seed, commits=5)
        repo.git("repack", "-dq")
    repo.git("multi-pack-index", "write")
    ids = object_ids(repo)
    for pack in packs_of(repo)[:2]:
        pack.with_suffix(".idx").unlink()
    assert_all_right(store_of(repo), ids, read(store_of(repo), ids))


def test_a_pack_without_any_index_is_stated(repo: Repo) -> None:
    grow(repo, commits=3)
    repo.git("repack", "-adq")
    packs_of(repo)[0].with_suffix(".idx").unlink()
    (fault,) = store_of(repo).faults
    assert "without an index" in fault.why


@pytest.mark.parametrize("base_is_packed", [True, False], ids=["in-another-pack", "loose"])
def test_a_delta_whose_base_lies_elsewhere_is_right(repo: Repo, *, base_is_packed: bool) -> None:
    folder = repo.path / ".git/objects/pack"
    base, made = b"0123456789" * 9, b"0123456789" * 5 + b"!"
    # copy 50 bytes from the start, insert one
    delta = bytes([90, 51, 0x90, 50, 1]) + b"!"
    folder.mkdir(exist_ok=True)
    if base_is_packed:
        write_pack(folder, "pack-b", [(blob_id(base), entry(3, base))])
    else:
        repo.blob(base)
    write_pack(folder, "pack-a", [(blob_id(made), entry(7, delta, bytes.fromhex(blob_id(base))))])
    ids = [blob_id(base), blob_id(made)]
    assert_all_right(store_of(repo), ids, read(store_of(repo), ids))


def test_alternates_are_followed(make_repo: MakeRepo) -> None:
    lender, borrower, third = make_repo("lender"), make_repo("borrower"), make_repo("third")
    grow(lender)
    lender.git("repack", "-adq")
    (borrower.path / ".git/objects/info/alternates").write_text(f"{lender.path}/.git/objects\n")
    (third.path / ".git/objects/info/alternates").write_text("../../../borrower/.git/objects\n")
    ids = object_ids(lender)
    assert_all_right(store_of(third), ids, read(store_of(third), ids))


def test_alternates_in_a_circle_end(make_repo: MakeRepo) -> None:
    one, two = make_repo("one"), make_repo("two")
    grow(one, commits=2)
    (one.path / ".git/objects/info/alternates").write_text(f"{two.path}/.git/objects\n")
    (two.path / ".git/objects/info/alternates").write_text(f"{one.path}/.git/objects\n/nowhere\n")
    store = store_of(two)
    assert len(store.folders) == 2
    assert [fault.what for fault in store.faults] == ["/nowhere"]
    assert_all_right(store, object_ids(one), read(store, object_ids(one)))


@pytest.mark.parametrize("shards", [1, 2, 7, 1000])
def test_shards_cover_every_object_once_and_never_part_a_family(repo: Repo, shards: int) -> None:
    grow(repo)
    repo.git("repack", "-adfq")
    ids = object_ids(repo)
    assert_all_right(store_of(repo), ids, read(store_of(repo), ids, shards=shards))


def test_a_base_is_made_before_what_is_built_on_it(repo: Repo) -> None:
    grow(repo, commits=20)
    repo.git("repack", "-adfq")
    ids = object_ids(repo)
    seen: set[int] = set()
    for item in read(store_of(repo), ids).made.values():
        assert item.base < 0 or item.base in seen
        seen.add(item.wanted)


def test_a_cache_too_small_for_one_object_changes_nothing_but_the_work(repo: Repo) -> None:
    grow(repo, commits=30)
    repo.git("repack", "-adfq", "--depth=40", "--window=30")
    ids = object_ids(repo)
    tight = read(store_of(repo), ids, Limits(cache_bytes=1))
    assert_all_right(store_of(repo), ids, tight)
    assert tight.rebuilt > 0
    assert read(store_of(repo), ids).rebuilt == 0


def test_an_object_over_the_limit_is_left_out_and_its_deltas_are_not(repo: Repo) -> None:
    rng = random.Random(4)
    big = "\n".join(str(rng.random()) for _ in range(4000)).encode()
    small = big[: len(big) // 2]
    oids = [repo.blob(big), repo.blob(small)]
    repo.git(
        "pack-objects",
        "-q",
        "--window=10",
        str(repo.path / ".git/objects/pack/pack"),
        stdin=b"\n".join(o.encode() for o in oids),
    )
    repo.git("prune-packed")
    assert deltas_in(repo) == 1
    reading = read(store_of(repo), oids, Limits(object_bytes=len(small) + 1))
    assert [oid for oid, failed in reading.failed.items() if failed.too_large] == [oids[0]]
    assert reading.made[oids[1]].data == small


def test_zlib_and_isal_inflate_alike(monkeypatch: pytest.MonkeyPatch, repo: Repo) -> None:
    import zlib

    grow(repo)
    repo.git("repack", "-adfq")
    monkeypatch.setattr(inflate, "_new", zlib.decompressobj)
    monkeypatch.setattr(inflate, "_Error", zlib.error)
    ids = object_ids(repo)
    assert_all_right(store_of(repo), ids, read(store_of(repo), ids))


def test_a_partial_clone_is_left_to_git(repo: Repo) -> None:
    grow(repo, commits=2)
    repo.git("repack", "-adq")
    packs_of(repo)[0].with_suffix(".promisor").touch()
    with pytest.raises(UnreadablePack):
        store_of(repo)


def test_an_unknown_extension_is_left_to_git(repo: Repo) -> None:
    repo.git("config", "extensions.preciousObjects", "true")
    PackReader(repo.opened())
    opened = repo.opened()
    repo.git("config", "extensions.compatObjectFormat", "sha256")
    with pytest.raises(UnreadablePack):
        PackReader(opened)


def rows_of(repo: Repo) -> list[HistoryRow]:
    listed = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").split(
        "\n"
    )
    wheres = {"blob": Where.FILE, "commit": Where.COMMIT_MESSAGE, "tag": Where.TAG_MESSAGE}
    return [HistoryRow(oid, wheres[kind], b"", 0) for oid, kind in map(str.split, listed) if kind in wheres]


def text(items: itertools.chain[ObjectVersion | Skipped]) -> dict[str, tuple[Where, bytes]]:
    return {i.oid: (i.where, i.data) for i in items if isinstance(i, ObjectVersion)}


def test_both_readers_give_the_same_texts(repo: Repo) -> None:
    grow(repo)
    repo.git("tag", "-a", "-m", "a tag", "v1")
    repo.git("repack", "-adfq")
    grow(repo, 5, commits=2)
    rows, opened = rows_of(repo), repo.opened()
    by_pack = text(itertools.chain(PackReader(opened).read(rows)))
    assert by_pack == text(itertools.chain(CatFileReader(opened).read(rows)))
    assert len(by_pack) == len(rows)


def test_a_replaced_object_is_read_as_it_is(repo: Repo) -> None:
    grow(repo, commits=2)
    true, false = repo.blob(b"what was committed\n"), repo.blob(b"what is shown instead\n")
    repo.git("replace", true, false)
    (item,) = PackReader(repo.opened()).read([HistoryRow(true, Where.FILE, b"a", 0)])
    assert isinstance(item, ObjectVersion)
    assert item.data == b"what was committed\n"


def test_a_damaged_packed_object_with_a_sound_loose_copy_is_read_by_git(repo: Repo) -> None:
    oid = repo.blob(random.Random(3).randbytes(5000))
    content = repo.loose_file(oid).read_bytes()
    repo.git("pack-objects", "-q", str(repo.path / ".git/objects/pack/pack"), stdin=oid.encode())
    repo.git("prune-packed")
    (pack,) = packs_of(repo)
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    data[200] ^= 1
    pack.write_bytes(data)
    row = HistoryRow(oid, Where.FILE, b"a", 0)
    (item,) = PackReader(repo.opened()).read([row])
    assert isinstance(item, Skipped)
    repo.loose_file(oid).parent.mkdir(exist_ok=True)
    repo.loose_file(oid).write_bytes(content)
    (item,) = PackReader(repo.opened()).read([row])
    assert isinstance(item, ObjectVersion)
