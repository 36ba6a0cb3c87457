"""Databases that lie or are broken: what is sound is read, the rest is named, and nothing hangs or swells."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pack_checks import blob_id, entry, grow, id_of, object_ids, packs_of, read, store_of, write_pack

from secretscan.sources.git.pack.faults import Limits, UnreadablePack
from secretscan.sources.git.pack.store import open_store

if TYPE_CHECKING:
    from tests.conftest import Repo

SOUND = b"a sound object\n"
SOUND_ID = blob_id(SOUND)
BAD_ID = "ab" * 20
OTHER_ID = "cd" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The pack folder of an empty database."""
    folder = tmp_path / "objects" / "pack"
    folder.mkdir(parents=True)
    return folder


def why(folder: Path, entries: list[tuple[str, bytes]], **limits: int) -> str:
    """Why the object BAD_ID of a pack could not be read, while the sound one beside it was."""
    write_pack(folder, "pack-x", [(SOUND_ID, entry(3, SOUND)), *entries])
    reading = read(open_store(folder.parent), [SOUND_ID, BAD_ID], Limits(**limits))
    assert reading.made[SOUND_ID].data == SOUND
    assert BAD_ID not in reading.made
    return "absent" if BAD_ID in reading.absent else reading.failed[BAD_ID].why


def test_a_size_that_is_too_small_is_a_fault(folder: Path) -> None:
    assert "size" in why(folder, [(BAD_ID, entry(3, b"x" * 1000, size=999))])


def test_a_size_that_is_too_large_is_a_fault(folder: Path) -> None:
    assert "size" in why(folder, [(BAD_ID, entry(3, b"x" * 1000, size=1001))])


def test_a_bomb_gives_no_more_than_it_declares(folder: Path) -> None:
    import tracemalloc

    bomb = entry(3, b"\0" * (200 << 20), size=100)
    tracemalloc.start()
    assert "size" in why(folder, [(BAD_ID, bomb)])
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_a_declared_size_over_the_limit_is_not_inflated(folder: Path) -> None:
    assert "larger" in why(folder, [(BAD_ID, entry(3, b"x", size=1 << 40))], object_bytes=1 << 20)


def test_a_delta_that_declares_too_much_is_not_built(folder: Path) -> None:
    delta = bytes([len(SOUND)]) + b"\x80\x80\x80\x80\x80\x01" + b"\x90\x0f"
    bad = (BAD_ID, entry(7, delta, bytes.fromhex(SOUND_ID)))
    assert "larger" in why(folder, [bad], object_bytes=1 << 20)


def test_a_delta_that_copies_beyond_its_base_is_a_fault(folder: Path) -> None:
    delta = bytes([len(SOUND), 40, 0x90, 40])
    assert "copies beyond" in why(folder, [(BAD_ID, entry(7, delta, bytes.fromhex(SOUND_ID)))])


def test_deltas_in_a_circle_are_faults(folder: Path) -> None:
    delta = bytes([5, 5, 0x90, 5])
    one = (BAD_ID, entry(7, delta, bytes.fromhex(OTHER_ID)))
    two = (OTHER_ID, entry(7, delta, bytes.fromhex(BAD_ID)))
    assert why(folder, [one, two]) == "absent"


def test_a_delta_of_itself_is_a_fault(folder: Path) -> None:
    assert why(folder, [(BAD_ID, entry(7, bytes([5, 5, 0x90, 5]), bytes.fromhex(BAD_ID)))]) == "absent"


def test_a_delta_of_nothing_is_a_fault(folder: Path) -> None:
    assert why(folder, [(BAD_ID, entry(7, bytes([5, 5, 0x90, 5]), bytes.fromhex(OTHER_ID)))]) == "absent"


def test_a_delta_whose_offset_hits_no_entry_is_a_fault(folder: Path) -> None:
    assert why(folder, [(BAD_ID, entry(6, bytes([5, 5, 0x90, 5]), b"\x03"))]) == "absent"


def test_all_deltas_of_a_damaged_base_are_faults(folder: Path) -> None:
    bad = bytearray(entry(3, b"the base, which is damaged"))
    bad[-1] ^= 1
    delta = bytes([26, 5, 0x90, 5])
    child = (OTHER_ID, entry(7, delta, bytes.fromhex(BAD_ID)))
    write_pack(folder, "pack-x", [(BAD_ID, bytes(bad)), child])
    reading = read(open_store(folder.parent), [BAD_ID, OTHER_ID])
    assert set(reading.failed) == {BAD_ID, OTHER_ID}


def test_damage_that_zlib_cannot_see_is_found_by_the_checksum_in_the_index(folder: Path) -> None:
    path = write_pack(folder, "pack-x", [(SOUND_ID, entry(3, SOUND)), (BAD_ID, entry(3, b"x" * 9))])
    data = bytearray(path.read_bytes())
    assert data[12] == 0x3F
    data[12] = 0x4F  # a tag, says the header now
    path.write_bytes(data)
    reading = read(open_store(folder.parent), [SOUND_ID])
    assert "checksum" in reading.failed[SOUND_ID].why


def test_an_index_that_points_behind_the_pack_is_a_fault(folder: Path) -> None:
    path = write_pack(folder, "pack-x", [(BAD_ID, entry(3, b"x" * 9))])
    index = bytearray(path.with_suffix(".idx").read_bytes())
    index[-44:-40] = (1 << 30).to_bytes(4, "big")
    path.with_suffix(".idx").write_bytes(index)
    reading = read(open_store(folder.parent), [BAD_ID])
    assert reading.absent == [BAD_ID]
    assert not reading.made


@pytest.mark.parametrize("keep", [0, 5, 31, 200, 5000])
def test_a_truncated_pack_gives_what_is_left_of_it(repo: Repo, keep: int) -> None:
    grow(repo)
    repo.git("repack", "-adfq")
    ids = object_ids(repo)
    (pack,) = packs_of(repo)
    pack.chmod(0o644)
    whole = pack.read_bytes()
    pack.write_bytes(whole[:keep])
    store = store_of(repo)
    reading = read(store, ids)
    assert store.faults
    assert set(ids) == set(reading.made) | set(reading.failed) | set(reading.absent)
    assert all(id_of(item, 20) == oid for oid, item in reading.made.items())
    assert len(reading.made) < len(ids)
    if keep == 5000:
        assert reading.made


@pytest.mark.parametrize("name", ["pack", "idx"])
@given(data=st.data())
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_mutated_database_never_gives_a_wrong_object_a_crash_or_a_hang(
    repo: Repo, name: str, data: st.DataObject
) -> None:
    if not packs_of(repo):
        grow(repo, commits=6, files=2)
        repo.git("repack", "-adfq")
        repo.sound = [(p, p.read_bytes()) for p in (packs_of(repo)[0], packs_of(repo)[0].with_suffix(".idx"))]  # type: ignore[attr-defined]
        repo.ids = object_ids(repo)  # type: ignore[attr-defined]
        for path, _ in repo.sound:  # type: ignore[attr-defined]
            path.chmod(0o644)
    for path, content in repo.sound:  # type: ignore[attr-defined]
        spoilt = bytearray(content)
        if path.suffix == f".{name}":
            # most of the meaning is in the first bytes of an index and around the headers of a pack
            places = st.integers(0, len(content) - 1) | st.integers(0, min(1100, len(content) - 1))
            for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
                spoilt[at] = byte
            if data.draw(st.booleans()):
                del spoilt[data.draw(st.integers(0, len(content))) :]
        path.write_bytes(spoilt)
    ids: list[str] = repo.ids  # type: ignore[attr-defined]
    store = store_of(repo)
    reading = read(
        store, ids, Limits(object_bytes=1 << 20, base_bytes=1 << 20, cache_bytes=1 << 16), shards=2
    )
    assert set(ids) == set(reading.made) | set(reading.failed) | set(reading.absent)
    if name == "pack":
        # the index is sound: its checksums leave no room for a wrong object
        assert all(id_of(item, 20) == oid for oid, item in reading.made.items())


@given(st.binary(max_size=200), st.integers(0, 300))
@settings(max_examples=200)
def test_any_bytes_inflate_to_the_declared_size_or_to_a_fault(junk: bytes, size: int) -> None:
    from secretscan.sources.git.pack.faults import DamagedObject
    from secretscan.sources.git.pack.inflate import inflate

    for stream in (junk, zlib.compress(junk), zlib.compress(junk)[:-2], zlib.compress(junk) + b"more"):
        try:
            content = inflate(memoryview(stream), size)
        except DamagedObject:
            continue
        assert len(content) == size


def test_a_loose_file_that_lies_about_its_size_is_a_fault(repo: Repo) -> None:
    for content in (
        b"blob 3\0four",
        b"blob 9\0four",
        b"blub 4\0four",
        b"blob x\0four",
        b"blob 99999999999\0four",
    ):
        oid = f"{random.Random(content).getrandbits(160):040x}"
        repo.loose_file(oid).parent.mkdir(parents=True, exist_ok=True)
        repo.loose_file(oid).write_bytes(zlib.compress(content))
        reading = read(store_of(repo), [oid])
        assert set(reading.failed) == {oid}


@pytest.mark.parametrize("name", [b"loop", b"x" * 300, b"with\0nul", b"loop/below"])
def test_an_alternate_whose_name_leads_nowhere_is_left_to_git(repo: Repo, name: bytes) -> None:
    repo.commit(a="one\n")
    objects = repo.path / ".git/objects"
    (objects / "loop").symlink_to("loop")
    (objects / "info/alternates").write_bytes(name + b"\n")
    assert object_ids(repo)  # git carries on
    with pytest.raises(UnreadablePack):
        open_store(objects)


@pytest.mark.parametrize("size", range(13))
def test_a_shared_index_that_ends_in_its_header_is_a_fault(folder: Path, size: int) -> None:
    write_pack(folder, "pack-x", [(SOUND_ID, entry(3, SOUND))]).with_suffix(".idx").unlink()
    header = b"MIDX\x01\x01\x04\x00" + (1).to_bytes(4, "big")
    (folder / "multi-pack-index").write_bytes(header[:size])
    store = open_store(folder.parent)
    assert (store.packs, [fault.what for fault in store.faults]) == ((), ["pack-x.pack"])


@pytest.mark.parametrize("name", ["pack-z.pack", "pack-z.idx", "multi-pack-index"])
def test_a_pipe_in_place_of_a_file_is_a_fault_and_not_waited_for(folder: Path, name: str) -> None:
    write_pack(folder, "pack-x", [(SOUND_ID, entry(3, SOUND))])
    other = write_pack(folder, "pack-z", [(BAD_ID, entry(3, b"x"))])
    if name == "multi-pack-index":
        other.with_suffix(".idx").unlink()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    code = (
        "import sys, pathlib; from secretscan.sources.git.pack.store import open_store\n"
        "store = open_store(pathlib.Path(sys.argv[1]))\n"
        "print([pack.path.name for pack in store.packs], [fault.what for fault in store.faults])"
    )
    # in a process of its own, which can be given up
    command = [sys.executable, "-c", code, str(folder.parent)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=20)
    assert done.stdout == b"['pack-x.pack'] ['pack-z.pack']\n"
