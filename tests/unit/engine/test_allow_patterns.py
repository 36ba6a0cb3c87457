"""Patterns of allowlists, which a repository may write: each may run into the time limit once."""

from __future__ import annotations

from secretscan.engine.match import is_found

SLOW = "(?:a|a|b|ab?)+$"


def test_a_pattern_that_was_too_slow_is_not_tried_again() -> None:
    assert is_found(SLOW, b"aaa")
    assert not is_found(SLOW, b"a" * 60 + b"!")
    assert not is_found(SLOW, b"aaa")  # shows the finding rather than hiding it


def test_others_go_on() -> None:
    assert is_found("b+$", b"aaabbb")
