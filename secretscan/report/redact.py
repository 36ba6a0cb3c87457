"""The one place where plaintext turns into something that may be shown.

Pure functions, called where a `Finding` becomes a `FindingRecord`, before any writer, log or error sees it.
Every snippet and every `secret` of a report comes from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from secretscan.report.printable import ELLIPSIS, strip_controls

LEAD: Final = 4
"""Characters shown at most: enough to tell `ghp_` from `sk_l`, too few to matter."""
HIDDEN_SHARE: Final = 5
"""One character in this many may be shown, and no more."""
SHORTEST_WITH_LEAD: Final = 20
"""Below this length nothing is shown: a person may have chosen it, and every character helps a guesser."""

_TOKEN: Final = re.compile(rb"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_+/=.:\-]+\Z")
"""A machine-made value: letters and digits mixed, nothing a token alphabet lacks."""
_ARMOUR: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]{1,40}-----")
"""The first line of a PEM block (RFC 7468)."""
_REDACTED: Final = re.compile(rf".{{0,{LEAD}}}{ELLIPSIS}\([0-9]+\)\Z")


def redact_secret(secret: bytes, *, password: bool = False) -> str:
    """Return the redacted form: up to four leading characters, `…`, and the length, like `wJal…(40)`.

    Nothing leads when the value is short, is chosen by a person (`password`), or does not look like a token.
    The length counts characters, or bytes when the value is not UTF-8.
    """
    text = secret.decode("utf-8", "replace")
    length = len(text) if "\ufffd" not in text else len(secret)
    shown = min(LEAD, length // HIDDEN_SHARE)
    if password or length < SHORTEST_WITH_LEAD or not _TOKEN.match(secret):
        shown = 0
    return f"{text[:shown]}{ELLIPSIS}({length})"


def reveal_secret(secret: bytes) -> str:
    """Return the plaintext for a record, when the user asked; undecodable bytes as lone surrogates.

    Every writer spells surrogates out, and `filter-repo` turns them back into the bytes.
    """
    return secret.decode("utf-8", "surrogateescape")


def is_redacted(text: str) -> bool:
    """Whether `text` has the form that `redact_secret` returns."""
    return _REDACTED.match(text) is not None


def as_redacted(text: str) -> str:
    """Return `text` when it is redacted, else its redacted form.

    For formats that are uploaded or published by their nature: they show no plaintext even in a report made
    with `--show-secrets`.
    """
    return text if is_redacted(text) else redact_secret(text.encode("utf-8", "replace"), password=True)


def redact_line(
    line: bytes, ranges: Iterable[tuple[int, int]], secret: bytes = b"", *, password: bool = False
) -> str:
    """Return `line` as a snippet: `ranges` (half-open, bytes) replaced, and nothing left to harm a terminal.

    A range that holds exactly `secret` becomes its redacted form, so that a reader can match the two; any
    other range becomes `…(n)`, for it may be a piece, and the leads of pieces would add up. Copies of
    `secret` outside the ranges are replaced too. The first line of a PEM block stays, as it says what it is.
    """
    pieces: list[str] = []
    position = 0
    for start, end in _merged([*ranges, *_copies(line, secret)], len(line)):
        pieces.append(_text(line[position:start]))
        pieces.append(_hidden(line[start:end], secret, password=password))
        position = end
    pieces.append(_text(line[position:]))
    snippet = "".join(pieces)
    plain = _text(secret)
    # Dropping a zero-width character can close a gap and complete a copy that was none before.
    return snippet.replace(plain, redact_secret(secret, password=password)) if plain else snippet


def _hidden(piece: bytes, secret: bytes, *, password: bool) -> str:
    armour = _ARMOUR.match(piece)
    if armour is not None:
        # What kind of key it is, is no secret; of a key over several lines the length is that of the whole.
        whole = secret if secret.startswith(piece) else piece
        return armour.group().decode("ascii") + redact_secret(whole, password=True)
    return redact_secret(piece, password=password or piece != secret)


def _text(raw: bytes) -> str:
    return strip_controls(raw.decode("utf-8", "backslashreplace").rstrip("\r\n"))


def _copies(line: bytes, secret: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = line.find(secret) if secret else -1
    while at >= 0:
        found.append((at, at + len(secret)))
        at = line.find(secret, at + len(secret))
    return found


def _merged(ranges: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return the ranges clamped to the line, sorted, with overlapping ones joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(length, b)) for a, b in ranges):
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
