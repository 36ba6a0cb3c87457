"""The plan that kernels make is the one that `plan.make_plan` makes, on random forests and on real packs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.sources.git.pack.plan import _family, make_plan
from tests.conftest import Repo
from tests.integration.pack.pack_checks import object_ids, store_of

np = pytest.importorskip("numpy")

Steps = list[tuple[int, int, int]]


def by_kernels(base: Sequence[int], wanted: Sequence[int]) -> list[Steps] | None:
    from secretscan.sources.git.pack.plan_columns import _order

    order = _order(np.array(wanted, dtype=np.int64), np.array(base, dtype=np.int64))
    if order is None:
        return None
    rows = list(zip(order.steps.tolist(), order.parents.tolist(), order.uses.tolist(), strict=True))
    starts = order.starts.tolist()
    return [rows[low:high] for low, high in pairwise(starts)]


def step_by_step(base: Sequence[int], wanted: Sequence[int]) -> list[Steps]:
    children: dict[int, list[int]] = {}
    roots, seen = [], set()
    for node in wanted:
        while node not in seen:
            seen.add(node)
            if base[node] < 0:
                roots.append(node)
                break
            children.setdefault(base[node], []).append(node)
            node = base[node]
    return [_family(root, children) if root in children else [(root, -1, 0)] for root in sorted(roots)]


@given(st.integers(0, 1 << 32))
@settings(max_examples=400, deadline=None)
def test_families_come_in_the_same_order(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.randint(1, 120)
    alone = rng.random()
    base = [-1 if rng.random() < alone else rng.randrange(-1, n) if n else -1 for n in range(count)]
    wanted = rng.sample(range(count), rng.randint(1, count))
    assert by_kernels(base, wanted) == step_by_step(base, wanted)


@pytest.mark.parametrize("strange", [-2, -3, 2, 5])
def test_bases_that_are_not_simply_before_their_delta_are_left_to_the_twin(strange: int) -> None:
    assert by_kernels([-1, 0, strange, 2], [3]) is None
    assert by_kernels([-1, 0, strange, 2], [1]) == [[(0, -1, 1), (1, 0, 0)]]


@pytest.mark.parametrize("shards", [1, 3, 50])
def test_the_plan_of_a_real_pack_is_the_same(repo: Repo, shards: int) -> None:
    from secretscan.sources.git.pack.plan_columns import plan_columns

    rng = random.Random(7)
    lines = [f"line {rng.random()}" for _ in range(200)]
    for commit in range(60):
        for _ in range(3):
            lines[rng.randrange(len(lines))] = f"line {rng.random()}"
        repo.write(f"f{commit % 4}.txt", "\n".join(lines))
        repo.commit(f"change {commit}")
    repo.git("repack", "-adq", "--depth=8")
    store = store_of(repo)
    ids = object_ids(repo)
    rng.shuffle(ids)
    some = [bytes.fromhex(oid) for oid in ids[: len(ids) * 2 // 3]]
    plan = plan_columns(store, b"".join(some), shards=shards)
    assert plan == make_plan(store, some, shards=shards)
    assert plan is not None
    assert sum(map(len, plan.shards)) >= len(some)


def test_objects_outside_the_pack_are_left_to_the_twin(repo: Repo) -> None:
    from secretscan.sources.git.pack.plan_columns import plan_columns

    repo.write("a.txt", "one")
    repo.commit("one")
    repo.git("repack", "-adq")
    packed = [bytes.fromhex(oid) for oid in object_ids(repo)]
    assert plan_columns(store_of(repo), b"".join(packed)) == make_plan(store_of(repo), packed)
    assert plan_columns(store_of(repo), b"".join([*packed, bytes(20)])) is None
    repo.write("a.txt", "two")
    repo.commit("two")
    loose = [bytes.fromhex(oid) for oid in object_ids(repo)]
    assert plan_columns(store_of(repo), b"".join(loose)) is None
