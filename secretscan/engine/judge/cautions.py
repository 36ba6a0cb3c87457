"""Reasons for doubt of which the labelled data has too few cases to teach the forest. Each lowers the score."""

from __future__ import annotations

import re
from typing import Final

from secretscan.engine.judge.candidate import Candidate
from secretscan.engine.judge.issuers import has_issuer_mark, names_issuer
from secretscan.engine.judge.names import TOLD_BY_PLACE, full_name
from secretscan.engine.judge.symbols import is_generated
from secretscan.engine.judge.translated import is_translation, reads_as_text

DOUBT: Final = 2.5
"""Log-odds most cautions take off: a score of 0.9 falls to 0.42."""
SLIGHT_DOUBT: Final = 1.0
"""Log-odds for what happens to good keys as well: a score of 0.9 falls to 0.77."""
_TOLD: Final = 1.5
"""Log-odds for a password that the syntax gives away, enough for two plain words."""
_CUT: Final = 40
"""Length below which a value with an issuer's mark is a cut token: longer ones may be a new form."""
_LEAST_KEY: Final = 10
_LEAST_HEX: Final = 25
_MANY_SYMBOLS: Final = 5
"""Kinds of symbols from which a value was made by a password generator, whatever its name says."""
_ALNUM: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_HEX: Final = b"0123456789abcdefABCDEF"
_LOG_LINE: Final = re.compile(rb"(?i)\s*\[?(?:debug|info|warn(?:ing)?|error|trace|fatal)\]?[:\s]")
_ODD: Final = re.compile(rb"[?#$^&*!\[\]{}()<>,;@]|%(?![0-9A-F]{2})|=.{0,40}[^=]")
_ISSUED: Final = re.compile(rb"key|token|api")
_HUMAN_MADE: Final = re.compile(rb"pass|pwd|secret|cred|cookie|sess|salt")
_UNREAL: Final = re.compile(
    rb"(?:^|[^a-z])(?:fake|bad|non|not|malformed|mismatch(?:ed|ing)?)(?:[^a-z]|$)|nonmatch|malformed"
)


def cautions(seen: Candidate, value: bytes) -> tuple[tuple[str, float], ...]:
    """Return (reason, log-odds taken off) for each reason to doubt that `value`, the core of `seen`, is a secret.

    - A log line with its level in front quotes values that are rarely still in use.
    - A name such as FAKE_KEY says what it is.
    - A key named after an issuer whose rules know the form of its keys was found by none of those rules.
    - A value that begins like the tokens of an issuer, and was found by none of its rules, is cut off when short.
    - A password that code compares with a literal, a sentence quotes, that stands beside server and user, or that
      a function or a program takes at its place, is told: this raises the score.
    - A key or token that a machine issued holds no brackets or question marks.
    - Symbols of eight kinds that form no expression come from a password generator: this one raises the score.
    - Hexadecimal digits with a stray letter, or an odd number of them, were edited: they encode no bytes.
    - What reads as text, in a file of translations, is one.
    """
    found = []
    name = full_name(seen).lower()
    if _LOG_LINE.match(seen.prefix):
        found.append(("log_line", DOUBT))
    if _UNREAL.search(name):
        found.append(("name_says_unreal", DOUBT))
    if _ISSUED.search(name) and not _HUMAN_MADE.search(name):
        if len(value) >= _LEAST_KEY and names_issuer(name):
            found.append(("other_form_than_issuer", SLIGHT_DOUBT))
        if _ODD.search(value) and len(set(value.translate(None, _ALNUM))) < _MANY_SYMBOLS:
            found.append(("odd_symbol_in_key", DOUBT))
    if len(value) < _CUT and b"pass" not in name and has_issuer_mark(value):
        found.append(("cut_token", DOUBT))
    if told := _told(seen, name):
        found.append((told, -_TOLD))
    if is_generated(value):
        found.append(("generated_symbols", -SLIGHT_DOUBT))
    if _is_edited_hex(value):
        found.append(("edited_hex", DOUBT))
    if is_translation(seen.path) and reads_as_text(value):
        found.append(("translation", DOUBT))
    return tuple(found)


def _told(seen: Candidate, name: bytes) -> str:
    """How the syntax says that a value is a password, whatever word it is; empty when it does not."""
    if seen.rule_id in TOLD_BY_PLACE:
        return "told_by_place"
    if seen.quote and _PASSWORD.search(name):
        if seen.operator[-2:] == b"==" or seen.operator == b"!=":
            return "compared"
        if seen.rule_id == "generic-prose-secret":
            return "quoted_in_prose"
        if _SERVER.search(seen.prefix) and _USER.search(seen.prefix):
            return "beside_server_and_user"
    return ""


_SERVER: Final = re.compile(
    rb"(?i)(?:host|server|database|db_?name|data source)\w{0,8}\\{0,2}[\"']?\s{0,4}[:=]"
)
_USER: Final = re.compile(rb"(?i)\b(?:user|uid|login)[\w ]{0,8}\\{0,2}[\"']?\s{0,4}[:=]")
_PASSWORD: Final = re.compile(rb"(?:passw(?:or)?d|passphrase|pwd|secret)$")


def _is_edited_hex(value: bytes) -> bool:
    """Whether the value is hexadecimal but for a letter or two, or of an odd length."""
    plain = value.replace(b"-", b"")
    if len(plain) < _LEAST_HEX:
        return False
    stray = plain.translate(None, _HEX)
    if not stray:
        return len(plain) % 2 == 1
    return len(stray) <= len(plain) // 12 and stray.isalnum() and plain != plain.upper()
