"""Values that stand for a secret without being one, told by their whole shape."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

SAYS_WHAT_IT_IS: Final = "says what it is"
"""Reason for a value made of words for secrets and for what is not real."""
_SHAPES: Final[tuple[tuple[str, re.Pattern[bytes]], ...]] = (
    (
        "template",
        re.compile(
            rb"""
        \$\{.{0,200}\}? | \$\(.{0,200}\)? | \$\[.{0,200}\] | \$[A-Za-z_]\w{2,60} | %[A-Za-z_]\w{1,60}%
        | \{\{.{0,200} | \{%.{0,200} | <%.{0,200} | \#\{.{0,200}\} | @@?[A-Za-z_]\w{1,60}@@?
        | \{[A-Za-z_][\w.:!-]{0,60}\} | \{\d{0,2}\} | %\(?[\w.]{0,40}\)?[sdrqv] | \[\[?[A-Za-z_ .-]{3,60}\]?\]
        | __[A-Z][A-Z0-9_]{2,60}__ | :[a-z_]{3,40}:?
    """,
            re.X | re.S,
        ),
    ),
    ("angle brackets", re.compile(rb"<[^<>]{1,120}>|&lt;.{1,120}&gt;|\xc2\xab.{1,120}\xc2\xbb")),
    (
        "masked",
        re.compile(
            rb".{0,4}(?:\xe2\x80\xa6|\\u2026)\(\d{1,7}\)?|.{0,12}(?:[*\xb7]{3,}|(?:\xe2\x80[\xa2\xa6]|\xe2\x97\x8f){2,}|\.{3,}|[xX]{5,}|#{4,}|-{4,}|_{4,}|\?{3,}).{0,12}",
            re.S,
        ),
    ),
    ("one character", re.compile(rb"(.)\1{2,}", re.S)),
    ("repeated", re.compile(rb"(.{2,4}?)\1{3,}.{0,3}", re.S)),
    (
        "asks to be replaced",
        re.compile(rb"""(?xi)
        (?:please|pls|to|must)?[-_.\ ]?(?:be|you)?[-_.\ ]?
        (?:change|replace|insert|enter|put|add|set|fill|provide|paste|update|configure|overwrite|override|todo|fixme|tbd)
        (?:[-_.\ !]?(?:me|this|it|your?|the|with|in|here|to|a|an|new|before|by|from|own|value|real|actual|for|please
          |pass(?:word|wd)?|pwd|secret|token|key|api|auth|access|client|string|id|user|host|later|now|strong|random|secure)){0,8}
        [-_.!\d]{0,4}
    """),
    ),
    (
        "nothing",
        re.compile(
            rb"(?i)null|nil|none|nan|undefined|true|false|yes|no|on|off|empty|unset|n/?a|todo|tbd|xxx+|redacted|removed|hidden"
            rb"|masked|unknown|optional|required|string|str|bytes?|bool(?:ean)?|int(?:eger)?|number|object|any"
        ),
    ),
)
_RUNS: Final = (
    b"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
    b"01234567890123456789012345678901234567890123456789",
    b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    b"98765432109876543210",
    b"qwertyuiopasdfghjklzxcvbnm",
    b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
)
_WHOLE_WORDS: Final = re.compile(
    rb"(?i)(?:^|[-_.\s/])(?:example|changeme|placeholder|your|redacted|dummy|sample)(?=$|[-_.\s\d/])"
)


def placeholder_reason(value: bytes) -> str:
    """Return why `value` as a whole stands for a secret without being one; empty when it does not.

    Only whole shapes count (`<your-key>`, `${VAR}`, `xxxx`, `changeme`, `1234567890abcdef`, `AKIA…EXAMPLE`): a random
    token that happens to hold a short word passes.
    """
    for reason, shape in _SHAPES:
        if shape.fullmatch(value):
            return reason
    if b"example" in value.lower():
        return "example"
    if _says_what_it_is(value):
        return SAYS_WHAT_IT_IS
    if _WHOLE_WORDS.search(value):
        return "example"
    return "sequence" if is_sequence(value) else ""


def _says_what_it_is(value: bytes) -> bool:
    """Whether the value is built of words for secrets and for what is not real: `my-secret-token`, `testpassword123`."""
    if len(value) > _LONGEST_PHRASE or not _PHRASE.fullmatch(value):
        return False
    runs: list[bytes] = _LETTERS.findall(value)
    return max(map(len, runs), default=0) > 2 and all(_is_telling(run.lower()) for run in runs)


def _is_telling(run: bytes) -> bool:
    """Whether the letters are one telling word or several run together."""
    if run in _TELLING:
        return True
    ends = [True] + [False] * len(run)
    for end in range(1, len(run) + 1):
        ends[end] = any(ends[start] and run[start:end] in _TELLING for start in range(max(0, end - 11), end))
    return ends[-1]


_LONGEST_PHRASE: Final = 64
_PHRASE: Final = re.compile(rb"(?:[A-Za-z]|(?<!\d)\d{1,6}(?!\d)|[-_. !@])+")
_LETTERS: Final = re.compile(rb"[A-Za-z]+")
_TELLING: Final = frozenset(
    b"a an the my your our some any this is here not no test tests testing dummy fake mock mocked sample demo default "
    b"foo bar baz qux insert secret super very valid invalid wrong bad good old new real long random strong secure safe "
    b"plain encrypted hashed user admin root client server app application api auth oauth access refresh bearer session "
    b"service account private public shared master signing jwt db database aws azure gcp google github gitlab slack "
    b"docker mysql postgres postgresql redis string text value goes only development dev prod staging local insecure "
    b"key keys token tokens pass password passwords passwd passphrase passcode passwort pw pwd secrets credential "
    b"credentials cred creds id name hash salt abc xyz x y z or and of for from with to in that".split()
)


def is_sequence(value: bytes) -> bool:
    """Return whether `value` is mostly runs of the alphabet, the digits or a keyboard row, or one character repeated."""
    lowered = value.lower().strip(b"-_.=!")
    if len(lowered) < 3 or len(lowered) > 200:
        return False
    if any(lowered in run for run in _RUNS):
        return True
    if len(lowered) < 12:
        return False
    steps = sum((b - a) in (0, 1, -1) for a, b in pairwise(lowered))
    return steps >= 0.85 * (len(lowered) - 1)
