"""Features of a value alone: its characters, how wordlike it is, and which known shape it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log2
from typing import Final

from secretscan.engine.entropy import shannon_entropy
from secretscan.engine.judge.language import wording

VALUE_FEATURES: Final = (
    "length",
    "letters_share",
    "digits_share",
    "upper_share",
    "symbols_share",
    "transitions",
    "distinct_share",
    "entropy",
    "entropy_of_best",
    "words_cover",
    "longest_gap",
    "letter_runs",
    "surprise",
    "worst_surprise",
    "uncovered_letters",
    "digit_groups",
    "vowel_share",
    "same_run",
    "steps_share",
    "row_share",
    "hex_length",
    "hash_length",
    "is_uuid",
    "is_base64",
    "is_digits",
    "is_identifier",
    "is_upper_snake",
    "word_then_digits",
    "dots",
    "slashes",
    "underscores",
    "dashes",
    "colons",
    "has_at",
    "has_brackets",
    "has_separator",
    "has_strong_symbol",
    "has_backslash",
    "has_non_ascii",
    "is_path",
    "is_number_like",
    "is_address",
    "is_hashed",
    "is_public",
    "dummy_words",
    "secret_words",
    "is_common",
    "trailing_dash",
)
"""Names of what `value_features` returns, in its order."""

_CLASSES: Final = bytes(
    0 if chr(n).islower() and n < 128 else 1 if chr(n).isupper() and n < 128 else 2 if 48 <= n < 58 else 3
    for n in range(256)
)
_LOWER, _UPPER, _DIGIT, _SYMBOL = b"\x00", b"\x01", b"\x02", b"\x03"
_HEX: Final = re.compile(rb"(?:0x)?(?:[0-9a-f]{4,}|[0-9A-F]{4,})")
_UUID: Final = re.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_$][\w$]*")
_UPPER_SNAKE: Final = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_WORD_DIGITS: Final = re.compile(rb"[A-Za-z]+[-_@]?\d{1,8}[!#.]?")
_PATH: Final = re.compile(
    rb"(?:[a-zA-Z][\w+.-]*://|[.~]{0,2}/|[A-Za-z]:\\|[\w.-]+/[\w.-]+/).*|[\w./-]+\.[a-z]{2,4}"
)
_NUMBER: Final = re.compile(
    rb"[vV]?\d+(?:[.,:/T_+Z -]\d+)+[a-zA-Z]{0,6}\d?|\d+(?:\.\d+)?(?:[a-z]{1,3}|%)?|[-+]\d+.*|0x[0-9a-fA-F]{1,4}"
)
_ADDRESS: Final = re.compile(
    rb"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*|(?:[\w-]+\.)+(?:com|org|net|io|dev|local|int|test)(?::\d+)?(?:/.*)?"
)
_HASHED: Final = re.compile(
    rb"\$(?:\d\w?|apr1|argon2\w*|pbkdf2[\w-]*|bcrypt[\w-]*|s[012]|y|P|H)\$.*|\{[A-Z0-9-]{3,12}\}.{8,}"
    rb"|(?:pbkdf2_sha\d+|bcrypt|argon2\w*|md5|sha\d+|scrypt)[:$-].*|\*[0-9A-F]{40}|sha\d{1,3}[-:=].*",
    re.S,
)
_PUBLIC: Final = re.compile(
    rb"(?:ssh-(?:rsa|dss|ed25519)|ecdsa-).*|AAAA[BCE]3NzaC1.*|-----BEGIN (?:PUBLIC|CERT|RSA PUBLIC).*", re.S
)
_DUMMY: Final = re.compile(
    rb"(?i)test|example|dummy|fake|sample|your|foo|bar(?![a-z])|chang|mock|invalid|wrong|default|demo|secret|temp|some"
)
_SECRET: Final = re.compile(rb"(?i)pass|secret|token|key|auth|pwd|cred|salt|user|login|admin")
_STRONG: Final = re.compile(rb"[!@#$%^&*?~+]")
_COMMON: Final = frozenset(
    b"admin root guest test user qwerty letmein welcome dragon monkey master login abc123 iloveyou hello p@ssw0rd passw0rd "
    b"pa55word pa55w0rd p@ssword p@55w0rd hunter2 toor postgres mysql rabbitmq minio minioadmin elastic changeit changeme "
    b"trustno1 sunshine princess football baseball superman batman shadow michael jordan qwerty123 1q2w3e 1q2w3e4r "
    b"1qaz2wsx qazwsx zaq12wsx asdf asdfgh zxcvbn secret s3cr3t s3cret pass pwd passwd password hello world foobar "
    b"vagrant docker jenkins sa oracle tiger scott system manager cisco ubnt raspberry alpine".split()
)
_ROWS: Final = b"qwertyuiop asdfghjkl zxcvbnm 1234567890 poiuytrewq lkjhgfdsa mnbvcxz 0987654321"
_PAIRS: Final = frozenset(zip(_ROWS, _ROWS[1:], strict=False))


def value_features(value: bytes) -> Iterator[float]:
    """Yield the numbers that describe `value`, as named by `VALUE_FEATURES`."""
    length = len(value)
    classes = value.translate(_CLASSES)
    upper, digits = classes.count(1), classes.count(2)
    letters = classes.count(0) + upper
    transitions = sum(
        classes.count(a + b)
        for a, b in (
            (_LOWER, _UPPER),
            (_LOWER, _DIGIT),
            (_UPPER, _LOWER),
            (_UPPER, _DIGIT),
            (_DIGIT, _LOWER),
            (_DIGIT, _UPPER),
        )
    )
    distinct = len(set(value))
    entropy = shannon_entropy(value)
    yield min(length, 150)
    yield letters / length
    yield digits / length
    yield upper / letters if letters else 0.0
    yield (length - letters - digits) / length
    yield transitions / length
    yield distinct / length
    yield entropy
    yield entropy / log2(min(length, 64)) if length > 1 else 0.0
    yield from _wordlike(value)
    yield len(re.findall(rb"\d+", value))
    lowered = value.lower()
    yield sum(map(lowered.count, b"aeiou")) / letters if letters else 0.0
    yield from _runs(lowered)
    yield from _shapes(value, letters, digits)
    yield from _signs(value)
    yield len(_DUMMY.findall(value))
    yield len(_SECRET.findall(value))
    yield float(lowered in _COMMON or lowered.rstrip(b"0123456789!@#_.-") in _COMMON)
    yield float(value[-1:] in b"-_.:")


def _wordlike(value: bytes) -> Iterator[float]:
    seen = wording(value)
    yield seen.covered
    yield min(seen.longest_gap, 30)
    yield min(seen.runs, 20)
    yield seen.surprise
    yield seen.worst
    yield round(seen.letters * (1 - seen.covered))


def _runs(lowered: bytes) -> Iterator[float]:
    """Longest run of one character; share of neighbours one step apart; share of neighbours on one keyboard row."""
    pairs = list(zip(lowered[:80], lowered[1:80], strict=False))
    longest = run = 1
    steps = rows = 0
    for pair in pairs:
        gap = pair[1] - pair[0]
        run = run + 1 if gap == 0 else 1
        longest = max(longest, run)
        steps += gap in (1, -1)
        rows += pair in _PAIRS
    yield min(longest, 12)
    yield steps / max(1, len(pairs))
    yield rows / max(1, len(pairs))


def _shapes(value: bytes, letters: int, digits: int) -> Iterator[float]:
    is_hex = _HEX.fullmatch(value) and digits
    yield min(len(value), 80) if is_hex else 0.0
    yield float(bool(is_hex) and len(value) in (32, 40, 64, 128) and letters > 0)
    yield float(bool(_UUID.fullmatch(value)))
    yield float(bool(_BASE64.fullmatch(value)) and digits > 0)
    yield float(digits == len(value))
    yield float(bool(_IDENTIFIER.fullmatch(value)))
    yield float(bool(_UPPER_SNAKE.fullmatch(value)))
    yield float(bool(_WORD_DIGITS.fullmatch(value)))


def _signs(value: bytes) -> Iterator[float]:
    signs = value.translate(None, _ALNUM)
    for sign in b"./_-:":
        yield min(signs.count(sign), 8)
    yield float(b"@" in signs)
    yield float(any(c in signs for c in b"()[]{}<>"))
    yield float(any(c in signs for c in b",;|"))
    yield float(bool(_STRONG.search(signs)))
    yield float(b"\\" in signs)
    yield float(not value.isascii())
    yield float(bool(_PATH.fullmatch(value)))
    yield float(bool(_NUMBER.fullmatch(value)))
    yield float(bool(_ADDRESS.fullmatch(value)))
    yield float(bool(_HASHED.fullmatch(value)))
    yield float(bool(_PUBLIC.fullmatch(value)))


_ALNUM: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
