from __future__ import annotations

import random

import pytest

from secretscan.engine.decode import wide_text

TEXT = "# Schlüssel für 日本 🔑\r\n$password = 'Plum-orchard-77'\r\n"
PLAIN = "[db]\npassword = Plum-orchard-77\n" * 3
ENCODINGS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("text", "mark"), [(TEXT, "\ufeff"), (PLAIN, "\ufeff"), (PLAIN, "")], ids=["bom", "bom-ascii", "no-bom"]
)
def test_wide_text_is_read_and_leads_back(encoding: str, text: str, mark: str) -> None:
    data = (mark + text).encode(encoding)
    derived = wide_text(data)
    assert derived is not None
    assert derived.data == text.encode()
    assert derived.how == encoding[:6]
    start = derived.data.index(b"Plum")
    low, high = derived.origin(start, start + 15)
    assert data[low:high] == "Plum-orchard-77".encode(encoding)


def test_cut_off_last_byte_does_no_harm() -> None:
    derived = wide_text((b"\xff\xfe" + PLAIN.encode("utf-16-le"))[:-1])
    assert derived is not None
    assert b"Plum-orchard-77" in derived.data
    assert derived.origin(0, len(derived.data))[1] <= len(PLAIN) * 2 + 1


def test_utf16_appended_to_a_text_file_is_read() -> None:
    head = b"A=1\nB=2\n"
    data = head + "TOKEN=Plum-orchard-77\r\n".encode("utf-16-le") + b"C=3\n"
    derived = wide_text(data)
    assert derived is not None
    assert derived.data == b"A=1\nB=2\nTOKEN=Plum-orchard-77\r\nC=3\n"
    low, high = derived.origin(derived.data.index(b"Plum"), derived.data.index(b"Plum") + 3)
    assert len(head) <= low < high <= len(data)


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).randbytes(5000),
        b"\x7fELF" + b"\0" * 2000 + b"text" * 50,
        b"\xff\xfe" + random.Random(2).randbytes(3000),
        b"\0" * 4000,
        b"PK\x03\x04" + random.Random(3).randbytes(50) + "name.txt in wide letters".encode("utf-16-le"),
        b"\0",
        b"",
    ],
    ids=["random", "elf", "bom and random", "zeros", "zip", "one zero", "nothing"],
)
def test_binary_data_is_no_wide_text(data: bytes) -> None:
    assert wide_text(data) is None
