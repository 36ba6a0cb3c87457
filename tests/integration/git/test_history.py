"""What `history` reads: everything git can reach, each object once, and what is missing by name."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from secretscan.errors import RepositoryError, UsageError
from secretscan.model.blob import Skipped
from secretscan.model.provenance import Where
from secretscan.sources.git.objects import CatFileReader, ObjectVersion
from secretscan.sources.git.walk import HistoryWalk, walk_history

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo

LIMIT = 1 << 20


def walk(repo: Repo, **options: object) -> HistoryWalk:
    return walk_history(repo.opened(), max_bytes=LIMIT, **options)  # type: ignore[arg-type]


def read(repo: Repo, walked: HistoryWalk) -> list[ObjectVersion | Skipped]:
    return list(CatFileReader(repo.opened()).read(walked.objects))


def texts(repo: Repo, where: Where = Where.FILE, **options: object) -> list[tuple[bytes, bytes]]:
    items = read(repo, walk(repo, **options))
    found = [(i.path, i.data) for i in items if isinstance(i, ObjectVersion) and i.where is where]
    return sorted(found)


def gaps(walked: HistoryWalk) -> list[Skipped]:
    return [skipped for skipped in walked.skipped if not skipped.by_design]


def test_every_version_is_read_once_with_its_first_path(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.commit(a="two\n")
    repo.git("mv", "a", "b")
    repo.commit(c="one\n")
    assert texts(repo) == [(b"a", b"one\n"), (b"a", b"two\n")]


def test_an_empty_repository_is_complete(repo: Repo) -> None:
    walked = walk(repo)
    assert (walked.commits, len(walked.objects), walked.skipped) == (0, 0, ())


def test_other_branches_and_remote_branches_are_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit(b="side\n")
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-D", "side")
    repo.git("update-ref", "refs/remotes/origin/side", side)
    shutil.rmtree(repo.path / ".git" / "logs")
    assert (b"b", b"side\n") in texts(repo)


def test_what_only_a_merge_brought_in_is_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="side\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.merge("side", edit={"a": "evil\n", "new": "also evil\n"})
    assert {(b"a", b"evil\n"), (b"new", b"also evil\n")} <= set(texts(repo))


def test_stashes_are_read_with_index_and_untracked_files(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.add("a", "staged\n")
    repo.write("a", "worked\n")
    repo.write("u", "untracked\n")
    repo.git("stash", "-q", "-u")
    repo.write("a", "second\n")
    repo.git("stash", "-q")
    found = {data for _, data in texts(repo)}
    assert {b"staged\n", b"worked\n", b"untracked\n", b"second\n"} <= found


def test_what_only_the_reflog_holds_is_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.commit(a="dropped\n")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    assert (b"a", b"dropped\n") in texts(repo)


def test_the_head_of_another_work_tree_is_read(repo: Repo, make_repo: MakeRepo) -> None:
    repo.commit(a="one\n")
    repo.git("worktree", "add", "-q", "--detach", "../linked")
    linked = make_repo("linked", "--adopt")
    linked.commit(b="detached\n")
    shutil.rmtree(repo.path / ".git" / "worktrees" / "linked" / "logs")
    assert (b"b", b"detached\n") in texts(repo)


def test_unreachable_objects_are_read_only_when_asked_for(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "lost")
    repo.commit(b="lost\n", message="lost message")
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "lost")
    shutil.rmtree(repo.path / ".git" / "logs")
    repo.blob(b"dangling\n")
    assert texts(repo) == [(b"a", b"one\n")]
    assert texts(repo, unreachable=True) == [(b"", b"dangling\n"), (b"a", b"one\n"), (b"b", b"lost\n")]
    messages = texts(repo, Where.COMMIT_MESSAGE, unreachable=True)
    assert any(data.startswith(b"lost message\n") for _, data in messages)


def test_messages_of_commits_tags_and_notes_are_read(repo: Repo) -> None:
    repo.commit("the subject\n\nthe body", a="one\n")
    repo.git("tag", "-a", "-m", "the tag", "v1")
    repo.git("tag", "-a", "-m", "tag of a tag", "v2", "v1")
    repo.git("notes", "add", "-m", "the note")
    commits = [data for _, data in texts(repo, Where.COMMIT_MESSAGE)]
    assert any(data.startswith(b"the subject\n\nthe body\n") for data in commits)
    tags = [data.split(b"\n")[0] for _, data in texts(repo, Where.TAG_MESSAGE)]
    assert sorted(tags) == [b"tag of a tag", b"the tag"]
    assert [data for _, data in texts(repo, Where.NOTE)] == [b"the note\n"]


def test_a_tag_of_a_tag_is_read_when_the_inner_tag_has_no_ref(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("tag", "-a", "-m", "inner", "v1")
    repo.git("tag", "-a", "-m", "outer", "v2", "v1")
    repo.git("tag", "-d", "v1")
    tags = [data.split(b"\n")[0] for _, data in texts(repo, Where.TAG_MESSAGE)]
    assert sorted(tags) == [b"inner", b"outer"]


def test_a_merged_tags_message_is_read_from_the_merge(repo: Repo) -> None:
    """Of a signed tag that was merged, git keeps a copy in a header of the merge (`mergetag`)."""
    repo.commit("merged", a="one\n")
    headers, _, message = repo.git("cat-file", "commit", "HEAD").partition("\n\n")
    tag = f"mergetag object {repo.head}\n type commit\n tag v1\n \n words of the tag"
    commit = repo.git(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{headers}\n{tag}\n\n{message}".encode()
    )
    repo.git("reset", "-q", "--hard", commit)
    messages = [data for _, data in texts(repo, Where.COMMIT_MESSAGE)]
    assert any(data.startswith(b"merged\n") and b"words of the tag" in data for data in messages)


def test_tags_of_blobs_and_trees_are_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("tag", "blob", repo.blob(b"tagged blob\n"))
    tree = repo.git("mktree", stdin=f"100644 blob {repo.blob(b'in a tree')}\tname\n".encode())
    repo.git("tag", "-a", "-m", "a tree", "tree", tree)
    assert {(b"", b"tagged blob\n"), (b"name", b"in a tree")} <= set(texts(repo))
    assert [d.split(b"\n")[0] for _, d in texts(repo, Where.TAG_MESSAGE)] == [b"a tree"]


@pytest.mark.parametrize(
    "name", [b"with space", b"new\nline", b":colon", b"::colons\tand tab", b"\xff\xfe"], ids=repr
)
def test_any_path_comes_through_as_bytes(repo: Repo, name: bytes) -> None:
    repo.commit_file(name, "one\n")
    repo.commit_file(name, "two\n")
    assert texts(repo) == [(name, b"one\n"), (name, b"two\n")]


def test_a_link_is_read_as_its_target_and_a_submodule_is_stated(repo: Repo, make_repo: MakeRepo) -> None:
    other = make_repo("other")
    other.commit(a="one\n")
    (repo.path / "link").symlink_to("somewhere")
    repo.git("add", "link")
    repo.git("submodule", "add", "-q", str(other.path), "sub")
    repo.commit()
    walked = walk(repo)
    assert (b"link", b"somewhere") in texts(repo)
    assert [(s.what, s.by_design) for s in walked.skipped] == [("1 submodule path", True)]


@pytest.mark.parametrize("form", ["packed", "several packs", "alternate", "sha256", "bare"])
def test_every_form_of_database_is_read(repo: Repo, make_repo: MakeRepo, form: str) -> None:
    if form == "sha256":
        repo = make_repo("other", "--object-format=sha256")
    repo.commit(a="one\n")
    if form == "several packs":
        repo.git("repack", "-q", "-d")
    repo.commit(a="one\ntwo\n")
    if form in ("packed", "several packs"):
        repo.git("repack", "-q", "-d")
    if form == "alternate":
        repo.git("clone", "-q", "-s", ".", "../shared")
        repo = make_repo("shared", "--adopt")
    if form == "bare":
        repo.git("clone", "-q", "--bare", ".", "../bare.git")
        repo = make_repo("bare.git", "--adopt")
    assert texts(repo) == [(b"a", b"one\n"), (b"a", b"one\ntwo\n")]
    assert walk(repo).skipped == ()


def test_replace_refs_and_grafts_hide_nothing(repo: Repo) -> None:
    first = repo.commit(a="secret\n")
    clean = repo.commit(a="clean\n")
    repo.git("replace", first, clean, check=False)
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{clean}\n")
    assert (b"a", b"secret\n") in texts(repo)


def test_hostile_configuration_runs_nothing_and_hides_nothing(repo: Repo) -> None:
    marker = repo.path / "ran"
    repo.commit(a="one\n")
    for key in (
        "core.pager",
        "core.fsmonitor",
        "core.sshCommand",
        "diff.external",
        "gpg.program",
        "core.editor",
    ):
        repo.git("config", key, f"touch {marker}")
    for setting in ("log.showSignature=true", "log.showRoot=false", "diff.orderFile=/nonexistent"):
        repo.git("config", *setting.split("="))
    assert texts(repo) == [(b"a", b"one\n")]
    assert not marker.exists()


def test_a_shallow_clone_says_what_is_missing_and_how_to_get_it(repo: Repo, make_repo: MakeRepo) -> None:
    repo.commit(a="one\n")
    repo.commit(a="two\n")
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.path}", "../shallow")
    (gap,) = gaps(walk(make_repo("shallow", "--adopt")))
    assert "git fetch --unshallow" in gap.why


def test_a_partial_clone_lists_what_was_promised_and_fetches_nothing(repo: Repo, make_repo: MakeRepo) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit(a="one\n", b="two\n")
    repo.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}", "../partial")
    partial = make_repo("partial", "--adopt")
    walked = walk(partial)
    (gap,) = gaps(walked)
    assert gap.what.startswith("2 objects that were never fetched")
    assert "git fetch --refetch --no-filter origin" in gap.why
    assert not any(row.where is Where.FILE for row in walked.objects)
    partial.git("fetch", "-q", "--refetch", "--no-filter", "origin")
    assert gaps(walk(partial)) == []


def test_a_clone_without_trees_is_a_gap_and_its_messages_are_read(repo: Repo, make_repo: MakeRepo) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit("the message", a="one\n")
    repo.git("clone", "-q", "--no-checkout", "--filter=tree:0", f"file://{repo.path}", "../treeless")
    treeless = make_repo("treeless", "--adopt")
    assert all("git fetch --refetch --no-filter origin" in gap.why for gap in gaps(walk(treeless)))
    assert gaps(walk(treeless))
    assert len(texts(treeless, Where.COMMIT_MESSAGE)) == 1


def test_a_long_history_without_trees_is_given_up_in_time(repo: Repo, make_repo: MakeRepo) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@b> {10**9 + n} +0000\ndata 1\nx\n"
        f"M 100644 inline f\ndata 8\n{n:08}\n"
        for n in range(300)
    )
    repo.git("fast-import", "--quiet", stdin=stream.encode())
    repo.git("clone", "-q", "--no-checkout", "--filter=tree:0", f"file://{repo.path}", "../treeless")
    walked = walk(make_repo("treeless", "--adopt"))
    assert walked.commits == 300
    assert gaps(walked)[-1].what == "files of 200 more commits"


def test_a_missing_blob_is_named_with_its_path(repo: Repo) -> None:
    repo.commit(a="one\n", b="two\n")
    oid = repo.oid("HEAD:a")
    repo.loose_file(oid).unlink()
    assert gaps(walk(repo)) == [Skipped(f"a ({oid[:12]})", "missing from the object database")]
    assert texts(repo) == [(b"b", b"two\n")]


def test_a_damaged_blob_is_reported_and_the_rest_is_read(repo: Repo) -> None:
    repo.commit(a="one\n", b="two\n", c="three\n")
    file = repo.loose_file(repo.oid("HEAD:b"))
    content = bytearray(file.read_bytes())
    content[-3] ^= 0xFF
    file.chmod(0o644)
    file.write_bytes(content)
    items = read(repo, walked := walk(repo))
    problems = [i for i in items if isinstance(i, Skipped)] + gaps(walked)
    assert len(problems) == 1
    assert repo.oid("HEAD:b")[:12] in problems[0].what
    assert {i.data for i in items if isinstance(i, ObjectVersion) and i.where is Where.FILE} == {
        b"one\n",
        b"three\n",
    }


def test_a_missing_tree_is_a_gap_and_all_blobs_are_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.commit_file("folder/b", "two\n")
    repo.commit(a="three\n")
    repo.loose_file(repo.oid("HEAD:folder")).unlink()
    assert gaps(walk(repo))
    assert {data for _, data in texts(repo)} == {b"one\n", b"two\n", b"three\n"}


def test_a_missing_commit_is_a_gap_and_all_blobs_are_read(repo: Repo) -> None:
    repo.commit(a="one\n")
    middle = repo.commit(a="two\n")
    repo.commit(a="three\n")
    repo.loose_file(middle).unlink()
    walked = walk(repo)
    assert gaps(walked)
    assert {data for _, data in texts(repo)} == {b"one\n", b"two\n", b"three\n"}
    assert walked.commits == 2
    assert {row.path for row in walked.objects if row.oid == repo.oid("HEAD:a")} == {b"a"}


def test_a_ref_to_nothing_is_a_gap(repo: Repo) -> None:
    repo.commit(a="one\n")
    (repo.path / ".git" / "refs" / "heads" / "broken").write_text("1" * 40 + "\n")
    assert gaps(walk(repo))
    assert texts(repo) == [(b"a", b"one\n")]


def test_a_blob_over_the_limit_is_a_gap(repo: Repo) -> None:
    repo.commit(a=b"x" * (LIMIT + 1), b="two\n")
    (gap,) = gaps(walk(repo))
    assert gap.why == "1,048,577 bytes, over the limit of 1,048,576"
    assert texts(repo) == [(b"b", b"two\n")]


def test_one_revision_is_walked_alone(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="side\n")
    assert texts(repo, rev="main") == [(b"a", b"one\n")]
    with pytest.raises(RepositoryError, match="has no commit nowhere"):
        walk(repo, rev="nowhere")
    with pytest.raises(RepositoryError):
        walk(repo, rev="--all")


def test_since_reads_what_came_after(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.days += 100
    repo.commit(a="two\n")
    assert texts(repo, since="2024-01-01") == [(b"a", b"two\n")]
    with pytest.raises(UsageError, match="not a date"):
        walk(repo, since="last thursday-ish")


def test_shards_hold_every_object_once_in_order(repo: Repo) -> None:
    for n in range(30):
        repo.commit(**{f"file{n}": f"{n}\n" * (n + 1)})
    walked = walk(repo)
    for count in (1, 2, 7, 1000):
        shards = walked.objects.shards(count)
        assert len(shards) <= count
        assert [row for shard in shards for row in shard] == list(walked.objects)


def test_the_order_is_that_of_the_pack_and_the_same_every_time(repo: Repo) -> None:
    for n in range(20):
        repo.commit(a=f"{n}\n" * 100)
    repo.git("repack", "-q", "-a", "-d")
    order = [row.oid for row in walk(repo).objects]
    assert order == [row.oid for row in walk(repo).objects]
    index = next((repo.path / ".git" / "objects" / "pack").glob("*.idx"))
    with index.open("rb") as file:
        listed = subprocess.run(
            ["git", "show-index"], stdin=file, capture_output=True, text=True, check=True, cwd=repo.path
        )
    offsets = {line.split()[1]: int(line.split()[0]) for line in listed.stdout.splitlines()}
    assert order == sorted(order, key=offsets.__getitem__)
