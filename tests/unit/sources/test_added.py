"""Added lines: which part of a new version the old one does not have."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from secretscan.sources.git.added import added_spans

LINES = st.lists(st.sampled_from([b"", b"a", b"b", b"b\r", b"long line", b"\x00\xff"]), max_size=12)


def test_spans_that_touch_are_one() -> None:
    (span,) = added_spans(b"a\n", b"a\nb\nc\n")
    assert (span.start, span.end) == (2, 6)


def test_a_first_line_that_is_new_is_found() -> None:
    (span,) = added_spans(b"b\n", b"a\nb\n")
    assert (span.start, span.end) == (0, 2)


def test_a_last_line_without_a_newline_ends_with_the_file() -> None:
    (span,) = added_spans(b"a\n", b"a\nbc")
    assert (span.start, span.end) == (2, 4)


def test_a_moved_line_is_not_new() -> None:
    assert added_spans(b"a\nb\n", b"b\na\n") == ()


def test_the_same_file_has_nothing_new() -> None:
    assert added_spans(b"a\nb", b"a\nb") == ()


@given(old=LINES, new=LINES)
def test_a_line_is_in_a_span_just_when_the_old_version_lacks_it(old: list[bytes], new: list[bytes]) -> None:
    before, after = b"\n".join(old), b"\n".join(new)
    spans = added_spans(before, after)
    known = {line.rstrip(b"\r") for line in before.split(b"\n")}
    at = 0
    for line in after.split(b"\n"):
        covered = [
            s.start <= n < s.end for s in spans for n in range(at, at + len(line)) if s.start <= n < s.end
        ]
        assert len(covered) == (0 if line.rstrip(b"\r") in known else len(line))
        at += len(line) + 1
    assert all(0 <= s.start < s.end <= len(after) for s in spans)
    assert all(one.end < two.start for one, two in pairwise(spans))
