"""Reading files and streams outside of any repository."""

from __future__ import annotations

import ctypes
import io
import mmap
import os
import socket
import time
from pathlib import Path

import pytest

from secretscan.errors import UsageError
from secretscan.model.blob import Blob, Skipped
from secretscan.sources.files import FileEntry, fetch_ahead, find_files, read_file
from secretscan.sources.stdin import stdin_blobs

ENV = {"PATH": os.environ["PATH"], "GIT_CEILING_DIRECTORIES": "/"}
LIMIT = 100


def scan(*paths: Path) -> list[Blob | Skipped]:
    found = find_files([str(path) for path in paths], ENV)
    return [read_file(item, LIMIT) if isinstance(item, FileEntry) else item for item in found]


def contents(items: list[Blob | Skipped]) -> list[bytes]:
    return [item.data for item in items if isinstance(item, Blob)]


def test_files_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a/z", "a/b", "c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert contents(scan(tmp_path)) == [b"a/b", b"a/z", b"b", b"c"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    assert contents(scan(tmp_path, tmp_path / "a", tmp_path)) == [b"1"]


def test_links_are_followed_only_when_named(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("1")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(outside)
    assert scan(inside) == []
    assert contents(scan(inside / "link")) == [b"1"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "file").write_text("1")
    assert contents(scan(tmp_path)) == [b"1"]


def test_pipes_and_sockets_are_stated_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        items = scan(tmp_path)
    assert [item.by_design for item in items if isinstance(item, Skipped)] == [True, True]


def test_git_folders_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("1")
    (tmp_path / "a").write_text("2")
    assert contents(scan(tmp_path)) == [b"2"]


def test_a_file_over_the_limit_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (LIMIT + 1))
    (item,) = scan(tmp_path)
    assert isinstance(item, Skipped)
    assert not item.by_design


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "a").chmod(0)
    (item,) = scan(tmp_path)
    assert isinstance(item, Skipped)
    assert not item.by_design


def test_a_file_that_vanishes_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (entry,) = find_files([str(tmp_path)], ENV)
    (tmp_path / "a").unlink()
    assert isinstance(entry, FileEntry)
    item = read_file(entry, LIMIT)
    assert isinstance(item, Skipped)
    assert not item.by_design


@pytest.mark.parametrize("size", [0, 3, 8, 9, 100_000])
def test_a_file_is_read_as_it_is_whatever_its_size_was(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"12345678")
    item = read_file(FileEntry(os.fsencode(tmp_path / "a"), size), 100_000)
    assert isinstance(item, Blob)
    assert item.data == b"12345678"
    (tmp_path / "a").write_bytes(b"x" * 200_000)
    assert isinstance(read_file(FileEntry(os.fsencode(tmp_path / "a"), size), 100_000), Skipped)


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    item = read_file(FileEntry(os.fsencode(tmp_path / "a"), 5), LIMIT)
    assert isinstance(item, Skipped)


def pages_in_memory(path: Path) -> int:
    """Return how many pages of a file the system holds in memory (mincore(2)), or -1 where it does not tell."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mincore"):
        return -1
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        told = (ctypes.c_ubyte * -(-len(mapped) // mmap.PAGESIZE))()
        start = ctypes.c_char.from_buffer(mapped)
        failed = libc.mincore(ctypes.c_void_p(ctypes.addressof(start)), ctypes.c_size_t(len(mapped)), told)
        del start
    return -1 if failed else sum(page & 1 for page in told)


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system takes no advice")
def test_files_are_fetched_ahead_up_to_the_limit(tmp_path: Path) -> None:
    size = 16 * mmap.PAGESIZE
    for name in ("a", "b"):
        with (tmp_path / name).open("wb") as file:
            file.write(os.urandom(size))
            file.flush()
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if pages_in_memory(tmp_path / "a") != 0 or pages_in_memory(tmp_path / "b") != 0:
        pytest.skip("this file system keeps all files in memory")
    small, large = (FileEntry(os.fsencode(tmp_path / name), size) for name in ("a", "b"))
    fetch_ahead([small], size)
    fetch_ahead([large], size - 1)
    deadline = time.monotonic() + 10
    while pages_in_memory(tmp_path / "a") < 16 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pages_in_memory(tmp_path / "a") == 16
    assert pages_in_memory(tmp_path / "b") == 0


def test_what_cannot_be_fetched_ahead_is_left_to_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    os.mkfifo(tmp_path / "pipe")
    names = ("vanished", "pipe", "file", "folder/x")
    entries = [FileEntry(os.fsencode(tmp_path / name), 1) for name in names]
    before = os.listdir("/proc/self/fd") if Path("/proc/self/fd").exists() else []
    fetch_ahead(entries, LIMIT)
    assert before == (os.listdir("/proc/self/fd") if before else [])
    assert contents([read_file(entry, LIMIT) for entry in entries]) == [b"1"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        scan(tmp_path / "nowhere")


def test_names_that_are_no_utf8_come_through(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\n"
    Path(os.fsdecode(name)).write_text("1")
    (item,) = scan(tmp_path)
    assert isinstance(item, Blob)
    assert item.provenance.path == name


def test_a_stream_is_one_blob() -> None:
    (item,) = stdin_blobs(io.BytesIO(b"x" * LIMIT), b"name", max_bytes=LIMIT)
    assert isinstance(item, Blob)
    assert (item.data, item.provenance.path) == (b"x" * LIMIT, b"name")


def test_what_a_stream_holds_over_the_limit_is_a_gap() -> None:
    read, lost = stdin_blobs(io.BytesIO(b"x" * LIMIT + b"y"), b"name", max_bytes=LIMIT)
    assert isinstance(read, Blob)
    assert read.data == b"x" * LIMIT
    assert isinstance(lost, Skipped)
    assert not lost.by_design
