"""The commit graph and the table of objects as plain values."""

from __future__ import annotations

import pickle
import random
from array import array

import pytest

from secretscan.errors import UsageError
from secretscan.model.provenance import Where
from secretscan.sources.git.graph import CommitGraph, _links, _sorted
from secretscan.sources.git.ranges import _checked_date
from secretscan.sources.git.table import COMMIT, FILE, ObjectTable


def graph_of(parents: dict[bytes, list[bytes]]) -> CommitGraph:
    return CommitGraph().fill(_sorted({oid: (n, p) for n, (oid, p) in enumerate(parents.items())}))


def test_children_come_before_parents_whatever_their_dates() -> None:
    rng = random.Random(1)
    for _ in range(50):
        ids = [b"%d" % n for n in range(30)]
        rng.shuffle(ids)
        links = {oid: rng.sample(ids[:n], min(n, rng.randrange(3))) for n, oid in enumerate(ids)}
        graph = CommitGraph().fill(_sorted({oid: (rng.randrange(5), p) for oid, p in links.items()}))
        assert len(graph) == 30
        for n, oid in enumerate(graph.ids):
            assert [graph.ids[p] for p in graph.parents(n)] == links[oid]
            assert all(p > n for p in graph.parents(n))


def test_ancestors_are_what_can_be_reached() -> None:
    graph = graph_of({b"a": [], b"b": [b"a"], b"c": [b"a"], b"d": [b"b", b"c"], b"e": [b"d"], b"x": []})
    reached = graph.ancestors([graph.numbers[b"d"]])
    assert {oid for n, oid in enumerate(graph.ids) if reached[n]} == {b"a", b"b", b"c", b"d"}
    assert not any(graph.ancestors([]))


def test_a_parent_outside_of_the_walk_is_left_out() -> None:
    graph = graph_of({b"a": [b"outside"], b"b": [b"a"]})
    assert list(graph.parents(graph.numbers[b"a"])) == []


def test_a_cycle_does_not_hang() -> None:
    assert len(graph_of({b"a": [b"b"], b"b": [b"a"], b"c": []})) == 1


def test_headers_of_a_commit_are_read_and_nonsense_is_survived() -> None:
    head = b"tree t\nparent p1\nparent p2\nauthor A <a> 5 +0000\ncommitter C <c> 7 +0200\n\nparent no\n"
    assert _links(head) == (7, [b"p1", b"p2"])
    assert _links(b"committer nonsense\n") == (0, [])
    assert _links(b"") == (0, [])
    assert _links(b"committer C <c> " + b"9" * 5000 + b" +0000\n") == (0, [])


@pytest.fixture
def table() -> ObjectTable:
    rng = random.Random(2)
    count = 200
    return ObjectTable(
        20,
        [b"%040x" % rng.randrange(16**40) for _ in range(count)],
        bytearray(rng.choice([FILE, COMMIT]) for _ in range(count)),
        array("Q", [rng.randrange(10_000) for _ in range(count)]),
        (array("I", [rng.randrange(5) for _ in range(count)]), [b"", b"a", b"b", b"c", b"d"]),
    )


def test_a_slice_has_the_rows_of_the_list(table: ObjectTable) -> None:
    rows = list(table)
    for part in (slice(3, 17), slice(None, None, 7), slice(50, 10), slice(-5, None)):
        assert list(table[part]) == rows[part]
    assert table[-1] == rows[-1]
    with pytest.raises(IndexError):
        table[200]


def test_a_shard_pickles_without_the_rest(table: ObjectTable) -> None:
    part = table[:10]
    copy = pickle.loads(pickle.dumps(part))
    assert list(copy) == list(table)[:10]
    assert len(pickle.dumps(part)) < len(pickle.dumps(table)) / 5


def test_shards_are_balanced_by_bytes(table: ObjectTable) -> None:
    sizes = [shard.total_bytes for shard in table.shards(4)]
    assert len(sizes) == 4
    assert max(sizes) < 1.3 * min(sizes)


def test_rows_name_their_kind(table: ObjectTable) -> None:
    kinds = {FILE: Where.FILE, COMMIT: Where.COMMIT_MESSAGE}
    assert [row.where for row in table] == [kinds[code] for code in table.codes]


@pytest.mark.parametrize(
    "date", ["2026-01-31", "2026-01-31T10:00:00", "2 weeks ago", "3.days", "1700000000", "yesterday"]
)
def test_dates_that_git_understands_pass(date: str) -> None:
    assert _checked_date(date)


@pytest.mark.parametrize("date", ["", "soon", "2026-13-01", "--all", "last thursday", "31/01/2026"])
def test_dates_that_git_would_take_for_now_are_refused(date: str) -> None:
    with pytest.raises(UsageError):
        _checked_date(date)
