from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secretscan.baseline.comments import MAX_BLOCK_LINES, allowed, allowed_at, has_comments, ignored
from secretscan.baseline.rulenames import RuleNames

IDS = ("aws-access-key", "aws-access-key-id")
NAMES = RuleNames(lambda: (*IDS, "github-pat", "github-app-token", "gitlab-pat", "jwt"))
VALUE = b"placeholder-value"


@pytest.mark.parametrize(
    "line",
    [
        b'key = "x"  # secretscan:allow',
        b'key = "x"  # secretscan:allow rotated on Monday',
        b'key = "x"  # secretscan:allow -- rotated',
        b'key = "x"  # secretscan:allow: test, not real',
        b'key = "x"  # secretscan:allow well-known sample',
        b'key = "x"  # secretscan:allow false-positive',
        b'key = "x"  # secretscan:allow private-repo of the tests',
        b'key = "x"  # secretscan:allow aws-access-key',
        b'key = "x"  # secretscan:allow github-pat,aws-access-key-id for the tests',
        b"<k>x</k> <!-- secretscan:allow aws-access-key-->",
        b"/* secretscan:allow */",
        b"x // gitleaks:allow",
        b"x # betterleaks:allow",
        b"x # kingfisher:ignore",
        b"x # trufflehog:ignore",
        b"x # pragma: allowlist secret",
        b"x # Pragma: whitelist secret",
        b"x # ggignore",
    ],
)
def test_comment_on_the_line_silences(line: bytes) -> None:
    assert allowed(line, b"", IDS, NAMES)
    assert has_comments(line)


@pytest.mark.parametrize(
    "line",
    [
        b"x # secretscan:allow github-pat",
        b"x # secretscan:allow jwt of an example",
        b"x # secretscan:allow github-paat",
        b"x # secretscan:allow gitlab-token",
        b"x # secretscan:allow test,sample",
        b"x # secretscan:allow well-known,github-pat",
        b"x # secretscan:allow github-pat,gitlab-pat because",
        b"x # secretscan:allow-next-line",
        b"x # secretscan:allowed",
        b"x # secretscan: allow",
        b"x # pragma: allowlist nextline secret",
        b"x # gitleaks:allowance",
        b"x # pragma: no cover",
        b"bigggignored",
    ],
)
def test_other_text_on_the_line_does_not_silence(line: bytes) -> None:
    assert allowed(line, b"", IDS, NAMES) == ""


@pytest.mark.parametrize(
    ("previous", "silences"),
    [
        (b"# secretscan:allow-next-line", True),
        (b"# secretscan:allow-next-line aws-access-key see above", True),
        (b"# secretscan:allow-next-line github-pat", False),
        (b"# secretscan:allow", False),
        (b"# pragma: allowlist nextline secret", True),
        (b"# gitleaks:allow", False),
    ],
)
def test_only_a_next_line_comment_reaches_down(previous: bytes, silences: bool) -> None:
    assert bool(allowed(b"key = x", previous, IDS, NAMES)) is silences


def at(text: bytes, value: bytes = VALUE) -> str:
    start = text.index(value)
    return allowed_at(text, start, start + len(value), IDS, NAMES)


def test_comments_of_neighbouring_lines_do_not_count() -> None:
    assert at(b"a # secretscan:allow\nkey=" + VALUE + b"\nb # secretscan:allow\n") == ""


def test_the_line_before_the_first_line_counts_at_the_start_of_a_file() -> None:
    assert at(b"# secretscan:allow-next-line\n" + VALUE) == "secretscan:allow-next-line"
    assert at(VALUE + b" # secretscan:allow") == "secretscan:allow"
    assert at(b"\n" + VALUE) == ""


KEY = b"-----BEGIN X-----\nabc\ndef\n-----END X-----"


@pytest.mark.parametrize(
    ("before", "after", "silenced"),
    [
        (b"k = '''", b"''' # secretscan:allow", True),
        (b"# secretscan:allow-next-line\n", b"\n", True),
        (b"# secretscan:allow-next-line\n\n", b"\n", False),
        (b"", b"\n# secretscan:allow", False),
    ],
    ids=["last line", "line before", "two lines before", "line after"],
)
def test_a_secret_of_many_lines_is_silenced_at_its_ends(before: bytes, after: bytes, silenced: bool) -> None:
    assert bool(at(before + KEY + after, KEY)) is silenced


def test_block_silences_what_stands_between() -> None:
    block = (
        b"# secretscan:allow-begin aws-access-key fixtures\n1\n2\n" + VALUE + b"\n# secretscan:allow-end\n"
    )
    assert at(block) == "secretscan:allow-begin"
    assert has_comments(block)


@pytest.mark.parametrize(
    "text",
    [
        b"# secretscan:allow-begin\n" + VALUE,
        b"# secretscan:allow-begin\n# secretscan:allow-end\n" + VALUE + b"\n",
        b"# secretscan:allow-begin github-pat\n" + VALUE + b"\n# secretscan:allow-end",
        b"# secretscan:allow-begin\n" + VALUE + b"\n" * (MAX_BLOCK_LINES + 1) + b"# secretscan:allow-end",
    ],
    ids=["never closed", "closed before", "another rule", "too long"],
)
def test_block_does_not_silence_when_it_does_not_hold(text: bytes) -> None:
    assert at(text) == ""


def test_comment_far_away_on_a_minified_line_does_not_count() -> None:
    assert at(VALUE + b" " * 5000 + b"// gitleaks:allow") == ""


def test_ordinary_source_has_no_comments() -> None:
    assert not has_comments(b"def allow(x):\n    return x\n# pragma once\n")


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (b"github-paat", "did you mean `github-pat`?"),
        (b"jwt,github-paat revoked", "did you mean `github-pat`?"),
        (b"gitlab-token", "names a rule that there is not"),
        (b"jwt,nothing-such", "names a rule that there is not"),
        (b"github-pat", ""),
        (b"well-known sample", ""),
        (b"", ""),
    ],
)
def test_a_rule_that_there_is_not_is_said(comment: bytes, said: str) -> None:
    problem = ignored(b"x # secretscan:allow " + comment, NAMES)
    assert (said in problem) if said else not problem


PIECES = st.sampled_from(
    [
        b"secretscan:allow-begin\n",
        b"secretscan:allow-begin github-pat\n",
        b"secretscan:allow-end\n",
        b"x\n",
        VALUE,
    ]
)


def block_before(text: bytes, start: int, end: int) -> str:
    """The same by a search from the place: the last beginning before it, and the first end behind that."""
    begin = text.rfind(b"secretscan:allow-begin", 0, start)
    closed = text.find(b"secretscan:allow-end", begin)
    named = text.startswith(b"secretscan:allow-begin github-pat", begin)
    return "secretscan:allow-begin" if begin >= 0 and closed >= end and not named else ""


@given(st.lists(PIECES, max_size=14), st.data())
@settings(deadline=None)
def test_blocks_are_those_that_a_search_from_each_place_finds(
    pieces: list[bytes], data: st.DataObject
) -> None:
    text = b"".join(pieces)
    starts = [found.start() for found in re.finditer(re.escape(VALUE), text)]
    if not starts:
        return
    start = data.draw(st.sampled_from(starts))
    end = start + len(VALUE)
    assert allowed_at(text, start, end, ["aws-access-key"], NAMES) == block_before(text, start, end)


def test_a_list_of_words_that_are_no_rules_silences_nothing() -> None:
    assert at(VALUE + b" # secretscan:allow aa-bb,cc-dd") == ""
    assert at(VALUE + b" # secretscan:allow aa-bb, a reason") == "secretscan:allow"


def test_only_so_many_words_are_compared_with_the_rules() -> None:
    asked = RuleNames(lambda: IDS)
    assert asked.meant("well-known") == ""
    assert [asked.meant(f"word-{n}") for n in range(200)].count("?") == 101
    assert asked.meant("well-known") == ""
    assert asked.meant("aws-access-key") == ""
