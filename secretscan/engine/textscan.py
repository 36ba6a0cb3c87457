"""Scanning one text: matches are judged, overlapping claims settled, partners joined, snippets cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from secretscan.engine.lines import Lines
from secretscan.engine.match import MatchTimeout, matches, secret_span
from secretscan.engine.overlap import resolve
from secretscan.engine.pair import pair, without_lonely
from secretscan.engine.prefilter import merge
from secretscan.engine.program import Program
from secretscan.engine.snippet import snippet_window
from secretscan.model.blob import Skipped
from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Span
from secretscan.rules.model import Pairing, Rule

if TYPE_CHECKING:
    import regex

    from secretscan.engine.scanner import Silencer

Range = tuple[int, int]


class TextScan:
    """The findings of one text, gathered and then finished."""

    def __init__(
        self,
        text: bytes,
        path: bytes,
        program: Program,
        problems: list[Skipped],
        *,
        is_binary: bool = False,
    ) -> None:
        """Take the text and where to note what could not be scanned."""
        self._text = text
        self._path = path
        self._program = program
        self._problems = problems
        self._is_binary = is_binary
        self._lines = Lines(text)
        self._claims: list[tuple[Finding, bool]] = []
        self._pairings: dict[str, Pairing] = {}
        self.judged: set[str] = set()
        """Ids of the rules whose findings here were scored by their context."""
        self._heads: dict[int, list[int]] | None = None
        self._head_ranges: Sequence[Range] = ((0, len(text)),)
        self._ahead: dict[str, int] = {}

    def add_matches(self, windows: Mapping[int, Sequence[Range]]) -> None:
        """Match and judge every rule that the prefilter named, inside its windows."""
        self._heads = None
        if windows:
            low, high = min(w[0][0] for w in windows.values()), max(w[-1][1] for w in windows.values())
            self._head_ranges = [(low, high)]
        for number in sorted(windows):
            rule = self._program.rule(number)
            if self._applies(rule):
                self._ahead[rule.id] = self._program.ahead[number]
                self._add_rule(rule, windows[number])

    def add(self, finding: Finding, *, is_judged: bool) -> None:
        """Take a finding made elsewhere (in a decoded text) with its span in this text."""
        self._claims.append((replace(finding, region=self._lines.region(finding.span)), is_judged))

    def finish(self, silencer: Silencer | None) -> list[Finding]:
        """Return the findings of the text by position, with snippets, allow comments applied."""
        if not self._claims:
            return []
        for rule_id in {f.rule_id for f, _ in self._claims} - self._pairings.keys():
            pairing = self._program.pairing(rule_id)
            if pairing is not None:
                self._pairings[rule_id] = pairing
        claims = without_lonely(self._claims, self._pairings)
        findings = pair(resolve(claims), self._pairings)
        spans = sorted((f.span for f, _ in self._claims), key=lambda s: s.start)
        widest = max(s.end - s.start for s in spans)
        return [self._finished(f, spans, widest, silencer) for f in findings]

    def _applies(self, rule: Rule) -> bool:
        """Whether the rule is for this kind of file. In binary data, which is of none, only formats count, no guesses."""
        if rule.file_kinds == ("any",):
            return not (self._is_binary and rule.judge)
        return not self._is_binary and self._kind() in rule.file_kinds

    def _kind(self) -> str:
        from secretscan.engine.filekind import file_kind

        return file_kind(self._path)

    def _add_rule(self, rule: Rule, windows: Sequence[tuple[int, int]]) -> None:
        from secretscan.engine.assess import assess

        if rule.pair is not None:
            self._pairings[rule.id] = rule.pair
        try:
            for match in self._matches(rule, windows):
                assessment = assess(rule, match, self._lines, self._path)
                if assessment.dropped:
                    continue
                finding = self._finding(rule, match, assessment.score, assessment.attributes)
                if assessment.allowlisted:
                    finding = replace(finding, suppressed="allowlist")
                self._claims.append((finding, bool(rule.judge)))
                if rule.judge:
                    self.judged.add(rule.id)
        except MatchTimeout:
            what = self._path.decode("utf-8", "backslashreplace") or "a message"
            self._problems.append(Skipped(what, f"rule {rule.id} was stopped at its time limit"))

    def _matches(self, rule: Rule, windows: Sequence[tuple[int, int]]) -> Iterator[regex.Match[bytes]]:
        """Yield what to judge; a scan of a part of the text leaves some out (`deltascan`)."""
        yield from matches(rule, self._text, windows, self._tries(rule, windows))

    def _tries(self, rule: Rule, windows: Sequence[Range]) -> list[Range] | None:
        """Return the offsets at which alone a match can begin, and how far it can reach, for rules with heads."""
        starts = self._starts(rule)
        if starts is None:
            return None
        # a window reaches `ahead` beyond the end of its trigger, and a match begins before that end
        ahead = self._ahead.get(rule.id, 0)
        size = len(self._text)
        tries: list[Range] = []
        last = 0
        for low, high in windows:
            first = bisect_left(starts, low, last)
            last = bisect_left(starts, high if high == size else max(low + 1, high - ahead), first)
            tries += [(start, high) for start in starts[first:last]]
        return tries

    def _starts(self, rule: Rule) -> list[int] | None:
        """Return where matches of `rule` can begin, for the rules with heads; the text is searched once for all."""
        finder = self._program.head_finder() if rule.judge else None
        if finder is None or not finder.knows(rule.id):
            return None
        if self._heads is None:
            self._heads = finder.find(self._text, self._head_ranges)
        return finder.starts(rule.id, self._heads)

    def _finding(
        self, rule: Rule, match: regex.Match[bytes], score: float, attributes: Mapping[str, str]
    ) -> Finding:
        span = secret_span(match)
        return Finding(
            rule_id=rule.id,
            secret=Secret(match["secret"]),
            span=span,
            region=self._lines.region(span),
            score=score,
            attributes=attributes,
        )

    def _finished(
        self, finding: Finding, spans: Sequence[Span], widest: int, silencer: Silencer | None
    ) -> Finding:
        """Cut the snippet, with the ranges of every secret in it, and ask the silencer."""
        start = finding.span.start
        low, high = snippet_window(self._lines.start(start), self._lines.end(start), finding.span)
        first = bisect_left(spans, low - widest, key=lambda s: s.start)
        ranges = []
        for span in spans[first:]:
            if span.start >= high:
                break
            if span.end > low:
                ranges.append((max(span.start, low) - low, min(span.end, high) - low))
        finding = replace(
            finding, line=Secret(self._text[low:high]), line_secret=tuple(merge(sorted(ranges)))
        )
        if silencer is not None and not finding.suppressed:
            reason = silencer(self._text, finding.span, finding, self._path)
            if reason:
                finding = replace(finding, suppressed=reason)
        return finding
