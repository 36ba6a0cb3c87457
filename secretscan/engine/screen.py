"""`Screen`: tells which texts hold nothing, so that only the others are scanned.

Nearly all lines that come near a rule lead to nothing: `token = reader.read_token(path)`. The full scan gathers
matches, settles overlaps and joins partners; the screen asks one question of each line, *could anything here be
more than refused?*, and remembers the answer. It errs to one side only: what it calls closed, a full scan finds
nothing in, not even a finding below the threshold.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from secretscan.engine.assess import assess, refused
from secretscan.engine.filekind import file_kind
from secretscan.engine.lines import Lines
from secretscan.engine.match import SECONDS_PER_RULE, compile_pattern, trusted_pattern
from secretscan.engine.overlapping import holds_run, overlapping
from secretscan.engine.prefilter.hyperscan import HyperscanPrefilter
from secretscan.engine.program import Program
from secretscan.engine.windows import LOOKAROUND_BYTES, NEAR_BYTES, newline_reach
from secretscan.engine.wordy import WordyLines
from secretscan.rules.breaks import MANY_BREAKS
from secretscan.rules.model import Rule
from secretscan.rules.tree import wants_quote

BINARY: Final = "binary"
"""Kind of a text that is no text: only rules for formats apply."""
_LONG_LINE: Final = 512
"""Bytes from which a line is not remembered, and looked at only around each hit."""
_REMEMBERED: Final = 400_000
"""Lines remembered per kind of file: some 60 MB at most."""
_FAR: Final = 512
"""Bytes before its trigger's end at which a match may begin; a rule that reaches farther is wide."""


class Part(NamedTuple):
    """One text, or a part of one, inside a larger buffer. A newline stands before the first byte."""

    start: int
    path: bytes
    kind: str


def part_of(start: int, path: bytes, *, is_binary: bool = False) -> Part:
    """Return the part that starts at `start` in its buffer and belongs to a file called `path`."""
    return Part(start, path, BINARY if is_binary else file_kind(path))


class _Member(NamedTuple):
    """A rule of a family, ready to be tried."""

    rule: Rule
    pattern: re.Pattern[bytes]
    back: int
    ahead: int
    is_near: bool
    """False when a match may begin more than one line break before its value."""


class Screen:
    """Looks through texts with the program of a scanner. Remembers lines that led to nothing."""

    def __init__(self, program: Program, prefilter: HyperscanPrefilter) -> None:
        """Use the database of `prefilter`."""
        self._program = program
        self._prefilter = prefilter
        self._wordy = WordyLines()
        self._closed: dict[tuple[str, str], set[bytes]] = {}
        self._wide: dict[int, bool] = {}
        self._quoted: dict[int, bool] = {}
        self._members: dict[tuple[int, str], tuple[_Member, ...]] = {}

    def open_parts(self, text: bytes, parts: Sequence[Part]) -> set[int]:
        """Return the numbers of the `parts` of `text` (ascending, disjoint) in which something may be found.

        A part must hold every match whole that matters: lines beyond its edges are not looked at.
        """
        found: set[int] = set()
        hits = self._prefilter.hits(text)
        starts = [part.start for part in parts]
        ends = [*starts[1:], len(text)]
        rules = len(self._program)
        number, low, high = -1, 0, 0
        passed = [0] * (rules + len(self._program.families))
        for end, hit in hits:
            if end > high:
                number = bisect_right(starts, end - 1) - 1
                low, high = starts[number], ends[number]
            if end <= passed[hit] or number in found:
                continue
            part = parts[number]
            if hit < rules:
                closed = self._closed_rule(text, hit, end, (low, high), part)
            elif part.kind == BINARY:
                closed = high
            else:
                closed = self._closed_family(text, hit - rules, end, (low, high), part)
            if closed:
                passed[hit] = closed
            else:
                found.add(number)
        return found

    def _closed_rule(self, text: bytes, number: int, end: int, bounds: tuple[int, int], part: Part) -> int:
        """Return up to where hits of a rule lead to nothing, from the trigger's end on; 0 when this one may."""
        program = self._program
        low = max(bounds[0], end - program.back[number])
        high = min(bounds[1], end + program.ahead[number])
        if self._is_wide(number):
            return 0
        run = program.token_runs[number]
        if run > 1 and not holds_run(text, low, high, run):
            return end
        rule = program.rule(number)
        if rule.judge and part.kind == BINARY:
            return bounds[1]
        if rule.file_kinds != ("any",) and part.kind not in rule.file_kinds:
            return bounds[1]
        if rule.judge != "generic" or program.breaks[number]:
            return end if self._finds_nothing(text, rule, (low, high), part) else 0
        # all of it happens on one line, and so does its refusal
        start = max(text.rfind(b"\n", bounds[0], end - 1) + 1, bounds[0])
        stop = text.find(b"\n", end - 1, bounds[1])
        stop = bounds[1] if stop < 0 else stop
        if stop - start > _LONG_LINE:
            return end if self._finds_nothing(text, rule, (low, high), part) else 0
        return self._closed_line(text, rule, (start, stop), min(bounds[1], stop + LOOKAROUND_BYTES), part)

    def _closed_line(self, text: bytes, rule: Rule, line: tuple[int, int], seen: int, part: Part) -> int:
        """Return the end of `line` when nothing on it is more than refused; a pattern looks on up to `seen`."""
        closed = self._closed.setdefault((rule.id, part.kind), set())
        key = text[line[0] : seen]
        if key not in closed:
            if not self._finds_nothing(text, rule, (line[0], seen), part):
                return 0
            self._remember(closed, key)
        return line[1]

    def _finds_nothing(self, text: bytes, rule: Rule, window: tuple[int, int], part: Part) -> bool:
        """Whether all matches of a rule in a window, those that overlap too, are dropped."""
        low, high = window
        try:
            if rule.judge:
                matches = overlapping(trusted_pattern(rule), text, low, high, high)
                return all(refused(rule, match, Lines(text)) for match in matches)
            pattern = compile_pattern(rule)
            return all(
                b"\n" not in match[0] and assess(rule, match, Lines(text), part.path).dropped
                for match in pattern.finditer(text, low, high, overlapped=True, timeout=SECONDS_PER_RULE)
            )
        except TimeoutError:
            return False

    def _remember(self, closed: set[bytes], line: bytes) -> None:
        if len(closed) >= _REMEMBERED:
            closed.clear()
        closed.add(line)

    def _is_wide(self, number: int) -> bool:
        """Whether matches of a rule go over so many lines that only a full scan can tell."""
        known = self._wide.get(number)
        if known is None:
            reach = newline_reach(self._program.rule(number).pattern)
            known = self._wide[number] = (
                max(reach, self._program.back[number] - _FAR + NEAR_BYTES) > NEAR_BYTES
            )
        return known

    def _closed_family(self, text: bytes, family: int, end: int, bounds: tuple[int, int], part: Part) -> int:
        """Return up to where hits of a family lead to nothing; 0 when this one may: its value is on its line."""
        if not self._family(family, part.kind):
            return bounds[1]
        near, far = max(bounds[0], end - _LONG_LINE), min(bounds[1], end + _LONG_LINE)
        low = text.rfind(b"\n", near, end - 1) + 1 or near
        stop = text.find(b"\n", end - 1, far)
        stop = far if stop < 0 else stop
        if (low == near and near > bounds[0]) or (stop == far and far < bounds[1]):
            high = min(bounds[1], end + _LONG_LINE)
            return 0 if self._tries(text, family, end, high, bounds, part) else end
        line = text[low:stop]
        if self._wordy.is_wordy(line, quoted=self._is_quoted(family)):
            return stop
        # what begins on the line before is part of the question, and what a pattern sees behind the line
        before = text.rfind(b"\n", near, near + len(text[near:low].rstrip())) + 1 or near
        closed = self._closed.setdefault((str(family), part.kind), set())
        key = text[before : min(bounds[1], stop + LOOKAROUND_BYTES)]
        if key in closed:
            return stop
        if self._tries(text, family, end, stop, bounds, part):
            return 0
        if before > near and not self._is_far(family, line):
            self._remember(closed, key)
        return stop

    def _tries(
        self, text: bytes, family: int, end: int, stop: int, bounds: tuple[int, int], part: Part
    ) -> bool:
        """Whether a match of the family that begins before `stop`, and may reach `end`, is more than refused."""
        lines = Lines(text)
        members = self._family(family, part.kind)
        finder = self._program.head_finder()
        first = max(bounds[0], end - max((member.back for member in members), default=0))
        heads = finder.find(text, [(first, stop)]) if finder is not None else {}
        for member in members:
            low, high = max(bounds[0], end - member.back), min(bounds[1], stop + member.ahead)
            if finder is not None and finder.knows(member.rule.id):
                places = finder.starts(member.rule.id, heads)
                tried = (member.pattern.match(text, at, high) for at in places if at >= low)
                found = filter(None, tried)
            else:
                found = filter(None, overlapping(member.pattern, text, low, stop, high))
            for match in found:
                if not refused(member.rule, match, lines):
                    return True
        return False

    def _is_quoted(self, family: int) -> bool:
        """Whether all rules of a family want a quote before their value."""
        known = self._quoted.get(family)
        if known is None:
            members = self._family(family, "")
            known = self._quoted[family] = all(wants_quote(member.rule.pattern) for member in members)
        return known

    def _is_far(self, family: int, line: bytes) -> bool:
        """Whether a match with its value on `line` may begin farther away than on the line before."""
        lowered = line.lower()
        return any(
            not member.is_near and any(word.encode() in lowered for word in member.rule.keywords)
            for member in self._family(family, "")
        )

    def _family(self, family: int, kind: str) -> tuple[_Member, ...]:
        """Return the rules of a family that apply to a kind of file; all of them when it is empty."""
        members = self._members.get((family, kind))
        if members is None:
            program = self._program
            found = []
            for number in program.families[family]:
                rule = program.rule(number)
                if not kind or rule.file_kinds == ("any",) or kind in rule.file_kinds:
                    breaks = program.breaks[number]
                    near = breaks != MANY_BREAKS and breaks <= 1
                    back, ahead = program.back[number], program.ahead[number]
                    found.append(_Member(rule, trusted_pattern(rule), back, ahead, near))
            members = self._members[family, kind] = tuple(found)
        return members
