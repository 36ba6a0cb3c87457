"""What is known of a text is known of its delta where the bytes are unchanged that it rests on."""

from __future__ import annotations

import pytest

from secretscan.engine.batchscan import BatchScanner
from secretscan.engine.deltascan import DeltaScanner
from secretscan.engine.program import build
from secretscan.engine.resting import moved
from secretscan.engine.scanner import Scanner
from secretscan.engine.versions import HeldVersion
from secretscan.engine.zonescan import Known
from secretscan.model.provenance import HistoryObject, Where
from secretscan.rules.load import load_rules

FILLER = b"    some = words + that + say + nothing\n"


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ([(0, 0, 100)], ((10, 20), (40, 50))),
        ([(0, 0, 30), (30, 35, 70)], ((10, 20), (45, 55))),
        ([(0, 0, 15), (15, 16, 85)], None),  # something new inside
        ([(0, 0, 20), (45, 20, 55)], None),  # the second is cut
        ([(0, 0, 35), (55, 35, 45)], None),  # and here it is gone
        ([(0, 0, 100), (0, 100, 30)], None),  # the first is there twice
        ([(35, 0, 65), (0, 65, 35)], None),  # in another order
    ],
    ids=["unchanged", "between", "inside", "cut", "gone", "twice", "turned over"],
)
def test_ranges_are_followed_through_a_delta(
    copies: list[tuple[int, int, int]], expected: tuple[tuple[int, int], ...] | None
) -> None:
    size = max(start + length for _, start, length in copies)
    assert moved([(10, 20), (40, 50)], copies, 100, size) == expected


@pytest.mark.parametrize(
    ("place", "copies", "size", "expected"),
    [
        ((0, 5), [(0, 0, 100)], 104, ((0, 5),)),
        ((0, 5), [(0, 4, 100)], 104, None),
        ((95, 100), [(0, 4, 100)], 104, ((99, 104),)),
        ((95, 100), [(0, 0, 100)], 104, None),
    ],
)
def test_the_ends_of_a_text_stay_its_ends(
    place: tuple[int, int], copies: list[tuple[int, int, int]], size: int, expected: object
) -> None:
    assert moved([place], copies, 100, size) == expected


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(build(load_rules(), "all"))


@pytest.mark.parametrize(
    "line",
    [
        b"# -----BEGIN RSA PRIVATE KEY-----\n# it begins so, but nobody has written one down\n# ---------\n",
        b'DATA = "c29tZSB3b3JkcyB0aGF0IHNheSBub3RoaW5nIGF0IGFsbA=="\n',
    ],
    ids=["head of a key", "encoded words"],
)
def test_a_file_that_mentions_something_is_not_read_whole_again(scanner: Scanner, line: bytes) -> None:
    first = FILLER * 100 + line + FILLER * 100
    at = 150 * len(FILLER)
    second = first[:at] + b"another = line\n" + first[at:]
    copies = [(0, 0, at), (at, at + 15, len(first) - at)]
    origin = HistoryObject("0" * 40, Where.FILE, b"a.py")
    delta, known = DeltaScanner(scanner), dict[int, Known]()
    batches = BatchScanner(delta)
    for batch in ([HeldVersion(0, first, origin)], [HeldVersion(1, second, origin, 0, copies)]):
        delta.scanned_bytes = 0
        [result] = batches.scan(batch, known)
        assert result.findings == []
    assert delta.scanned_bytes < 1000
    assert known[1].far or known[1].hidden.lines
    assert not known[1].is_whole
