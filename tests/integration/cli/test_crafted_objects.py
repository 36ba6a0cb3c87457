"""Objects that no git writes, but anybody can push, deny nobody the audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

    from tests.conftest import Repo


def craft(repo: Repo, kind: str, content: bytes) -> str:
    """The id of an object that git would not write itself."""
    return repo.git("hash-object", "-t", kind, "-w", "--stdin", "--literally", stdin=content)


@pytest.mark.parametrize(
    ("authored", "committed"),
    [
        (b"9" * 5000, b"1700000000"),
        (b"1700000000", b"9" * 5000),
        (b"-5", b"-5"),
        *((b"1700000000", b"%d" % seconds) for seconds in (1 << 63, (1 << 64) - 1, (1 << 63) - 1)),
    ],
)
def test_a_commit_of_no_time_is_audited(
    repo: Repo, cli: Cli, token: Callable[[str], str], authored: bytes, committed: bytes
) -> None:
    repo.commit(a="clean\n")
    repo.add("b", token("dates") + "\n")
    head = b"tree %s\nparent %s\n" % (repo.git("write-tree").encode(), repo.head.encode())
    people = b"author A <a@a.invalid> %s +0000\ncommitter C <c@c.invalid> %s +0000\n" % (authored, committed)
    made = craft(repo, "commit", head + people + b"\nmessage\n")
    repo.git("update-ref", "refs/heads/main", made)
    done = cli("history", ".", "-f", "json", "--no-cache", cwd=repo.path)
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["exposure"]["introduced"]["commit"] == made
    assert 0 <= finding["exposure"]["days"] < 365 * 60


@pytest.mark.parametrize("header", ["encoding", "parent", "object", "type"])
def test_whatever_a_header_holds_that_is_not_gits_own_is_scanned(
    repo: Repo, cli: Cli, token: Callable[[str], str], header: str
) -> None:
    repo.commit(a="clean\n")
    if header == "encoding":
        repo.git("-c", f"i18n.commitEncoding={token('header')}", "commit", "-q", "--allow-empty", "-m", "x")
    else:
        commit = repo.git("cat-file", "commit", "HEAD").replace(
            "\n\n", f"\n{header} {token('header')}\n\n", 1
        )
        head = commit.replace("\nauthor", f"\nparent {repo.head}\nauthor", 1)
        repo.git("update-ref", "refs/heads/main", craft(repo, "commit", head.encode()))
    for scan in (("history", "."), ("range", "HEAD~1..HEAD")):
        done = cli(*scan, cwd=repo.path)
        assert (done.returncode, "github-pat" in done.stdout) == (1, True), done.stderr


@pytest.mark.parametrize(
    "head",
    [
        b"object \0abc\ntype tree\n",
        b"object {tree}\ntype \xff\xfe\n",
        b"object --help\ntype tree\n",
        b"object --name-only\ntype tree\n",
        b"object HEAD:a\ntype tag\n",
        b"object {tree}\ntype tag\n",
        b"object {tree}",
        b"type tree\nobject {tree}\n",
        b"",
    ],
)
def test_a_tag_that_does_not_say_what_it_names_is_listed_and_its_message_read(
    repo: Repo, cli: Cli, token: Callable[[str], str], head: bytes
) -> None:
    repo.commit(a="clean\n")
    content = head.replace(b"{tree}", repo.oid("HEAD^{tree}").encode())
    oid = craft(repo, "tag", content + b"tag bad\n\n" + token("tag").encode() + b"\n")
    (repo.path / ".git/refs/tags/bad").write_text(oid + "\n")
    done = cli("history", ".", "-f", "json", "--no-cache", cwd=repo.path)
    report = json.loads(done.stdout)
    assert (done.returncode, report["scan"]["complete"]) == (1, False)
    assert [f["locations"][0]["where"] for f in report["findings"]] == ["tag-message"]
    assert any("tag" in skipped["what"] for skipped in report["scan"]["skipped"])
