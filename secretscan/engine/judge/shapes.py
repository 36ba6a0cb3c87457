"""Features of a value alone: its characters, how wordlike it is, and which known shape it has."""

from __future__ import annotations

import re
from itertools import pairwise
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
    "symbol_kinds",
    "has_equals",
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
_LOWER, _UPPER, _DIGIT = b"\x00", b"\x01", b"\x02"
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
    rb"test|example|dummy|fake|sample|your|foo|bar(?![a-z])|chang|mock|invalid|wrong|default|demo|secret|temp|some"
)
_SECRET: Final = re.compile(rb"pass|secret|token|key|auth|pwd|cred|salt|user|login|admin")
_COMMON: Final = frozenset(
    b"admin root guest test user qwerty letmein welcome dragon monkey master login abc123 iloveyou hello p@ssw0rd passw0rd "
    b"pa55word pa55w0rd p@ssword p@55w0rd hunter2 toor postgres mysql rabbitmq minio minioadmin elastic changeit changeme "
    b"trustno1 sunshine princess football baseball superman batman shadow michael jordan qwerty123 1q2w3e 1q2w3e4r "
    b"1qaz2wsx qazwsx zaq12wsx asdf asdfgh zxcvbn secret s3cr3t s3cret pass pwd passwd password hello world foobar "
    b"sekrit s3kr3t vagrant docker jenkins sa oracle tiger scott system manager cisco ubnt raspberry alpine".split()
)
_ROWS: Final = b"qwertyuiop asdfghjkl zxcvbnm 1234567890 poiuytrewq lkjhgfdsa mnbvcxz 0987654321"
_PAIRS: Final = frozenset(pairwise(_ROWS))
_DIGITS: Final = re.compile(rb"\d+")
_CHANGES: Final = (b"\x00\x01", b"\x00\x02", b"\x01\x00", b"\x01\x02", b"\x02\x00", b"\x02\x01")


def value_features(value: bytes) -> list[float]:
    """Return the numbers that describe `value`, as named by `VALUE_FEATURES`."""
    length = len(value)
    classes = value.translate(_CLASSES)
    upper, digits = classes.count(_UPPER), classes.count(_DIGIT)
    letters = classes.count(_LOWER) + upper
    transitions = sum(map(classes.count, _CHANGES))
    entropy = shannon_entropy(value)
    lowered = value.lower()
    seen = wording(value)
    return [
        min(length, 150),
        letters / length,
        digits / length,
        upper / letters if letters else 0.0,
        (length - letters - digits) / length,
        transitions / length,
        len(set(value)) / length,
        entropy,
        entropy / log2(min(length, 64)) if length > 1 else 0.0,
        seen.covered,
        min(seen.longest_gap, 30),
        min(seen.runs, 20),
        seen.surprise,
        seen.worst,
        round(seen.letters * (1 - seen.covered)),
        len(_DIGITS.findall(value)),
        sum(map(lowered.count, b"aeiou")) / letters if letters else 0.0,
        *_runs(lowered),
        *_shapes(value, letters, digits),
        *_signs(value),
        len(_DUMMY.findall(lowered)),
        len(_SECRET.findall(lowered)),
        lowered in _COMMON or lowered.rstrip(b"0123456789!@#_.-") in _COMMON,
        value[-1:] in b"-_.:",
    ]


def _runs(lowered: bytes) -> tuple[float, float, float]:
    """Longest run of one character; share of neighbours one step apart; share of neighbours on one keyboard row."""
    text = lowered[:40]
    longest = run = 1
    steps = rows = 0
    for a, b in pairwise(text):
        if a == b:
            run += 1
            longest = max(longest, run)
            continue
        run = 1
        steps += -2 < b - a < 2
        rows += (a, b) in _PAIRS
    most = max(1, len(text) - 1)
    return longest, steps / most, rows / most


def _shapes(value: bytes, letters: int, digits: int) -> list[float]:
    length = len(value)
    is_hex = bool(digits) and bool(_HEX.fullmatch(value))
    is_plain = letters + digits == length
    return [
        min(length, 80) if is_hex else 0,
        is_hex and letters > 0 and length in (32, 40, 64, 128),
        length == 36 and bool(_UUID.fullmatch(value)),
        length >= 16 and digits > 0 and bool(_BASE64.fullmatch(value)),
        digits == length,
        bool(_IDENTIFIER.fullmatch(value)),
        not is_plain and bool(_UPPER_SNAKE.fullmatch(value)),
        digits > 0 and bool(_WORD_DIGITS.fullmatch(value)),
    ]


_NO_SIGNS: Final = (0.0,) * 14


def _signs(value: bytes) -> list[float]:
    signs = value.translate(None, _ALNUM)
    if not signs:
        return [*_NO_SIGNS, bool(_NUMBER.fullmatch(value)), 0, 0, 0]
    return [
        *(min(signs.count(sign), 8) for sign in b"./_-:"),
        b"@" in signs,
        any(c in signs for c in b"()[]{}<>"),
        any(c in signs for c in b",;|"),
        any(c in signs for c in b"!@#$%^&*?~+"),
        b"\\" in signs,
        min(len(set(signs)), 10),
        b"=" in signs,
        not signs.isascii(),
        bool(_PATH.fullmatch(value)),
        bool(_NUMBER.fullmatch(value)),
        bool(_ADDRESS.fullmatch(value)),
        bool(_HASHED.fullmatch(value)),
        bool(_PUBLIC.fullmatch(value)),
    ]


_ALNUM: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
