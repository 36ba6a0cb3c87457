"""`Scanner`: the way of a byte through the engine, from a blob to its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from secretscan.engine.linememory import LineMemory
from secretscan.engine.prefilter import Windows, make_prefilter
from secretscan.engine.program import Program
from secretscan.model.blob import Blob, Skipped
from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Span

if TYPE_CHECKING:
    from secretscan.engine.decode import Derived

MAX_DEPTH: Final = 3
"""How many encodings deep a value may lie: base64 in JSON in base64."""

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
        remember_lines: bool = False,
    ) -> None:
        """Load the prefilter of `program`; `pure_python` does without Hyperscan.

        `remember_lines` makes repeated lines cheap, at the price of remembering them.
        """
        self.program = program
        self.silencer = silencer
        self.prefilter = make_prefilter(program, pure_python=pure_python)
        self.max_depth = max_depth
        can_remember = remember_lines and program.head_finder() is not None and not pure_python
        self.memory = LineMemory() if can_remember else None
        """Kept by history scans, which see the same lines again and again."""

    def scan(self, blob: Blob) -> ScanResult:
        """Return the findings of `blob` that lie in its focus, by position."""
        path = getattr(blob.provenance, "path", b"")
        result = ScanResult()
        findings = self._scan_whole(blob.data, path, result)
        if blob.focus is not None:
            focus = blob.focus
            findings = [f for f in findings if any(f.span.overlaps(s) for s in focus)]
        result.findings = findings
        return result

    def look(
        self, text: bytes, path: bytes, *, is_binary: bool = False, is_end: bool = True
    ) -> tuple[Windows, list[tuple[int, int]] | None]:
        """Return where rules could match in `text`, and in which ranges generic rules may begin a match."""
        if self.memory is None or is_binary:
            return self.prefilter.windows(text), None
        from secretscan.engine.filekind import file_kind

        new = self.memory.new_runs(text, file_kind(path), is_end=is_end)
        return self.prefilter.windows(text, new), new

    def _scan_whole(self, data: bytes, path: bytes, result: ScanResult) -> list[Finding]:
        """Scan `data` as text; a UTF-16 or UTF-32 file is scanned as the text it stands for."""
        from secretscan.engine.textform import text_form

        form = text_form(data)
        if form.derived is None:
            return self._scan_text(data, path, result, is_binary=form.is_binary)
        origin = form.derived.origin
        found = self._scan_text(form.derived.data, path, result)
        return [replace(f, span=Span(*origin(f.span.start, f.span.end))) for f in found]

    def _scan_text(
        self, text: bytes, path: bytes, result: ScanResult, *, is_binary: bool = False
    ) -> list[Finding]:
        windows, new = self.look(text, path, is_binary=is_binary)
        inner: list[Finding] = []
        if self.max_depth and not is_binary:
            from secretscan.engine.decode import derive

            inner = list(self.decoded(derive(text, path), path, result, self.max_depth))
        if not windows and not inner and not new:
            return []
        from secretscan.engine.textscan import TextScan

        scan = TextScan(text, path, self.program, result.problems, is_binary=is_binary)
        scan.memory = self.memory
        scan.add_matches(windows, new)
        for finding in inner:
            scan.add(finding, is_judged=finding.rule_id in result.judged)
        return scan.finish(self.silencer)

    def decoded(
        self, texts: Iterable[Derived], path: bytes, result: ScanResult, depth: int = MAX_DEPTH
    ) -> Iterable[Finding]:
        """Yield the findings in what a text holds encoded (`texts`), placed at the encoded bytes."""
        from secretscan.engine.decode import derive
        from secretscan.engine.textscan import TextScan

        for derived in texts:
            windows = self.prefilter.windows(derived.data)
            inner = TextScan(derived.data, path, self.program, result.problems)
            inner.add_matches(windows)
            if depth > 1:
                for finding in self.decoded(derive(derived.data, path), path, result, depth - 1):
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
