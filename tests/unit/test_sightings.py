"""What was found in the first and the last object with a secret is kept, within bounds."""

from __future__ import annotations

import pytest

from secretscan.model.finding import Finding
from secretscan.model.provenance import HistoryObject, Where
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.pipeline import sightings as module
from secretscan.pipeline.sightings import Sightings


def finding(name: str, start: int = 0) -> Finding:
    return Finding(
        rule_id="rule",
        secret=Secret(name.encode()),
        span=Span(start, start + 1),
        region=Region(1, 1, 1, 2),
        score=0.5,
        attributes={},
    )


def origin(number: int) -> HistoryObject:
    return HistoryObject(f"{number:040x}", Where.FILE, b"a.py")


def oids(*numbers: int) -> set[str]:
    return {f"{number:040x}" for number in numbers}


def test_the_first_and_the_last_object_with_each_secret_are_kept_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FEW", 0)
    seen = Sightings()
    for number in range(10):
        seen.add(origin(number), [finding("a"), finding("b", 3)] if 3 <= number <= 5 else [finding("a")])
    seen.prune()
    assert set(seen.kept) == oids(0, 3, 5, 9)
    assert [f.secret.reveal() for f in seen.kept[f"{5:040x}"]] == [b"a", b"b"]
    assert set(seen.origins) == oids(*range(10))


def test_few_findings_are_all_kept() -> None:
    seen = Sightings()
    for number in range(module._FEW):
        seen.add(origin(number), [finding("a")])
    seen.prune()
    assert set(seen.kept) == oids(*range(module._FEW))
    seen.add(origin(module._FEW), [finding("a")])
    seen.prune()
    assert set(seen.kept) == oids(0, module._FEW)


def test_merged_sightings_keep_what_each_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 0)
    one, two = Sightings(), Sightings()
    for number in range(4):
        one.add(origin(number), [finding("a")])
        two.add(origin(10 + number), [finding("a")])
    one.prune()
    two.prune()
    one.merge(two)
    assert set(one.kept) == oids(0, 3, 10, 13)


def test_what_is_kept_is_bounded() -> None:
    seen = Sightings()
    many = [finding(f"{n}", n) for n in range(50)]
    for number in range(2 * module._KEPT_AT_ONCE // len(many)):
        seen.add(origin(number), many)
        assert sum(map(len, seen.kept.values())) <= module._KEPT_AT_ONCE
    assert seen.kept  # the first and the last of the same secrets are few
    everywhere_new = Sightings()
    for number in range(module._KEPT_AT_ONCE):
        everywhere_new.add(origin(number), [finding(f"{number} {n}", n) for n in range(3)])
        assert sum(map(len, everywhere_new.kept.values())) <= module._KEPT_AT_ONCE
    assert len(everywhere_new.seen) == 3 * module._KEPT_AT_ONCE
    whole = Sightings()
    for number in range(2 * module._KEPT // len(many)):
        part = Sightings()
        part.add(origin(number), many)
        whole.merge(part)
    assert sum(map(len, whole.kept.values())) == module._KEPT
