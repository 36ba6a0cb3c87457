"""Reasons why a value that stands near a provider's name alone is none of its keys: words, or a digest."""

from __future__ import annotations

import re
from typing import Final

from secretscan.engine.judge.language import is_word, wording

BEFORE_BYTES: Final = 96
"""How much of the line before a value is looked at."""
AFTER_BYTES: Final = 16
_WORDS_COVER: Final = 0.6
"""Share of letters in a long value, and of those in words, from which it is a name, a slug or a path: no random one
has as many."""
_LONG: Final = 16
_DIGIT: Final = re.compile(rb"[0-9]")
_FEW_DIGITS: Final = 3
_SEPARATOR: Final = re.compile(rb"[-_./]")
_MANY_PARTS: Final = 4
_SHORT_WORD: Final = 3
_BEYOND_HEX: Final = re.compile(rb"[g-zG-Z]")
"""Random hexadecimal digits spell words such as `added`."""
_HEX: Final = re.compile(rb"[0-9a-fA-F]{32,128}")
_DIGEST: Final = re.compile(
    rb"(?:(?<![A-Za-z])(?<!(?i:hmac)[-_])(?i:sha-?[0-9]{0,3}|md5|blake[23][bs]?)(?:sum)?|(?<=[a-z])S(?:ha|HA)[0-9]{0,3}"
    rb"|(?<![A-Za-z])(?i:checksum|digest|integrity|commit|revision))[\"'\\]{0,3}\s{0,16}[:=-]\s{0,16}[\"'\\]{0,3}$"
    rb"|(?:(?<![A-Za-z])(?<!(?i:hmac)[-_])(?i:sha[0-9]{1,3})[:=-]|\bh1:)(?:[A-Za-z0-9+/_-]{0,88}[+/_-])?$"
)
"""Names of digests, with the value behind them; `h1:` is go.sum's. A value may be the tail of one in base64."""
_REVISION: Final = re.compile(
    rb"(?:/|%2[fF])(?:commits?|blobs?|trees?|status(?:es)?|raw|archive|compare)(?:/|%2[fF])$"
    rb"|(?<![A-Za-z])[cC]ommit\s$|[\w.-]/[\w.-]{1,40}@$|\.(?:tgz|tar\.gz|git)#$"
)
"""What stands before a commit or another object of git: an address, a log, a pinned action, a lock file."""
_REFERENCE: Final = re.compile(rb"\s{1,4}refs/")


def refuse_keyed(value: bytes, before: bytes, after: bytes) -> str:
    """Return why `value`, found near a name, is no key; empty when it may be one.

    `before` and `after` are what stands next to it on its line.
    """
    if _DIGEST.search(before):
        return "digest"
    if _HEX.fullmatch(value):
        return "revision" if _REVISION.search(before) or _REFERENCE.match(after) else ""
    return "words" if is_worded(value) else ""


def is_worded(value: bytes) -> bool:
    """Return whether words cover so much of `value`, a long one, that no machine drew it at random."""
    if len(value) < _LONG or not _BEYOND_HEX.search(value):
        return False
    words = wording(value)
    has_few_digits = len(_DIGIT.findall(value)) <= _FEW_DIGITS
    is_name = has_few_digits and words.letters >= _WORDS_COVER * len(value) and words.covered >= _WORDS_COVER
    return is_name or _is_slug(value)


def _is_slug(value: bytes) -> bool:
    """Whether most of `value` are words between dashes, among them ones too short for `wording`."""
    parts = _SEPARATOR.split(value)
    if len(parts) < _MANY_PARTS:
        return False
    plain = [part for part in parts if part.isalpha() and part.islower()]
    words = sum(len(part) < _SHORT_WORD or is_word(part.decode()) for part in plain)
    return words >= _MANY_PARTS and sum(len(part) + 1 for part in plain) >= _WORDS_COVER * len(value)
