"""`ZoneScan`: a scan of parts of a text that keeps what a delta of that text will want to know of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from secretscan.engine.resting import NOTHING, Hidden, Ranges
from secretscan.engine.textscan import TextScan
from secretscan.engine.windows import Quiet, Range
from secretscan.model.finding import Finding
from secretscan.model.span import Region, Span
from secretscan.rules.model import Pairing, Rule

if TYPE_CHECKING:
    import regex

_HEAD_BYTES: Final = 512
"""More than the names that a match of a generic rule begins with (heads)."""


class Claim(NamedTuple):
    """A judged match that was not dropped, before overlaps are settled and partners joined."""

    finding: Finding
    is_judged: bool
    start: int
    """Where the match, not just its secret, begins."""
    end: int
    pairing: Pairing | None


class Known(NamedTuple):
    """What is known of a scanned object that others may be deltas of."""

    path: bytes = b""
    size: int = 0
    claims: tuple[Claim, ...] = ()
    """By start."""
    crossing: tuple[Range, ...] = ()
    """Matches that hold a newline, dropped ones too: nothing may be cut there."""
    hidden: Hidden = NOTHING
    """What it holds encoded."""
    far: Ranges = ()
    """The bytes that rule out matches over many lines."""
    is_whole: bool = False
    """True when deltas of it must be scanned whole."""
    announces: bool = True
    """False when what announces short encoded values is not in it (`decode.places`)."""
    is_thorough: bool = True
    """False when only a screen looked at it: `crossing` may lack dropped matches."""


class ZoneScan(TextScan):
    """The findings of one text, from zones of it and from what was known before."""

    zone: Range = (0, 0)
    """The part whose matches count now; those that end before it or begin after it are passed over."""

    def begin(self) -> None:
        """Start without claims."""
        # not in __init__, whose signature belongs to TextScan alone
        self.claims: list[Claim] = []
        self.crossing: list[Range] = []
        self.spills = False

    def carry(self, known: Known, quiet: Sequence[Quiet]) -> None:
        """Take over the claims of the base that lie in the quiet ranges of this text."""
        for start, end, shift in quiet:
            inside = [c for c in known.claims if c.start + shift >= start and c.end + shift <= end]
            if inside:
                first = inside[0].finding
                lines = self._lines.number(first.span.start + shift) - first.region.line
                for claim in inside:
                    self._carry_claim(claim, shift, lines)
            self.crossing += [
                (low + shift, high + shift)
                for low, high in known.crossing
                if low + shift >= start and high + shift <= end
            ]

    def add_inner(self, hidden: Hidden) -> None:
        """Take over the findings in what this text holds encoded."""
        for finding, is_judged in hidden.inner:
            self.add(finding, is_judged=is_judged)

    def _carry_claim(self, claim: Claim, shift: int, lines: int) -> None:
        """Take over a claim so many bytes and lines farther on, on a line that is the same."""
        before = claim.finding
        span = Span(before.span.start + shift, before.span.end + shift)
        at = before.region
        region = Region(at.line + lines, at.column, at.end_line + lines, at.end_column)
        finding = replace(before, span=span, region=region)
        if claim.pairing is not None:
            self._pairings[finding.rule_id] = claim.pairing
        self._claims.append((finding, claim.is_judged))
        self.claims.append(
            Claim(finding, claim.is_judged, claim.start + shift, claim.end + shift, claim.pairing)
        )

    def _starts(self, rule: Rule) -> list[int] | None:
        # windows reach on to where a match may end; none that counts begins behind the zone
        last = self.zone[1] + _HEAD_BYTES
        self._head_ranges = [(low, min(high, last)) for low, high in self._head_ranges if low < last]
        starts = super()._starts(rule)
        return starts if starts is None else starts[: bisect_left(starts, self.zone[1])]

    def _matches(self, rule: Rule, windows: Sequence[tuple[int, int]]) -> Iterator[regex.Match[bytes]]:
        low, high = self.zone
        for match in super()._matches(rule, windows):
            start, end = match.span()
            if end <= low or start >= high:
                continue
            if end > high or start < low:
                self.spills = True
            if self._text.find(b"\n", start, end) >= 0:
                self.crossing.append((start, end))
            before = len(self._claims)
            yield match
            if len(self._claims) > before:
                finding, is_judged = self._claims[-1]
                self.claims.append(Claim(finding, is_judged, start, end, rule.pair))
