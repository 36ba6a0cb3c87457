"""`Screen`: tells which texts hold nothing, so that only the others are scanned.

Nearly all lines that come near a rule lead to nothing: `token = reader.read_token(path)`. The full scan gathers
matches, settles overlaps and joins partners; the screen asks one question of each line, *could anything here be
more than refused?*, and remembers the answer. It errs to one side only: what it calls closed, a full scan finds
nothing in, not even a finding below the threshold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from secretscan.engine.glance import NOTHING_SEEN, Glance
from secretscan.engine.parts import Looked, Part, WholeText, part_of, starts_of
from secretscan.engine.prefilter.hyperscan import END_BITS, HIT_MASK, Hit, HyperscanPrefilter
from secretscan.engine.program import Program
from secretscan.engine.searches import holds_run
from secretscan.engine.traits import BINARY, Traits, refuses_words
from secretscan.engine.tries import finds_nothing, open_members
from secretscan.engine.windows import LOOKAROUND_BYTES
from secretscan.engine.wordy import WordyLines

if TYPE_CHECKING:
    from secretscan.engine.hitfilter import HitFilter
    from secretscan.engine.needlehits import NeedleHits

_FILTERED_FROM: Final = 16
"""Hits from which the kernels are asked first."""
_CLUSTER: Final = 64
"""Bytes between hits of a rule that stand in a cluster, as in a long run of one letter."""
_STRIDE: Final = 2048
"""Bytes of a cluster looked through at once."""
_LONG_LINE: Final = 512
"""Bytes from which a line is not remembered, and looked at only around each hit."""
_REMEMBERED: Final = 400_000
"""Lines remembered per kind of file: some 60 MB at most."""


class Screen:
    """Looks through texts with the program of a scanner. Remembers lines that led to nothing."""

    def __init__(self, program: Program, prefilter: HyperscanPrefilter) -> None:
        """Use the database of `prefilter`."""
        self._program = program
        self._prefilter = prefilter
        self.windows_of = prefilter.windows_of
        """Tells where the rules wanted could match in a text, by what was hit in it."""
        self._wordy = WordyLines()
        self._traits = Traits(program)
        self._closed: dict[tuple[int, str], set[bytes]] = {}
        self._filter: HitFilter | None = None
        self._needles: NeedleHits | None = None

    def use_kernels(self) -> None:
        """Remember lines where kernels can look them up, and find names by one: for many large texts. Needs numba."""
        from secretscan.engine.hitfilter import HitFilter
        from secretscan.engine.judge.refusals import WORDS_COVER

        count = len(self._program) + len(self._program.families)
        self._filter = HitFilter(
            count, self._traits.of_hit, (_LONG_LINE, LOOKAROUND_BYTES, round(100 * WORDS_COVER))
        )
        if self._program.tables is not None:
            from secretscan.engine.needlehits import NeedleHits

            self._needles = NeedleHits(self._program.tables, self._prefilter, len(self._program))

    def glance(self, text: bytes, path: bytes, *, is_binary: bool = False) -> Glance:
        """Return where rules could match in `text`, of those alone that may find something in it."""
        part = part_of(0, path, is_binary=is_binary)
        return self.look(text, [part], {0: WholeText(0, len(text))}).glances.get(0, NOTHING_SEEN)

    def look(self, text: bytes, parts: Sequence[Part], whole: Mapping[int, WholeText]) -> Looked:
        """Return which `parts` of `text` (ascending, disjoint) are open, and what `glance` would of `whole` ones.

        A part must hold every match whole that matters: lines beyond its edges are not looked at.
        """
        found_hits = self._prefilter.hits(text) if self._needles is None else self._needles.hits(text, parts)
        hits = cast("Sequence[Hit]", found_hits)  # ascending; of the needles an array, as the filter takes it
        found: set[int] = set()
        starts = starts_of(parts)
        passed = [-_CLUSTER - 1] * (len(self._program) + len(self._program.families))
        if self._filter is None or len(hits) < _FILTERED_FROM:
            self._look_at(text, parts, starts, map(int, hits), passed, found, whole)
        else:
            for some in self._filter.rounds(text, hits, parts, found):
                self._look_at(text, parts, starts, some, passed, found, whole)
                if self._filter.learn(self._closed, self._wordy.learned()):
                    self._wordy.tell_again()
        glances = {
            n: one.glance(text, hits, self.windows_of) for n, one in whole.items() if one.opened or one.far
        }
        return Looked(found.union(n for n, glance in glances.items() if glance.windows), glances)

    def _look_at(
        self,
        text: bytes,
        parts: Sequence[Part],
        starts: Sequence[int],
        hits: Iterable[Hit],
        passed: list[int],
        found: set[int],
        whole: Mapping[int, WholeText],
    ) -> None:
        """Add parts that may hold something to `found`, of `whole` ones the rules, to `passed` how far hits are settled."""
        one: WholeText | None = None
        rules = len(self._program)
        number, low, high = -1, 0, 0
        for packed in hits:
            end, hit = packed >> END_BITS, packed & HIT_MASK
            if end > high:
                number = bisect_right(starts, end - 1) - 1
                low, high = starts[number], starts[number + 1] if number + 1 < len(starts) else len(text)
                one = whole.get(number)
            if end <= passed[hit] or number in found:
                continue
            part = parts[number]
            if hit >= rules:
                settled = self._closed_family(text, hit - rules, end, (low, high), part, one)
            elif one is not None and hit in one.opened:
                settled = high
            else:
                stride = _STRIDE if 0 < end - passed[hit] <= _CLUSTER else 0
                settled = self._closed_rule(text, hit, (end, end + stride), (low, high), part, one)
                if not settled and one is not None:
                    one.opened.add(hit)
                    settled = high
            if settled:
                passed[hit] = settled
            else:
                found.add(number)

    def _closed_rule(
        self,
        text: bytes,
        number: int,
        ends: tuple[int, int],
        bounds: tuple[int, int],
        part: Part,
        one: WholeText | None,
    ) -> int:
        """Return up to where hits of a rule lead to nothing, from the trigger's end on; 0 when this one may.

        Up to the second of `ends` at once, where nothing has to be asked line by line.
        """
        program = self._program
        end, last = ends[0], min(ends[1], bounds[1])
        low = max(bounds[0], end - program.back[number])
        high = min(bounds[1], last + program.ahead[number])
        if program.spans_far(number):
            reach = (program.back[number], program.ahead[number])
            return end if one is not None and one.rules_out(program.rule(number), text, end, reach) else 0
        if not program.newline_span[number]:  # a match lies on one line
            low = max(low, text.rfind(b"\n", low, end - 1) + 1)
            stop = text.find(b"\n", last - 1, high)
            high = high if stop < 0 else min(high, stop + LOOKAROUND_BYTES)
        run = program.token_runs[number]
        if run > 1 and not holds_run(text, low, high, run):
            return last
        rule = program.rule(number)
        if rule.judge and part.kind == BINARY:
            return bounds[1]
        if rule.file_kinds != ("any",) and part.kind not in rule.file_kinds:
            return bounds[1]
        if rule.judge != "generic" or program.breaks[number]:
            return last if finds_nothing(rule, text, (low, high), part.path) else 0
        # all of it happens on one line, and so does its refusal
        start = max(text.rfind(b"\n", bounds[0], end - 1) + 1, bounds[0])
        stop = text.find(b"\n", end - 1, bounds[1])
        stop = bounds[1] if stop < 0 else stop
        if stop - start > _LONG_LINE:
            return last if finds_nothing(rule, text, (low, high), part.path) else 0
        return self._closed_line(text, number, (start, stop), min(bounds[1], stop + LOOKAROUND_BYTES), part)

    def _closed_line(self, text: bytes, number: int, line: tuple[int, int], seen: int, part: Part) -> int:
        """Return the end of `line` when nothing on it is more than refused; a pattern looks on up to `seen`."""
        rule = self._program.rule(number)
        if refuses_words(rule) and self._wordy.is_wordy(text[slice(*line)], quoted=False):
            return line[1]
        closed = self._closed.setdefault((number, part.kind), set())
        key = text[line[0] : seen]
        if key not in closed:
            if not finds_nothing(rule, text, (line[0], seen), part.path):
                return 0
            self._remember(closed, key)
        return line[1]

    def _remember(self, closed: set[bytes], line: bytes) -> None:
        if len(closed) >= _REMEMBERED:
            closed.clear()
        closed.add(line)

    def _closed_family(
        self,
        text: bytes,
        family: int,
        end: int,
        bounds: tuple[int, int],
        part: Part,
        one: WholeText | None,
    ) -> int:
        """Return up to where hits of a family lead to nothing; 0 when this one may: its value is on its line.

        Of a whole text, `one`, the rules that may find something are noted, and the hit is settled all the same.
        """
        if part.kind == BINARY or not self._traits.family(family, part.kind):
            return bounds[1]
        near, far = max(bounds[0], end - _LONG_LINE), min(bounds[1], end + _LONG_LINE)
        low = text.rfind(b"\n", near, end - 1) + 1 or near
        stop = text.find(b"\n", end - 1, far)
        stop = far if stop < 0 else stop
        if (low == near and near > bounds[0]) or (stop == far and far < bounds[1]):
            high = min(bounds[1], end + _LONG_LINE)
            is_open = self._opens(text, family, (end, high), (*bounds, bounds[0]), part, one)
            return 0 if is_open and one is None else high  # all that begins before has been tried
        line = text[low:stop]
        if self._wordy.is_wordy(line, quoted=self._traits.is_quoted(family)):
            return stop
        # what begins on the line before is asked as well, and what a pattern sees behind the line
        before = text.rfind(b"\n", near, near + len(text[near:low].rstrip())) + 1 or near
        closed = self._closed.setdefault((len(self._program) + family, part.kind), set())
        key = text[before : min(bounds[1], stop + LOOKAROUND_BYTES)]
        if key in closed:
            return stop
        around = (*bounds, before if before > near else bounds[0])
        if self._opens(text, family, (end, stop), around, part, one):
            return 0 if one is None else stop
        if before > near and not self._traits.is_far(family, line):
            self._remember(closed, key)
        return stop

    def _opens(
        self,
        text: bytes,
        family: int,
        place: tuple[int, int],
        around: tuple[int, int, int],
        part: Part,
        one: WholeText | None,
    ) -> bool:
        """Whether a match of the family is more than refused. Of a whole text, `one`, the rules of all such are noted."""
        members = self._traits.family(family, part.kind)
        found = open_members(self._program.head_finder(), members, text, place, around)
        numbers = set(islice(found, 1) if one is None else found)
        if one is not None:
            one.opened |= numbers
        return bool(numbers)
