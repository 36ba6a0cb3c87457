"""When secrets came and went, checked against histories whose every tree is looked at."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretscan.model.provenance import Where
from secretscan.sources.git import presence
from secretscan.sources.git.attribution import Attribution, attribute
from secretscan.sources.git.head import relevant_changes
from secretscan.sources.git.mergelookup import MergeLookup
from secretscan.sources.git.objects import CatFileReader, ObjectVersion
from secretscan.sources.git.presence import Presence
from secretscan.sources.git.walk import walk_history

if TYPE_CHECKING:
    from tests.conftest import Repo

KEY = b"the-secret"


def look(repo: Repo, needle: bytes = KEY, **options: object) -> Attribution:
    """The attribution of `needle`, found by searching every object."""
    opened = repo.opened()
    walk = walk_history(opened, max_bytes=1 << 20, **options)  # type: ignore[arg-type]
    items = CatFileReader(opened).read(walk.objects)
    oids = [i.oid for i in items if isinstance(i, ObjectVersion) and needle in i.data]
    return attribute(opened, walk, {"key": oids}).by_key["key"]


def came(attribution: Attribution) -> str | None:
    moment = attribution.exposure.introduced
    return moment.commit if moment else None


def went(attribution: Attribution) -> str | None:
    moment = attribution.exposure.removed
    return moment.commit if moment else None


def test_a_secret_that_came_and_went(repo: Repo) -> None:
    repo.commit(a="one\n")
    start = repo.commit(a="one\nthe-secret\n")
    repo.commit(a="one\nthe-secret\ntwo\n")
    end = repo.commit(a="one\ntwo\n")
    repo.commit(a="one\ntwo\nthree\n")
    found = look(repo)
    assert (came(found), went(found)) == (start, end)
    assert (found.exposure.in_head, found.exposure.days, found.exposure.refs) == (False, 2, ())
    assert [(p.path, p.commit) for p in found.places] == [(b"a", start)]


def test_a_secret_that_head_holds_has_its_current_place_first(repo: Repo) -> None:
    start = repo.commit(a="the-secret\n")
    repo.commit(a="above\nthe-secret\n")
    found = look(repo)
    assert (came(found), went(found), found.exposure.in_head) == (start, None, True)
    assert found.places[0].oid == repo.oid("HEAD:a")
    assert (found.places[0].in_head, found.places[0].commit) == (True, start)
    assert found.exposure.refs == ("main",)


def test_a_rename_is_neither_a_removal_nor_an_introduction(repo: Repo) -> None:
    start = repo.commit(a="the-secret\n")
    repo.git("mv", "a", "b")
    repo.commit()
    found = look(repo)
    assert (came(found), went(found)) == (start, None)
    assert [(p.path, p.in_head) for p in found.places] == [(b"b", True), (b"a", False)]
    repo.git("rm", "-q", "b")
    end = repo.commit()
    assert (came(look(repo)), went(look(repo))) == (start, end)


def test_the_last_copy_is_the_removal(repo: Repo) -> None:
    start = repo.commit(a="the-secret\n", b="the-secret too\n")
    repo.git("rm", "-q", "a")
    repo.commit()
    assert went(look(repo)) is None
    repo.git("rm", "-q", "b")
    end = repo.commit()
    found = look(repo)
    assert (came(found), went(found)) == (start, end)
    assert {p.path for p in found.places} == {b"a", b"b"}


def test_a_secret_that_came_back_is_removed_by_the_last_removal(repo: Repo) -> None:
    start = repo.commit(a="the-secret\n")
    repo.commit(a="none\n")
    again = repo.commit(a="the-secret\n")
    end = repo.commit(a="gone\n")
    found = look(repo)
    assert (came(found), went(found)) == (start, end)
    assert [p.commit for p in found.places] == [start, again]


@pytest.mark.parametrize(("most", "many", "kept"), [(3, 1000, 3), (1000, 4, 3), (1000, 1000, 6)])
def test_of_a_secret_that_comes_back_ever_again_the_first_times_and_the_last_are_named(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, most: int, many: int, kept: int
) -> None:
    monkeypatch.setattr(presence, "MAX_GAINS", most)
    monkeypatch.setattr(presence, "MANY_GAINS", many)
    monkeypatch.setattr(presence, "FEW_GAINS", 2)
    back, gone = [], []
    for _ in range(6):
        back.append(repo.commit(a="the-secret\n", b="the-secret\nb\n"))
        gone.append(repo.commit(a="", b=""))
    found = look(repo)
    named = [*back[: (kept + 1) // 2], back[-1]] if kept < 6 else back
    assert [(p.commit, p.path) for p in found.places] == [(c, path) for c in named for path in (b"a", b"b")]
    assert (came(found), went(found)) == (back[0], gone[-1])


@given(st.sets(st.integers(0, 300)))
def test_bits_are_set_and_read_again(bits: set[int]) -> None:
    assert presence._with_bits(bits) == sum(1 << bit for bit in bits)
    assert list(presence._bits_of(presence._with_bits(bits))) == sorted(bits)


def test_a_secret_added_by_a_merge_is_attributed_to_the_merge(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="side\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    merge = repo.merge("side", edit={"a": "the-secret\n"})
    assert came(look(repo)) == merge


def test_a_secret_of_a_merged_branch_is_attributed_to_the_branch(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    start = repo.commit(a="the-secret\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.merge("side")
    end = repo.commit(a="clean\n")
    found = look(repo)
    assert (came(found), went(found), found.exposure.refs) == (start, end, ("side",))


def test_a_removal_on_a_merged_branch_is_that_of_the_branch(repo: Repo) -> None:
    repo.commit(a="the-secret\n")
    repo.git("checkout", "-q", "-b", "side")
    end = repo.commit(a="clean\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.merge("side")
    assert went(look(repo)) == end


@pytest.mark.parametrize("name", [b"a", b"new\nline"], ids=["git is asked", "git cannot be asked"])
def test_merges_carry_what_a_branch_brought_and_what_it_took_out(repo: Repo, name: bytes) -> None:
    repo.commit_file(name, "one\n")
    repo.git("checkout", "-q", "-b", "brings")
    start = repo.commit_file(name, "the-secret\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.merge("brings")
    assert (came(look(repo)), went(look(repo)), look(repo).exposure.in_head) == (start, None, True)
    repo.git("checkout", "-q", "-b", "takes")
    end = repo.commit_file(name, "clean\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="more\n")
    repo.merge("takes")
    found = look(repo)
    assert (came(found), went(found), found.exposure.refs) == (start, end, ("brings",))


def test_a_merge_that_drops_what_a_branch_brought_is_the_removal(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="the-secret\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.days += 1
    repo.git("merge", "-q", "-s", "ours", "-m", "ours", "side")
    found = look(repo)
    assert (went(found), found.exposure.refs) == (repo.head, ("side",))


def test_only_the_first_hundred_refs_are_named(repo: Repo) -> None:
    repo.commit(a="the-secret\n")
    lines = "".join(f"create refs/tags/v{n:04} {repo.head}\n" for n in range(250))
    repo.git("update-ref", "--stdin", stdin=lines.encode())
    refs = look(repo).exposure.refs
    assert refs[:2] == ("main", "v0000")
    assert (len(refs), refs[-1]) == (101, "… 151 more")


def test_a_secret_outside_of_heads_line_was_never_removed(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    start = repo.commit(b="the-secret\n")
    repo.commit(b="clean\n")
    repo.git("checkout", "-q", "main")
    found = look(repo)
    assert (came(found), went(found), found.exposure.in_head) == (start, None, False)


def test_a_message_is_held_by_all_that_descend_from_it(repo: Repo) -> None:
    repo.commit("one", a="one\n")
    repo.git("branch", "before")
    start = repo.commit("with the-secret", a="two\n")
    repo.commit("three", a="three\n")
    found = look(repo)
    assert (came(found), went(found), found.exposure.in_head) == (start, None, True)
    assert found.exposure.refs == ("main",)
    assert [(p.oid, p.path, p.commit) for p in found.places] == [(start, b"", start)]


def test_a_tag_message_belongs_to_the_tagged_commit(repo: Repo) -> None:
    commit = repo.commit(a="one\n")
    repo.git("tag", "-a", "-m", "the-secret", "v1")
    repo.commit(a="two\n")
    found = look(repo)
    assert (came(found), found.exposure.refs) == (commit, ("v1",))
    assert [(p.oid, p.commit) for p in found.places] == [(repo.oid("v1"), commit)]


def test_a_note_belongs_to_the_commit_of_the_notes_ref(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("notes", "add", "-m", "the-secret")
    found = look(repo)
    assert (came(found), found.exposure.refs) == (repo.oid("refs/notes/commits"), ("notes/commits",))


def test_a_dangling_blob_has_a_place_without_a_commit(repo: Repo) -> None:
    repo.commit(a="one\n")
    oid = repo.blob(b"the-secret\n")
    found = look(repo, unreachable=True)
    assert [(p.oid, p.path, p.commit) for p in found.places] == [(oid, b"", "")]
    assert came(found) is None


def test_a_dropped_commit_is_attributed_when_unreachable_objects_are_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    lost = repo.commit(b="the-secret\n")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    found = look(repo, unreachable=True)
    assert (came(found), [p.path for p in found.places]) == (lost, [b"b"])


def test_author_email_and_date_come_from_the_commit(repo: Repo) -> None:
    start = repo.commit(a="the-secret\n")
    opened = repo.opened()
    walk = walk_history(opened, max_bytes=1 << 20)
    facts = attribute(opened, walk, {"key": [repo.oid("HEAD:a")]}).commits[start]
    assert (facts.author, facts.email, facts.date) == (
        "Ada Author",
        "ada@example.invalid",
        "2023-11-15T22:13:20Z",
    )


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_every_commit_holds_what_its_tree_holds(make_repo: Callable[..., Repo], seed: int) -> None:
    """Each path has a secret of its own; its odd versions hold it. Trees are written out, so that they are known."""
    with tempfile.TemporaryDirectory() as folder:
        repo = make_repo(str(Path(folder, "r")), "--bare")
        trees = build(repo, random.Random(seed))
        opened = repo.opened()
        walk = walk_history(opened, max_bytes=1 << 20)
        reachable = repo.git("rev-list", "--objects", "--all", "--no-object-names").split()
        kinds = repo.git(
            "cat-file", "--batch-check=%(objecttype)", stdin="\n".join(reachable).encode()
        ).split()
        listed = {oid for oid, kind in zip(reachable, kinds, strict=True) if kind != "tree"}
        assert {row.oid for row in walk.objects} == listed
        items = CatFileReader(opened).read([row for row in walk.objects if row.where is Where.FILE])
        texts = {item.oid.encode(): item.data for item in items if isinstance(item, ObjectVersion)}
        holders = {
            walk.changes.blob_numbers[oid]: (PATHS.index(text[:1].decode()),)
            for oid, text in texts.items()
            if int(text[1:]) % 2
        }
        changes, _ = relevant_changes(walk.changes, holders)
        passing = Presence(walk.graph, holders, {}, changes)
        with MergeLookup(opened.git, list(walk.changes.path_numbers), walk.changes.blob_numbers) as lookup:
            passing.run(bytearray([1]) * len(walk.graph), range(len(walk.graph)), lookup)
        marks = dict(line.split() for line in (repo.path / "marks").read_text().splitlines())
        for mark, tree in trees.items():
            commit = walk.graph.numbers[marks[f":{mark}"].encode()]
            held = sorted(PATHS[n] for n in passing.secrets_in(passing.at[commit]))
            assert held == [path for path in PATHS if tree.get(path, 0) % 2]


PATHS = "abcd"


def build(repo: Repo, rng: random.Random, commits: int = 40) -> dict[int, dict[str, int]]:
    """Write a history full of merges, evil ones among them, and return the tree of each commit, by its mark."""
    trees: dict[int, dict[str, int]] = {}
    stream: list[str] = []
    for mark in range(1, commits + 1):
        near = range(max(1, mark - 6), mark)
        parents = rng.sample(near, min(len(near), rng.choice([1, 1, 2, 2, 3])))
        tree = {}
        for path in PATHS:
            # a merge takes either side, whatever a real merge would do
            version = trees[rng.choice(parents)].get(path, 0) if parents else 0
            if rng.random() < (0.1 if len(parents) > 1 else 0.3):
                version = rng.randrange(6)
            if version:
                tree[path] = version
        trees[mark] = tree
        stream.append(
            f"commit refs/heads/b{mark}\nmark :{mark}\ncommitter A <a@b> {10**9 + mark * 100} +0000\n"
        )
        stream.append("data 1\nx\n")
        stream += [("from" if n == 0 else "merge") + f" :{p}\n" for n, p in enumerate(parents)]
        stream.append("deleteall\n")
        stream += [f"M 100644 inline {path}\ndata 3\n{path}{n}\n\n" for path, n in tree.items()]
    repo.git("fast-import", "--quiet", "--export-marks=marks", stdin="".join(stream).encode())
    return trees
