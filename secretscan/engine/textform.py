"""What a blob is as text: bytes as they stand, a UTF-16 or UTF-32 file, or binary data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from secretscan.engine.decode import Derived

SNIFFED_BYTES: Final = 8000
"""Bytes looked at for a NUL: the same prefix git itself looks at (`buffer_is_binary`, xdiff-interface.c)."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """How to scan a blob."""

    is_binary: bool = False
    """Formats with a structure are looked for, guesses are not made."""
    derived: Derived | None = None
    """The text in UTF-8 when the blob is in a wider encoding, with the way back to the original bytes."""


_PLAIN: Final = TextForm()


def text_form(data: bytes) -> TextForm:
    """Return how to scan `data`. A blob without a NUL is text as it stands and costs one search."""
    if not has_nul(data):
        return _PLAIN
    from secretscan.engine.decode import wide_text

    derived = wide_text(data)
    return TextForm(is_binary=derived is None, derived=derived)


def has_nul(data: bytes) -> bool:
    """Whether `data` is anything else than text as it stands."""
    return b"\0" in data[:SNIFFED_BYTES]
