"""What `range` reads: the commits of a push or a pull request, and what they replaced, for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from secretscan.errors import RepositoryError, UsageError
from secretscan.model.provenance import Where
from secretscan.sources.git.attribution import attribute
from secretscan.sources.git.objects import CatFileReader, ObjectVersion
from secretscan.sources.git.walk import HistoryWalk, walk_range

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo

ZEROS = "0" * 40


def walk(repo: Repo, spec: str) -> HistoryWalk:
    return walk_range(repo.opened(), spec, max_bytes=1 << 20)


def subjects(repo: Repo, spec: str) -> set[bytes]:
    items = CatFileReader(repo.opened()).read(walk(repo, spec).objects)
    return {
        i.data.split(b"\n")[0]
        for i in items
        if isinstance(i, ObjectVersion) and i.where is Where.COMMIT_MESSAGE
    }


def added(repo: Repo, spec: str, needle: bytes) -> bool:
    """Whether the range adds `needle`, as a scan for it would say."""
    walked = walk(repo, spec)
    items = CatFileReader(repo.opened()).read(walked.objects)
    oids = [i.oid for i in items if isinstance(i, ObjectVersion) and needle in i.data]
    if not oids:
        return False
    return attribute(repo.opened(), walked, {"key": oids}).by_key["key"].adds


@pytest.fixture
def forked(repo: Repo) -> Repo:
    """base - one - two (main), base - side (side)."""
    repo.commit("base", a="base\n")
    repo.git("branch", "side")
    repo.commit("one", a="base\none\n")
    repo.commit("two", a="base\none\ntwo\n")
    repo.git("checkout", "-q", "side")
    repo.commit("side", b="side\n")
    repo.git("checkout", "-q", "main")
    return repo


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("HEAD~1..HEAD", {b"two"}),
        ("main~2..main", {b"one", b"two"}),
        ("main~1..", {b"two"}),
        ("main..side", {b"side"}),
        ("main...side", {b"one", b"two", b"side"}),
        ("HEAD", {b"two"}),
        ("side", {b"side"}),
        ("main..main", set()),
        (f"main..{ZEROS}", set()),
        (f"{ZEROS}..main", {b"base", b"one", b"two"}),
        ("main --not side", {b"one", b"two"}),
        ("main --not --all", set()),
    ],
)
def test_a_range_has_the_commits_that_git_says(forked: Repo, spec: str, expected: set[bytes]) -> None:
    assert subjects(forked, spec) == expected


def test_a_first_push_is_what_other_remote_branches_lack(forked: Repo) -> None:
    forked.git("update-ref", "refs/remotes/origin/main", "main")
    forked.git("update-ref", "refs/remotes/origin/side", "side")
    assert subjects(forked, f"{ZEROS}..side") == {b"side"}
    assert subjects(forked, "side --not --remotes=origin") == set()


def test_commits_on_top_of_what_was_pushed_are_new(forked: Repo) -> None:
    forked.git("update-ref", "refs/remotes/origin/main", "main~1")
    assert subjects(forked, "main --not --remotes=origin") == {b"two"}


@pytest.mark.parametrize("spec", ["missing..HEAD", "HEAD..missing", f"{'1' * 40}..HEAD", "missing", ""])
def test_a_revision_that_is_not_there_is_an_error_with_a_next_step(forked: Repo, spec: str) -> None:
    with pytest.raises(RepositoryError, match="has no commit") as raised:
        walk(forked, spec)
    assert "fetch" in raised.value.help


@pytest.mark.parametrize("spec", ["--output=x..HEAD", "-n1", "HEAD --output=x", "HEAD --exec=x"])
def test_an_option_is_no_revision(forked: Repo, spec: str) -> None:
    with pytest.raises((RepositoryError, UsageError)):
        walk(forked, spec)
    assert not (forked.path / "x").exists()


def test_a_shallow_clone_is_told_to_fetch_more(forked: Repo, make_repo: MakeRepo) -> None:
    base = forked.oid("main~2")
    forked.git("clone", "-q", "--depth", "1", f"file://{forked.path}", "../shallow")
    with pytest.raises(RepositoryError) as raised:
        walk(make_repo("shallow", "--adopt"), f"{base}..HEAD")
    assert "git fetch --unshallow" in raised.value.help


def test_a_range_that_a_shallow_clone_cuts_off_is_incomplete(forked: Repo, make_repo: MakeRepo) -> None:
    forked.git("clone", "-q", "--depth", "2", f"file://{forked.path}", "../shallow")
    shallow = make_repo("shallow", "--adopt")
    assert walk(shallow, "HEAD~1..HEAD").skipped == ()
    (gap,) = walk(shallow, f"{ZEROS}..HEAD").skipped
    assert "--unshallow" in gap.why


def test_what_the_base_held_already_is_not_added(repo: Repo) -> None:
    repo.commit(a="old secret\n")
    repo.commit(a="old secret\nmore\n")
    assert added(repo, "HEAD~1..HEAD", b"more")
    assert not added(repo, "HEAD~1..HEAD", b"old secret")


def test_a_renamed_file_adds_nothing_that_it_held_before(repo: Repo) -> None:
    repo.commit(a="old secret\n")
    repo.git("mv", "a", "b")
    repo.commit()
    assert not added(repo, "HEAD~1..HEAD", b"old secret")


def test_a_second_copy_in_another_file_is_added(repo: Repo) -> None:
    repo.commit(a="old secret\n")
    repo.commit(b="the old secret\n")
    assert added(repo, "HEAD~1..HEAD", b"old secret")


def test_a_secret_that_the_range_adds_and_removes_again_is_added(repo: Repo) -> None:
    repo.commit(a="base\n")
    repo.commit(a="base\nsecret\n")
    repo.commit(a="base\n")
    assert added(repo, "HEAD~2..HEAD", b"secret")


def test_a_merge_adds_what_it_alone_brought_in(forked: Repo) -> None:
    forked.merge("side", edit={"a": "evil\n"})
    assert added(forked, "HEAD~1..HEAD", b"evil")
    assert added(forked, "HEAD", b"evil")


@pytest.mark.parametrize("spec", ["HEAD~1..v1", "v1", f"{ZEROS}..v1", "v1 --not HEAD~1", "HEAD~1...v1"])
def test_the_message_of_a_pushed_tag_is_read_and_added(forked: Repo, spec: str) -> None:
    forked.git("tag", "-a", "-m", "words of the tag", "v1")
    items = CatFileReader(forked.opened()).read(walk(forked, spec).objects)
    tags = [i.data for i in items if isinstance(i, ObjectVersion) and i.where is Where.TAG_MESSAGE]
    assert [text.split(b"\n")[0] for text in tags] == [b"words of the tag"]
    assert added(forked, spec, b"words of the tag")


def test_the_message_of_a_tag_that_only_the_base_has_is_not_added(forked: Repo) -> None:
    forked.git("tag", "-a", "-m", "words of the tag", "v1", "HEAD~1")
    assert not added(forked, "v1..HEAD", b"words of the tag")


@pytest.mark.parametrize("commit", ["HEAD", "HEAD~2"])
def test_a_tag_of_a_commit_that_is_there_already_adds_its_message(forked: Repo, commit: str) -> None:
    forked.git("tag", "-a", "-m", "words of the tag", "v1", commit)
    assert added(forked, "v1 --not --branches", b"words of the tag")


def test_a_partial_clone_reads_what_it_has_and_lists_the_rest(repo: Repo, make_repo: MakeRepo) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit(a="one\n", b="one\n")
    repo.commit(a="two\n", z="three\n")
    repo.commit("last", a="four\n")
    repo.git("clone", "-q", "--filter=blob:none", f"file://{repo.path}", "../partial")
    partial = make_repo("partial", "--adopt")
    walked = walk(partial, "HEAD~2..HEAD")
    (gap,) = walked.skipped
    assert gap.what.startswith("1 object that were never fetched")
    items = CatFileReader(partial.opened()).read(walked.objects)
    found = {i.data for i in items if isinstance(i, ObjectVersion) and i.where is Where.FILE}
    assert found == {b"one\n", b"three\n", b"four\n"}  # "one" is what the range replaced
