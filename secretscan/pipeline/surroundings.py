"""What surrounds findings in a report, without the secrets: names of people, files, branches that hold one.

A token may stand where nobody expects it: as an author's name, in the name of a file or of a branch. It is found where
it stands in a text, and redacted there; these are the other ways into a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from secretscan.model.blob import Skipped
from secretscan.model.report import Exposure, FindingRecord, Location, Moment, Report

SHORTEST: Final = 16
"""Characters from which a secret is looked for: shorter ones, words and dates among them, stand in names by chance."""
PUBLIC: Final = frozenset({"key_id"})
"""Attributes that are shown although a rule may find them: an AWS key id has to be named to be acted on."""


def without_secrets(report: Report, secrets: Mapping[str, str]) -> Report:
    """Return the report with each of `secrets` in its names replaced by the redacted form that it is mapped to."""
    every = "\n".join(dict.fromkeys(_names(report)))
    beginnings = {every[at : at + SHORTEST] for at in range(len(every) - SHORTEST + 1)}
    begun = (s for s in secrets if len(s) >= SHORTEST and s[:SHORTEST] in beginnings)
    held = sorted((s for s in begun if s in every), key=len, reverse=True)
    if not held:
        return report
    return _Cleaner(re.compile("|".join(map(re.escape, held))), secrets).report(report)


def _names(report: Report) -> Iterator[str]:
    yield report.scan.target
    yield from report.scan.notes
    for skipped in report.scan.skipped:
        yield from (skipped.what, skipped.why)
    for finding in (*report.findings, *report.suppressed):
        yield from (text for name, text in finding.attributes.items() if name not in PUBLIC)
        for at in finding.locations:
            yield from (at.path, at.author, at.email)
        if finding.exposure is not None:
            yield from finding.exposure.refs
            yield from (m.author for m in _moments(finding.exposure))


def _moments(exposure: Exposure) -> Iterable[Moment]:
    return (m for m in (exposure.introduced, exposure.removed) if m is not None)


class _Cleaner:
    """Replaces the secrets that a pattern matches."""

    def __init__(self, pattern: re.Pattern[str], redacted: Mapping[str, str]) -> None:
        self._pattern = pattern
        self._redacted = redacted

    def report(self, report: Report) -> Report:
        """Return the report without them."""
        skipped = tuple(
            Skipped(self._text(s.what), self._text(s.why), s.by_design) for s in report.scan.skipped
        )
        notes = tuple(map(self._text, report.scan.notes))
        scan = replace(report.scan, target=self._text(report.scan.target), skipped=skipped, notes=notes)
        return replace(
            report,
            scan=scan,
            findings=tuple(map(self._finding, report.findings)),
            suppressed=tuple(map(self._finding, report.suppressed)),
        )

    def _text(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._redacted[found[0]], text)

    def _finding(self, finding: FindingRecord) -> FindingRecord:
        exposure = finding.exposure
        return replace(
            finding,
            attributes={
                name: text if name in PUBLIC else self._text(text)
                for name, text in finding.attributes.items()
            },
            locations=tuple(map(self._location, finding.locations)),
            exposure=None if exposure is None else self._exposure(exposure),
        )

    def _location(self, at: Location) -> Location:
        return replace(at, path=self._text(at.path), author=self._text(at.author), email=self._text(at.email))

    def _exposure(self, exposure: Exposure) -> Exposure:
        return replace(
            exposure,
            introduced=self._moment(exposure.introduced),
            removed=self._moment(exposure.removed),
            refs=tuple(map(self._text, exposure.refs)),
        )

    def _moment(self, moment: Moment | None) -> Moment | None:
        return None if moment is None else replace(moment, author=self._text(moment.author))
