"""The slow way to scan: every rule tried at every byte. What the fast ways are held to."""

from __future__ import annotations

from collections.abc import Sequence

from secretscan.engine.program import Program
from secretscan.engine.textscan import TextScan
from secretscan.model.finding import Finding


def scan_slowly(program: Program, text: bytes, path: bytes) -> list[Finding]:
    """Return the findings of `text` without prefilter, heads or memory."""
    scan = _Everywhere(text, path, program, [])
    scan.add_matches({n: [(0, len(text))] for n in range(len(program)) if program.ahead[n]})
    return scan.finish(None)


class _Everywhere(TextScan):
    def _starts(self, rule: object) -> list[int] | None:
        return None

    def _mark(self, rule: object, match: object) -> None:
        return None


def told(findings: Sequence[Finding]) -> list[tuple[str, int, int, float]]:
    """Return what two ways of scanning must agree on."""
    return [(f.rule_id, f.span.start, f.span.end, round(f.score, 6)) for f in findings]
