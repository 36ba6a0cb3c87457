"""UTF-16 and UTF-32 files, which git calls binary: with a byte order mark, or told by where their NULs lie."""

from __future__ import annotations

import codecs
import re
from typing import Final

from secretscan.engine.decode.derived import Derived, Part, Scale, rewrite

_SNIFFED: Final = 4096
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII_SHARE: Final = 0.6
"""Share of code units that must have the high bytes of ASCII for a file without a mark to count as wide text."""
_STRAY_SHARE: Final = 0.02
"""Share of control and undecodable characters from which wide text is taken for binary data after all."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_CUT_RUN: Final = 6
"""NULs that a run of UTF-16 may leave where the head of a file is cut off in it."""
_UTF16_RUN: Final = re.compile(rb"(?:[\t\r\n\x20-\x7e]\x00){6,}")
_IN_RUNS: Final = bytes([0, *b"\t\r\n\f\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)])
_PRINTABLE: Final = bytes([*b"\t\r\n\f\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)])


def wide_text(data: bytes) -> Derived | None:
    """Return `data` as UTF-8 when it is UTF-16 or UTF-32 text, or `None` when it is not.

    A text file to which PowerShell appended UTF-16 lines is such a text too.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", ""))
    if not mark:
        mixed = _mixed(data)
        if mixed is not None:
            return mixed
        encoding = _guess(data[:_SNIFFED])
        if not encoding:
            return None
    body = data[len(mark) :]
    text = body.decode(encoding, "replace")
    if len(_CONTROLS.findall(text[:_SNIFFED])) > _STRAY_SHARE * min(len(text), _SNIFFED) + 1:
        return None
    skipped, size = len(mark), len(data)
    encoded = text.encode("utf-8")

    def origin(start: int, end: int) -> tuple[int, int]:
        before = len(encoded[:start].decode("utf-8", "ignore").encode(encoding))
        inside = len(encoded[start:end].decode("utf-8", "ignore").encode(encoding))
        return skipped + before, min(skipped + before + inside, size)

    return Derived(encoded, encoding[:6], origin)


def _guess(head: bytes) -> str:
    """Return the encoding that the places of NULs in `head` speak for, or an empty string."""
    fewest = _ASCII_SHARE * (len(head) // 2)  # what UTF-16 needs; UTF-32 needs more
    if head.count(0) < fewest:  # most binary files end here
        return ""
    whole = len(head) & ~3
    zeros = [head[shift:whole:4].count(0) for shift in range(4)]
    pairs = [
        zeros[shift] + zeros[shift + 2] + head[whole + shift : len(head) & ~1 : 2].count(0)
        for shift in (0, 1)
    ]
    for encoding, counts, units, place in (
        ("utf-32-le", zeros, len(head) // 4, 0),
        ("utf-32-be", zeros, len(head) // 4, 3),
        ("utf-16-le", pairs, len(head) // 2, 0),
        ("utf-16-be", pairs, len(head) // 2, 1),
    ):
        if units < 2:
            continue
        if counts[place] <= 0.02 * units and all(
            count >= _ASCII_SHARE * units for shift, count in enumerate(counts) if shift != place
        ):
            return encoding
    return ""


def _mixed(data: bytes) -> Derived | None:
    """Return `data` with its runs of UTF-16 decoded when there is a rest and all of it is text, or `None`."""
    head = data[:_SNIFFED]
    if len(head.translate(None, _IN_RUNS)) > _CUT_RUN:  # no run holds these: most binary files end here
        return None
    if len(_UTF16_RUN.sub(b"", head).translate(None, _PRINTABLE)) > _CUT_RUN:
        return None
    parts = []
    rest = 0
    at = 0
    for run in _UTF16_RUN.finditer(data):
        rest += len(data[at : run.start()].translate(None, _PRINTABLE))
        if run.start() > at:
            parts.append(Part(at, run.start(), data[at : run.start()], Scale.SAME, is_continued=True))
        parts.append(Part(run.start(), run.end(), run[0][::2], Scale.PAIRS, is_continued=True))
        at = run.end()
    rest += len(data[at:].translate(None, _PRINTABLE))
    if not parts or rest or sum(part.end - part.start for part in parts) == len(data) == parts[0].end:
        return None
    if at < len(data):
        parts.append(Part(at, len(data), data[at:], Scale.SAME, is_continued=True))
    return rewrite(data, parts, "utf-16")
