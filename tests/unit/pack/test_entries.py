from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretscan.sources.git.pack.entries import (
    BLOB,
    BROKEN,
    OFS_DELTA,
    REF_DELTA,
    read_entries_python,
    read_header,
)

numpy_reader = pytest.importorskip("secretscan.sources.git.pack.entries_numpy")


@given(
    st.one_of(
        st.binary(min_size=1, max_size=400),
        # continuation bits everywhere: sizes and distances that never end
        st.lists(
            st.sampled_from([0x80, 0xFF, 0x6F, 0xEF, 0xF0, 0x70, 0x30, 0x01]), min_size=1, max_size=200
        ).map(bytes),
    ),
    st.lists(st.integers(-5, 420), max_size=40),
    st.sampled_from([20, 32]),
)
def test_both_readers_of_headers_agree_on_any_bytes(pack: bytes, places: list[int], oid_bytes: int) -> None:
    offsets = array("q", sorted(places))
    view = memoryview(pack)
    by_numpy = numpy_reader.read_entries_numpy(view, offsets, oid_bytes)
    assert by_numpy == read_entries_python(view, offsets, oid_bytes)


def test_a_header_of_a_blob_is_read() -> None:
    # type 3, size 0b101_0110 -> 6 + (5 << 4)
    assert read_header(memoryview(b"P\xb6\x05data"), 1, 20) == (BLOB, 86, 3, -1)


def test_the_base_of_an_offset_delta_lies_before_it() -> None:
    pack = memoryview(bytes(300) + b"\x6a\x80\x48data")
    assert read_header(pack, 300, 20) == (OFS_DELTA, 10, 303, 300 - ((1 << 7) + 0x48))


def test_the_base_of_a_reference_delta_is_named_behind_the_header() -> None:
    pack = memoryview(b"P" + b"\x7a" + bytes(20) + b"data")
    assert read_header(pack, 1, 20) == (REF_DELTA, 10, 22, 2)


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(b"P\x00data", id="type nought"),
        pytest.param(b"P\x5adata", id="type five"),
        pytest.param(b"P\x6a\x05data", id="a base before the file"),
        pytest.param(b"P\x6a\x00data", id="its own base"),
        pytest.param(b"P\xbf", id="cut short"),
        pytest.param(b"P" + b"\xbf" + b"\xff" * 20, id="a size without end"),
        pytest.param(b"P\x7a" + bytes(20), id="nothing behind the base"),
    ],
)
def test_a_header_that_makes_no_sense_is_broken(pack: bytes) -> None:
    assert read_header(memoryview(pack), 1, 20)[0] == BROKEN
