"""What the symbols of a value tell: a password generator's work, or something that no code could hold."""

from __future__ import annotations

import re
from typing import Final

_ALNUM: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_GENERATED_SYMBOLS: Final = 8
"""Kinds of symbols from which a value was made by a generator, or by somebody who wanted it to look so."""
_ASCII_END: Final = 0x80
_EXPRESSION: Final = re.compile(
    rb"\\|://|\.[*+]|[\])][*+?]|\(\?|\[\^|%[sd]|=>|->|[$]argon|=[a-z0-9]{1,20}&|\|\|"
)
_OPENED_BY: Final = {0x29: 0x28, 0x5D: 0x5B, 0x7D: 0x7B}
"""Closing brackets and what opens them."""
_BRACKETS: Final = re.compile(rb"[()\[\]{}]")
_UNBRACKETED_LEAST: Final = 10


def is_generated(value: bytes) -> bool:
    """Return whether `value` mixes so many kinds of symbols that only a generator would, and is no expression."""
    kinds = {sign for sign in value.translate(None, _ALNUM) if sign < _ASCII_END}
    return len(kinds) >= _GENERATED_SYMBOLS and not _EXPRESSION.search(value)


def is_no_code(value: bytes) -> bool:
    """Return whether no programming language could hold `value` as it stands: a bracket closes one of another kind.

    A value without brackets counts when its symbols are of eight kinds and more.
    """
    if not _BRACKETS.search(value):
        return len(value) >= _UNBRACKETED_LEAST and is_generated(value)
    open_brackets = []
    for found in _BRACKETS.finditer(value):
        char = value[found.start()]
        if char not in _OPENED_BY:
            open_brackets.append(char)
        elif not open_brackets:
            return False
        elif open_brackets.pop() != _OPENED_BY[char]:
            return True
    return False
