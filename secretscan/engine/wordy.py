"""Lines of words: no value on them could be anything but words, whatever they are assigned to."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

_LONGEST: Final = 160
"""Bytes of a line; of a longer value only as many are looked at (`language.wording`)."""
_ATOM_ENDS: Final = bytes.maketrans(b"\"'`", b"   ")
"""White space and quotes: only an escaped quote, or one between two letters, can stand inside a value."""
_BEHIND_QUOTE: Final = re.compile(rb"[\"'`]([^\s\"'`]+)")
"""`&quot;` is a quote too."""
_QUOTE_INSIDE: Final = re.compile(rb"\\|\w'\w")
_SPLIT: Final = re.compile(rb"[=:>(),;<&}\]\\{\[]+")
"""Where else a value of the generic rules can begin or end. Finer than that is fine: see `is_wordy`."""
_DOUBTFUL: Final = re.compile(rb"[0-9]|(?i:user|uid|login)")
"""Digits, and a user beside whom a password may be plain words (`refusals`)."""
_SHORTEST_VALUE: Final = 3
_REMEMBERED: Final = 200_000


class WordyLines:
    """Tells lines of words, and remembers what it learned of them."""

    def __init__(self) -> None:
        """Start without any."""
        self._atoms: dict[bytes, bool] = {}
        self._told = 0
        self._lines: tuple[set[bytes], set[bytes]] = (set(), set())

    def is_wordy(self, line: bytes, *, quoted: bool) -> bool:
        """Whether every value that a generic rule could take from `line` is refused as words, or too short.

        `quoted` asks about values that begin behind a quote alone.

        A value is refused when words cover nearly all of its letters and it has no digit, or when it has neither
        letters nor digits. A value begins and ends where the line is split, so it is a run of whole pieces; when
        words cover nearly all of each piece, they do of all pieces together.
        """
        lines = self._lines[quoted]
        if line in lines:
            return True
        if len(line) > _LONGEST or _DOUBTFUL.search(line):
            return False
        known = self._atoms
        atoms = (
            _BEHIND_QUOTE.findall(line) if quoted and b"&" not in line else line.translate(_ATOM_ENDS).split()
        )
        for atom in atoms:
            is_word = known.get(atom)
            if is_word is None:
                is_word = self._look_at(atom)
            if not is_word and (len(atom) >= _SHORTEST_VALUE or _QUOTE_INSIDE.search(line)):
                return False
        if len(lines) >= _REMEMBERED:
            lines.clear()
        lines.add(line)
        return True

    def learned(self) -> dict[bytes, int]:
        """Return the runs of letters met since the last call, in lower case, and how many of each lie in words."""
        from secretscan.engine.judge.language import covered_runs

        fresh = list(islice(self._atoms, self._told, None))
        self._told = len(self._atoms)
        return {run: covered for atom in fresh for run, covered in covered_runs(atom)}

    def tell_again(self) -> None:
        """Begin anew with what has been learned."""
        self._told = 0

    def _look_at(self, atom: bytes) -> bool:
        """Whether words cover nearly all of each piece of `atom` that has letters."""
        from secretscan.engine.judge.language import wording
        from secretscan.engine.judge.refusals import WORDS_COVER

        if len(self._atoms) >= _REMEMBERED:
            self._atoms.clear()
            self._told = 0
        told = (wording(piece) for piece in _SPLIT.split(atom))
        answer = all(not words.letters or words.covered > WORDS_COVER for words in told)
        self._atoms[atom] = answer
        return answer
