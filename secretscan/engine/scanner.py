"""`Scanner`: the way of a byte through the engine, from a blob to its findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from secretscan.engine.glance import Glance
from secretscan.engine.prefilter import make_prefilter
from secretscan.engine.prefilter.keywords import KeywordPrefilter
from secretscan.engine.program import Program
from secretscan.model.blob import Blob, Skipped
from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Span

if TYPE_CHECKING:
    from secretscan.engine.decode import Derived, Finders
    from secretscan.engine.screen import Screen

MAX_DEPTH: Final = 3
"""How many encodings deep a value may lie: base64 in JSON in base64."""
_REMEMBERED: Final = 50_000
"""Decoded texts remembered: some 10 MB."""
_NARROW: Final = re.compile(rb"[\t\x20-\x7e]{12}")
"""What a file in UTF-16 holds only where somebody wrote to it in ASCII: it is scanned as it stands, too."""

Silencer = Callable[[bytes, Span, Finding, bytes], str]
"""(text, span in it, finding, path) -> why the finding does not count, or empty."""


@dataclass(slots=True)
class ScanResult:
    """Findings of one blob, and what of it could not be scanned."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Skipped] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    """Ids of the rules that found something decoded and were scored by its context."""


class Scanner:
    """Runs one program over blobs. Keeps no findings; safe to use for any number of blobs."""

    def __init__(
        self,
        program: Program,
        *,
        silencer: Silencer | None = None,
        pure_python: bool = False,
        max_depth: int = MAX_DEPTH,
        screened: bool = True,
    ) -> None:
        """Load the prefilter of `program`; `pure_python` does without Hyperscan.

        `screened` false scans every text in full. The findings are the same.
        """
        self.program = program
        self.silencer = silencer
        self.prefilter = make_prefilter(program, pure_python=pure_python)
        self.max_depth = max_depth
        self.finders: Finders | None = None
        """What finds that something is encoded, where it is not the usual."""
        self._closed: set[tuple[bytes, int, bytes]] = set()
        """Decoded texts that held nothing: path, depth and digest."""
        self.screen: Screen | None = None
        """Tells texts that hold nothing; none with the prefilter in pure Python."""
        if screened and not isinstance(self.prefilter, KeywordPrefilter):
            from secretscan.engine.prefilter.hyperscan import HyperscanPrefilter
            from secretscan.engine.screen import Screen

            assert isinstance(self.prefilter, HyperscanPrefilter)  # noqa: S101 - there are two
            self.screen = Screen(program, self.prefilter)

    def use_kernels(self) -> None:
        """Look through texts with compiled kernels (`secretscan.kernels`), which must be loaded."""
        from secretscan.engine.bulkruns import InBulk

        self.finders = InBulk().finders()
        if self.screen is not None:
            self.screen.use_kernels()

    def scan(self, blob: Blob) -> ScanResult:
        """Return the findings of `blob` that lie in its focus, by position."""
        path = blob.provenance.path
        result = ScanResult()
        findings = self._scan_whole(blob.data, path, result)
        if blob.focus is not None:
            focus = blob.focus
            findings = [f for f in findings if any(f.span.overlaps(s) for s in focus)]
        result.findings = findings
        return result

    def _scan_whole(self, data: bytes, path: bytes, result: ScanResult) -> list[Finding]:
        """Scan `data` as text; a UTF-16 or UTF-32 file is scanned as the text it stands for."""
        from secretscan.engine.textform import text_form

        form = text_form(data)
        if form.derived is None:
            return self._scan_text(data, path, result, is_binary=form.is_binary)
        origin = form.derived.origin
        found = self._scan_text(form.derived.data, path, result)
        found = [replace(f, span=Span(*origin(f.span.start, f.span.end))) for f in found]
        if not _NARROW.search(data):
            return found
        known = {(f.rule_id, f.secret, f.span) for f in found}
        narrow = self._scan_text(data, path, result)
        return [*found, *(f for f in narrow if (f.rule_id, f.secret, f.span) not in known)]

    def _scan_text(
        self, text: bytes, path: bytes, result: ScanResult, *, is_binary: bool = False
    ) -> list[Finding]:
        texts = list(self.derive(text, path)) if self.max_depth and not is_binary else []
        windows = self.glance(text, path, is_binary=is_binary).windows
        inner = list(self.decoded(texts, path, result, self.max_depth))
        if not windows and not inner:
            return []
        from secretscan.engine.textscan import TextScan

        scan = TextScan(text, path, self.program, result.problems, is_binary=is_binary)
        scan.add_matches(windows)
        for finding in inner:
            scan.add(finding, is_judged=finding.rule_id in result.judged)
        return scan.finish(self.silencer)

    def glance(self, text: bytes, path: bytes, *, is_binary: bool = False) -> Glance:
        """Return where rules could match in `text`. A screen leaves out those that would find nothing."""
        if self.screen is None:
            return Glance(self.prefilter.windows(text))
        return self.screen.glance(text, path, is_binary=is_binary)

    def all_closed(self, texts: Iterable[Derived], path: bytes, depth: int) -> bool:
        """Whether the screen calls decoded `texts` closed, and what they hold encoded in turn."""
        for derived in texts:
            # one version of a file mostly holds the same encoded as the one before
            seen = (path, depth, blake2b(derived.data, digest_size=16).digest())
            if seen in self._closed:
                continue
            if self.screen is None or self.screen.glance(derived.data, path).windows:
                return False
            if depth > 1 and not self.all_closed(self.derive(derived.data, path), path, depth - 1):
                return False
            if len(self._closed) >= _REMEMBERED:
                self._closed.clear()
            self._closed.add(seen)
        return True

    def derive(self, text: bytes, path: bytes) -> Iterator[Derived]:
        """Yield what `text` holds encoded."""
        from secretscan.engine.decode import USUAL, derive

        return derive(text, path, self.finders or USUAL)

    def decoded(
        self, texts: Iterable[Derived], path: bytes, result: ScanResult, depth: int = MAX_DEPTH
    ) -> Iterable[Finding]:
        """Yield the findings in what a text holds encoded (`texts`), placed at the encoded bytes."""
        from secretscan.engine.textscan import TextScan

        for derived in texts:
            windows = self.glance(derived.data, path).windows
            inner = TextScan(derived.data, path, self.program, result.problems)
            inner.add_matches(windows)
            if depth > 1:
                for finding in self.decoded(self.derive(derived.data, path), path, result, depth - 1):
                    inner.add(finding, is_judged=finding.rule_id in result.judged)
            result.judged |= inner.judged
            for finding in inner.finish(None):
                if not derived.is_new(finding.span.start, finding.span.end):
                    continue  # what only surrounds a decoded value was scanned with the original
                how = ", ".join(filter(None, (derived.how, finding.attributes.get("decoded"))))
                yield replace(
                    finding,
                    secret=Secret(finding.secret.reveal()),
                    span=Span(*derived.origin(finding.span.start, finding.span.end)),
                    attributes={**finding.attributes, "decoded": how},
                )
