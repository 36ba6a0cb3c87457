"""Who made a commit, and when, is read as GitPython reads it."""

from __future__ import annotations

import pytest
from git.objects.util import parse_actor_and_date
from hypothesis import given
from hypothesis import strategies as st

from secretscan.sources.git.inspect import CommitFacts, _facts, iso_date

PIECES = st.sampled_from(
    [
        "A U Thor",
        " ",
        "<a@b.invalid>",
        "<",
        ">",
        "1700000000",
        "+0000",
        "-0230",
        "0",
        "é",
        "\\",
        "\t",
        "",
        "\x85",
        "\r",
    ]
)


def of_gitpython(line: str) -> CommitFacts:
    actor, seconds, _ = parse_actor_and_date(line)
    return CommitFacts(actor.name or "", actor.email or "", iso_date(int(seconds)))


@given(st.lists(PIECES, max_size=9).map("".join))
def test_any_line_is_read_as_by_gitpython(who: str) -> None:
    line = f"author {who}"
    commit = f"tree 0123\n{line}\ncommitter B <b@b.invalid> 1 +0000\n\nauthor C <c@c.invalid> 2 +0000\n"
    assert _facts(commit.encode()) == of_gitpython(line)


@pytest.mark.parametrize(
    ("commit", "facts"),
    [
        (None, CommitFacts()),
        (b"tree 0123\n\nauthor A <a@a.invalid> 1 +0000", CommitFacts()),
        (
            b"author A U <a@a.invalid> 1700000000 +0100\n\nmessage",
            CommitFacts("A U", "a@a.invalid", "2023-11-14T22:13:20Z"),
        ),
        (
            b"author \xff <a@a.invalid> 0 +0000\n\n",
            CommitFacts("\\xff", "a@a.invalid", "1970-01-01T00:00:00Z"),
        ),
        (
            b"author A <a@a.invalid> 99999999999999999999 +0000\n\n",
            CommitFacts("A", "a@a.invalid", ""),
        ),
        (b"author A <a@a.invalid> " + b"9" * 5000 + b" +0000\n\n", CommitFacts("A", "a@a.invalid", "")),
    ],
)
def test_facts_of_a_commit(commit: bytes | None, facts: CommitFacts) -> None:
    assert _facts(commit) == facts
