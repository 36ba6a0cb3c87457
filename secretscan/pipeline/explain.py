"""What the engine made of one line: each match on it, kept or dropped, and why. Values are redacted."""

from __future__ import annotations

import os
from collections.abc import Iterator

from secretscan.engine.assess import Assessment, assess
from secretscan.engine.filekind import file_kind
from secretscan.engine.lines import Lines
from secretscan.engine.match import matches, secret_span
from secretscan.engine.prefilter import make_prefilter
from secretscan.model.finding import Confidence
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program
from secretscan.report.redact import redact_secret
from secretscan.rules.model import Rule


def explain_line(data: bytes, name: str, line: int, settings: ScanSettings) -> list[str]:
    """Return lines of text about every match of a rule that touches line `line` (from 1) of `data`."""
    path = os.fsencode(name)
    kind = file_kind(path)
    program = make_program(settings)
    lines = Lines(data)
    said = [f"{name}:{line}: a {kind} file"]
    for number, windows in sorted(make_prefilter(program).windows(data).items()):
        rule = program.rule(number)
        for match in matches(rule, data, windows):
            region = lines.region(secret_span(match))
            if not region.line <= line <= region.end_line:
                continue
            if rule.file_kinds != ("any",) and kind not in rule.file_kinds:
                said.append(f"{rule.id}: matches, but is not for {kind} files")
                continue
            assessment = assess(rule, match, lines, path, explain=True)
            said += _about(rule, match["secret"], region.column, assessment)
    if len(said) == 1:
        said.append("no rule matches on this line")
    return said


def _about(rule: Rule, secret: bytes, column: int, assessment: Assessment) -> Iterator[str]:
    shown = redact_secret(secret, password=bool(rule.judge))
    head = f"{rule.id}: {shown} at column {column}"
    if assessment.allowlisted:
        yield f"{head}: allowlisted: {assessment.allowlisted}"
        return
    if assessment.dropped:
        yield f"{head}: dropped: {assessment.dropped}"
    else:
        level = Confidence.of_score(assessment.score).value
        yield f"{head}: score {assessment.score:.2f}, {level} confidence"
    for feature, value, contribution in assessment.contributions:
        yield f"    {contribution:+7.3f}  {feature} = {value:g}"
