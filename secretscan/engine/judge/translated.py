"""Text in any language: what a value says beyond ASCII, and where files of translations lie."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from secretscan.engine.judge.language import wording

_ESCAPED: Final = re.compile(
    rb"\\{1,2}u(?:00[89a-fA-F]|0[1-9a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2})[0-9a-fA-F]"
)
"""A UTF-16 code unit beyond ASCII, as JSON, Java and others write it."""
_DIGIT: Final = re.compile(rb"[0-9]")
_AS_WRITTEN: Final = re.compile(
    rb"(?:[A-Z]?[a-z]+|[A-Z]+)(?:[\s.,:;!?'\"()/_\\{}\[\]<>-]+(?:[A-Z]?[a-z]+|[A-Z]+)){0,200}[\s.,:;!?'\"()/_\\{}\[\]<>-]*"
)
"""Words in small letters, in capitals, or with a capital in front, and signs of a sentence: what machines make mixes
cases."""
_MANY_LETTERS: Final = 12
_MOST_SURPRISE: Final = 4.8
"""Bits a letter, of many, up to which they may be a word of some language: random ones have 5 to 7."""
_FEW_DIGITS: Final = 2
"""Digits that a text beyond ASCII may hold, as in the name of a standard."""
_BEFORE_WORDS: Final = b" \\\"'`([{<*_-.:!"
_SURROGATES: Final = range(0xD800, 0xE000)
_PLACES: Final = re.compile(
    rb"(?:^|/)(?:translations?|locales?|lang(?:s|uages?)?|i18n|l10n|intl|values-[a-z]{2}(?:-r[A-Z]{2})?|[\w-]{2,12}\.lproj)/"
    rb"|(?:^|[/._-])(?:locales?|translations?|messages|i18n|lang)[._-][a-z]{2,3}(?:[-_][A-Za-z]{2,4})?\.[a-z]{2,10}$"
    rb"|\.(?:po|pot|arb|xliff|xlf|strings)$"
)


def beyond_ascii(value: bytes) -> tuple[bytes, bool]:
    """Return `value` with spaces for what is not ASCII, escaped or in UTF-8, and whether there were letters among it.

    Bytes that are no UTF-8 stay.
    """
    if b"\\u" not in value and value.isascii():
        return value, False
    units = [int(found[0][-4:], 16) for found in _ESCAPED.finditer(value)]
    has_letters = any(unit in _SURROGATES or chr(unit).isalpha() for unit in units)
    rest = _ESCAPED.sub(b" ", value)
    if not rest.isascii():
        try:
            text = rest.decode()
        except UnicodeDecodeError:
            return rest, has_letters
        has_letters = has_letters or any(char > "\x7f" and char.isalpha() for char in text)
        rest = "".join(char if char <= "\x7f" else " " for char in text).encode()
    return rest, has_letters


def is_foreign(value: bytes, least_cover: float) -> bool:
    """Return whether `value` is written in letters beyond ASCII, and holds besides them words at most."""
    rest, has_letters = beyond_ascii(value)
    if not has_letters or not rest.isascii() or _DIGIT.search(rest):
        return False
    words = wording(rest)
    return not words.letters or words.covered > least_cover


def reads_as_text(value: bytes) -> bool:
    """Return whether `value` may be words of some language, in cases as people write them.

    A long one in small letters alone, or capitals, must have letters that follow one another as in words.
    """
    rest, has_letters = beyond_ascii(value)
    if not rest.isascii() or len(_DIGIT.findall(rest)) > (_FEW_DIGITS if has_letters else 0):
        return False
    text = _DIGIT.sub(b" ", rest).lstrip(_BEFORE_WORDS)
    if not text:
        return has_letters
    if not _AS_WRITTEN.fullmatch(text):
        return False
    if has_letters or not (text.islower() or text.isupper()):
        return True
    words = wording(text)
    return words.letters < _MANY_LETTERS or words.surprise < _MOST_SURPRISE


@lru_cache(maxsize=4096)
def is_translation(path: bytes) -> bool:
    """Return whether the file at `path` holds texts in some language, by its place and name."""
    return _PLACES.search(path) is not None
