"""What `staged` reads, on real repositories in awkward states."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from secretscan.errors import RepositoryError
from secretscan.model.blob import Blob, Skipped
from secretscan.sources.git.staged import staged_blobs

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo

LIMIT = 1 << 20


def staged(repo: Repo, **env: str) -> list[Blob | Skipped]:
    return list(staged_blobs(repo.opened(**env), max_bytes=LIMIT))


def only(items: list[Blob | Skipped]) -> Blob:
    assert len(items) == 1
    assert isinstance(items[0], Blob)
    return items[0]


def focused(blob: Blob) -> list[bytes]:
    assert blob.focus is not None
    return [blob.data[span.start : span.end] for span in blob.focus]


def test_before_the_first_commit_every_staged_file_is_read_whole(repo: Repo) -> None:
    repo.add("a.txt", "one\n")
    blob = only(staged(repo))
    assert (blob.data, blob.provenance.path, blob.focus) == (b"one\n", b"a.txt", None)


def test_nothing_staged_gives_nothing(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.write("a", "two\n")
    assert staged(repo) == []


def test_only_the_staged_half_of_a_file_is_scanned(repo: Repo) -> None:
    repo.commit(a="one\ntwo\n")
    repo.add("a", "one\nstaged\ntwo\n")
    repo.write("a", "one\nstaged\ntwo\nunstaged\n")
    blob = only(staged(repo))
    assert blob.data == b"one\nstaged\ntwo\n"
    assert focused(blob) == [b"staged\n"]


def test_whole_files_have_no_focus(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.add("a", "one\ntwo\n")
    (item,) = staged_blobs(repo.opened(), whole_files=True, max_bytes=LIMIT)
    assert isinstance(item, Blob)
    assert item.focus is None


def test_patch_staging_reads_the_index_and_not_the_file(repo: Repo) -> None:
    repo.commit(a="1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    repo.write("a", "first\n1\n2\n3\n4\n5\n6\n7\n8\n9\nlast\n")
    repo.git("add", "-p", "a", stdin=b"y\nn\n")
    assert focused(only(staged(repo))) == [b"first\n"]


def test_a_rename_with_an_edit_focuses_on_the_edit(repo: Repo) -> None:
    lines = "".join(f"line {n}\n" for n in range(50))
    repo.commit(a=lines)
    repo.git("mv", "a", "b")
    repo.add("b", lines + "new\n")
    blob = only(staged(repo))
    assert blob.provenance.path == b"b"
    assert focused(blob) == [b"new\n"]


def test_a_pure_rename_and_a_mode_change_have_nothing_new(repo: Repo) -> None:
    repo.commit(a="one\n", b="two\n")
    repo.git("mv", "a", "c")
    repo.git("update-index", "--chmod=+x", "b")
    assert staged(repo) == []


def test_a_copied_file_is_read_whole(repo: Repo) -> None:
    repo.commit(a="one\ntwo\n")
    repo.add("copy", "one\ntwo\nthree\n")
    assert only(staged(repo)).focus is None


def test_a_file_that_becomes_a_link_is_read_as_its_target(repo: Repo) -> None:
    repo.commit(a="one\n")
    (repo.path / "a").unlink()
    (repo.path / "a").symlink_to("../target/of/link")
    repo.git("add", "a")
    blob = only(staged(repo))
    assert (blob.data, blob.focus) == (b"../target/of/link", None)


def test_a_link_that_becomes_a_file_is_read_whole(repo: Repo) -> None:
    (repo.path / "a").symlink_to("one")
    repo.git("add", "a")
    repo.commit()
    (repo.path / "a").unlink()
    repo.add("a", "one\n")
    assert only(staged(repo)).focus is None


def test_a_deleted_file_and_an_intent_to_add_give_nothing(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("rm", "-q", "a")
    repo.write("later", "not yet\n")
    repo.git("add", "-N", "later")
    assert staged(repo) == []


def test_new_line_endings_alone_are_not_new_lines(repo: Repo) -> None:
    repo.commit(a=b"one\r\ntwo\r\n")
    repo.add("a", b"one\ntwo\nthree\n")
    assert focused(only(staged(repo))) == [b"three\n"]


def test_crlf_lines_are_focused_with_their_ending(repo: Repo) -> None:
    repo.commit(a=b"one\r\n")
    repo.add("a", b"one\r\nnew\r\n")
    assert focused(only(staged(repo))) == [b"new\r\n"]


def test_utf16_which_git_calls_binary_is_read_with_focus(repo: Repo) -> None:
    repo.commit(a="one\r\ntwo\r\n".encode("utf-16"))
    repo.add("a", "one\r\nnew line\r\ntwo\r\n".encode("utf-16"))
    (part,) = focused(only(staged(repo)))
    assert "new line".encode("utf-16-le") in part
    assert "two".encode("utf-16-le") not in part


@pytest.mark.parametrize("attribute", ["-diff", "binary", "diff=x", "-text", "filter=x", "eol=crlf"])
def test_attributes_do_not_hide_a_change(repo: Repo, attribute: str) -> None:
    marker = repo.path / "ran"
    for key in ("diff.x.command", "diff.x.textconv", "diff.external", "filter.x.smudge"):
        repo.git("config", key, f"touch {marker}; cat")
    repo.commit(a="one\n")
    repo.write(".gitattributes", f"* {attribute}\n")
    repo.add("a", "one\ntwo\n")
    assert focused(only(staged(repo))) == [b"two\n"]
    assert not marker.exists()


@pytest.mark.parametrize(
    "setting",
    [
        "diff.renames=copies",
        "diff.noprefix=true",
        "diff.relative=true",
        "diff.context=9",
        "diff.orderFile=/nonexistent",
        "diff.ignoreSubmodules=all",
        "core.quotePath=true",
        "color.ui=always",
        "core.abbrev=4",
        "core.splitIndex=true",
        "core.fsmonitor=exit 1",
        "core.pager=exit 1",
    ],
)
def test_configuration_does_not_change_what_is_read(repo: Repo, setting: str) -> None:
    repo.commit(a="one\n")
    repo.git("config", *setting.split("=", 1))
    repo.add("a", "one\ntwo\n")
    assert focused(only(staged(repo))) == [b"two\n"]


@pytest.mark.parametrize(
    "name",
    [
        b"with space",
        b"new\nline",
        b'quo"te',
        b"tab\there",
        b"latin-\xe9",
        "ünï".encode(),
        b":colon",
        b"-dash",
        b"a => b",
    ],
    ids=repr,
)
def test_any_path_comes_through_as_bytes(repo: Repo, name: bytes) -> None:
    repo.add(name, "one\n")
    assert only(staged(repo)).provenance.path == name


def test_a_submodule_is_stated_and_not_read(repo: Repo, make_repo: MakeRepo) -> None:
    other = make_repo("other")
    other.commit(a="one\n")
    repo.git("submodule", "add", "-q", str(other.path), "sub")
    items = staged(repo)
    assert [i.what for i in items if isinstance(i, Skipped) and i.by_design] == ["sub"]
    assert [i.provenance.path for i in items if isinstance(i, Blob)] == [b".gitmodules"]


def test_an_unresolved_conflict_is_a_gap(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(a="side\n")
    repo.git("checkout", "-q", "main")
    repo.commit(a="main\n")
    repo.git("merge", "side", check=False)
    (item,) = staged(repo)
    assert isinstance(item, Skipped)
    assert (item.what, item.by_design) == ("a", False)


def test_a_merge_in_progress_is_compared_with_head(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="side\n")
    repo.git("checkout", "-q", "main")
    repo.commit(c="main\n")
    repo.git("merge", "-q", "--no-commit", "--no-ff", "side")
    assert only(staged(repo)).provenance.path == b"b"


def test_a_linked_work_tree_has_its_own_index(repo: Repo, make_repo: MakeRepo) -> None:
    repo.commit(a="one\n")
    repo.git("worktree", "add", "-q", "../linked")
    linked = make_repo("linked", "--adopt")
    linked.add("b", "two\n")
    assert only(staged(linked)).provenance.path == b"b"
    assert staged(repo) == []


def test_a_folder_below_the_root_sees_the_whole_index(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.add("deep/er/b", "two\n")
    repo.add("c", "three\n")
    repo.path = repo.path / "deep"
    assert [item.provenance.path for item in staged(repo) if isinstance(item, Blob)] == [b"c", b"deep/er/b"]


def test_commit_all_is_read_from_the_locked_index(repo: Repo) -> None:
    """The hook of `commit -a` finds what is committed in GIT_INDEX_FILE=…/index.lock alone."""
    repo.commit(a="one\n")
    repo.write("a", "one\ntwo\n")
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    root = Path(__file__).parents[3]
    hook.write_text(
        f"#!/bin/sh\nexec {sys.executable} - <<'END'\n"
        f"import os, sys\nsys.path.insert(0, {str(root)!r})\n"
        "from secretscan.sources.git.repository import open_repository\n"
        "from secretscan.sources.git.staged import staged_blobs\n"
        "repo = open_repository('.', os.environ, as_hook=True)\n"
        f"out = open({str(repo.path.parent / 'out')!r}, 'wb')\n"
        "for b in staged_blobs(repo, max_bytes=9999):\n"
        "    out.write(os.environ['GIT_INDEX_FILE'].encode() + b'|')\n"
        "    out.write(b''.join(b.data[s.start:s.end] for s in b.focus))\nEND\n"
    )
    hook.chmod(0o755)
    subprocess.run(
        ["git", "-c", f"core.hooksPath={hook.parent}", "commit", "-q", "-a", "-m", "x"],
        cwd=repo.path,
        env={k: v for k, v in repo.env.items() if not k.startswith("GIT_CONFIG_")},
        check=True,
    )
    index, _, data = (repo.path.parent / "out").read_bytes().partition(b"|")
    assert index.endswith(b"index.lock")
    assert data == b"two\n"


def test_a_relative_index_file_is_read_from_the_root(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.git("read-tree", "HEAD", GIT_INDEX_FILE=".git/other")
    repo.write("a", "one\ntwo\n")
    repo.git("add", "a", GIT_INDEX_FILE=".git/other")
    assert staged(repo) == []
    assert focused(only(staged(repo, GIT_INDEX_FILE=".git/other"))) == [b"two\n"]


def test_the_callers_git_dir_is_dropped_unless_it_is_a_hook(repo: Repo, make_repo: MakeRepo) -> None:
    other = make_repo("other")
    other.add("a", "one\n")
    repo.env["GIT_DIR"] = str(other.path / ".git")
    assert repo.opened().git_dir == str(repo.path / ".git")


def test_a_sparse_index_is_read(repo: Repo) -> None:
    repo.add("in/a", "one\n")
    repo.add("out/b", "two\n")
    repo.commit()
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    repo.add("in/a", "one\nnew\n")
    assert focused(only(staged(repo))) == [b"new\n"]


def test_sha256_repositories_are_read(make_repo: MakeRepo) -> None:
    repo = make_repo("repo", "--object-format=sha256")
    repo.add("a", "one\n")
    assert only(staged(repo)).data == b"one\n"
    repo.commit()
    repo.add("a", "one\ntwo\n")
    assert focused(only(staged(repo))) == [b"two\n"]


def test_a_blob_over_the_limit_is_a_gap_and_the_next_is_read(repo: Repo) -> None:
    repo.add("a", b"x" * (LIMIT + 1))
    repo.add("b", "two\n")
    large, small = staged(repo)
    assert isinstance(large, Skipped)
    assert large == Skipped("a", "1,048,577 bytes, over the limit of 1,048,576")
    assert isinstance(small, Blob)


def test_a_missing_blob_is_a_gap_and_the_next_is_read(repo: Repo) -> None:
    repo.add("a", "one\n")
    repo.loose_file(repo.oid(":a")).unlink()
    repo.add("b", "two\n")
    lost, found = staged(repo)
    assert isinstance(lost, Skipped)
    assert not lost.by_design
    assert isinstance(found, Blob)


def test_a_damaged_blob_is_a_gap_and_the_next_is_read(repo: Repo) -> None:
    repo.add("a", "one\n")
    file = repo.loose_file(repo.oid(":a"))
    file.chmod(0o644)
    file.write_bytes(b"no zlib stream")
    repo.add("b", "two\n")
    lost, found = staged(repo)
    assert isinstance(lost, Skipped)
    assert isinstance(found, Blob)
    assert found.data == b"two\n"


def test_a_broken_head_is_an_error_and_not_a_first_commit(repo: Repo) -> None:
    repo.commit(a="one\n")
    repo.loose_file(repo.head).unlink()
    with pytest.raises(RepositoryError, match="cannot compare"):
        staged(repo)


def test_git_is_called_twice_after_opening(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit(a="one\n")
    repo.add("a", "two\n")
    repo.add("b", "three\n")
    opened = repo.opened()
    calls: list[list[str]] = []
    real = subprocess.Popen.__init__

    def counted(self: subprocess.Popen[bytes], args: list[str], *rest: object, **named: object) -> None:
        calls.append(args)
        real(self, args, *rest, **named)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    assert len(list(staged_blobs(opened, max_bytes=LIMIT))) == 2
    assert [call[3] for call in calls] == ["diff-index", "cat-file"]


def test_the_paths_of_gaps_are_printable(repo: Repo) -> None:
    repo.add(b"bad\x1b[31m\xff\n", b"x" * (LIMIT + 1))
    (item,) = staged(repo)
    assert isinstance(item, Skipped)
    assert item.what.isprintable()
    assert os.fsencode(item.what).isascii()


def test_a_bare_repository_has_nothing_to_stage(make_repo: MakeRepo) -> None:
    with pytest.raises(RepositoryError, match="no work tree"):
        staged(make_repo("bare.git", "--bare"))
