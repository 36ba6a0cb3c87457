"""A finding as a block: place, redacted line with the secret marked, notes."""

from __future__ import annotations

import re
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.finding import Confidence, Status
from secretscan.model.report import FindingRecord, Location
from secretscan.report.ansi import Paint
from secretscan.report.phrases import (
    attributes_phrase,
    exposure_sentences,
    label,
    passage_sentences,
    place,
    short_commit,
    verification_phrase,
)
from secretscan.report.printable import ELLIPSIS, cell_width, escape_controls, strip_controls, wrap
from secretscan.report.redact import is_redacted
from secretscan.report.text.comments import takes_comment

PLACES_SHOWN: Final = 3
"""Further places named in a block before the rest becomes a number."""

_ANY_MARK: Final = re.compile(rf"[^\s'\"`=:]{{0,4}}{ELLIPSIS}\([0-9]+\)")


def group(findings: list[FindingRecord], paint: Paint, width: int, *, is_pushed: bool) -> list[str]:
    """Return the blocks of one rule's findings; why it matters and what to do stand once, under the last.

    Of what `is_pushed` right now only the commits count, not what holds them here.
    """
    lines: list[str] = []
    for finding in findings:
        last = finding is findings[-1]
        lines += _block(finding, paint, width, explain=last, is_pushed=is_pushed)
    return lines


def _block(finding: FindingRecord, paint: Paint, width: int, *, explain: bool, is_pushed: bool) -> list[str]:
    """Return one finding's lines, ending in an empty one."""
    location = finding.locations[0]
    margin = " " * len(str(location.line))
    severity = paint.severity(finding.severity.value, finding.severity)
    lines = [f"{paint.bold(place(location))}: {severity}: {label(finding)}"]
    if location.snippet:
        lines += _snippet(finding, location, paint, width, margin)
    for name, texts in _notes(finding, explain=explain, is_pushed=is_pushed):
        lines += _note(name, texts, paint, width, margin)
    return [*lines, ""]


def _snippet(finding: FindingRecord, location: Location, paint: Paint, width: int, margin: str) -> list[str]:
    bar = paint.gutter("|")
    number = paint.gutter(str(location.line))
    text = strip_controls(location.snippet)
    start, end = _mark(finding, text)
    text, start, end = _window(text, start, end, width - len(margin) - 3)
    shown = text[:start] + paint.severity(text[start:end], finding.severity) + text[end:]
    lines = [f"{margin} {bar}", f"{number} {bar} {shown}".rstrip()]
    if end > start:
        caret = "^" * cell_width(text[start:end])
        said = " ".join([caret, _certainty(finding)]).rstrip()
        pad = " " * cell_width(text[:start])
        lines.append(f"{margin} {bar} {pad}{paint.severity(said, finding.severity)}")
    return [*lines, f"{margin} {bar}"]


def _mark(finding: FindingRecord, text: str) -> tuple[int, int]:
    """Return where the redacted secret stands in the snippet; an empty range when it does not."""
    at = text.find(finding.secret)
    if at >= 0:
        return at, at + len(finding.secret)
    found = _ANY_MARK.search(text)
    return found.span() if found else (0, 0)


def _window(text: str, start: int, end: int, columns: int) -> tuple[str, int, int]:
    """Return the part of `text` around the mark that fits, and the mark's range in it."""
    if cell_width(text) <= columns:
        return text, start, end
    # A third of the room goes before the mark: the name of the variable stands there.
    left = min(max(0, start - columns // 3), max(0, len(text) - columns))
    text, start, end = text[left:], start - left, end - left
    if left:
        text = ELLIPSIS + text[1:]
    used = 0
    for index, character in enumerate(text):
        used += cell_width(character)
        if used > columns:
            text = text[: max(0, index - 1)] + ELLIPSIS
            break
    return text, min(start, len(text)), min(end, len(text))


def _certainty(finding: FindingRecord) -> str:
    words = []
    if finding.confidence is not Confidence.HIGH:
        words.append(f"{finding.confidence.value} confidence")
    if finding.verification.status is not Status.NOT_CHECKED:
        words.append(finding.verification.status.value)
    return ", ".join(words)


def _notes(finding: FindingRecord, *, explain: bool, is_pushed: bool) -> list[tuple[str, list[str]]]:
    notes: list[tuple[str, list[str]]] = []
    if not is_redacted(finding.secret):
        notes.append(("secret", [escape_controls(finding.secret)]))
    if finding.attributes:
        notes.append(("with", [attributes_phrase(finding)]))
    if finding.verification.status is not Status.NOT_CHECKED:
        notes.append(("verified", [verification_phrase(finding.verification)]))
    if finding.exposure is not None:
        if is_pushed:
            notes.append(("pushed", passage_sentences(finding.exposure)))
        else:
            notes.append(("exposed", exposure_sentences(finding.exposure)))
    if len(finding.locations) > 1:
        notes.append(("also", _further_places(finding)))
    if not takes_comment(finding):
        notes.append(("fingerprint", [escape_controls(finding.fingerprint)]))
    if explain:
        notes.append(("why", [strip_controls(finding.description)]))
        if finding.remedy:
            notes.append(("next", [strip_controls(finding.remedy)]))
        notes.append(("see", [escape_controls(url) for url in finding.references[:1]]))
    return [(name, texts) for name, texts in notes if any(texts)]


def _further_places(finding: FindingRecord) -> list[str]:
    introduced = finding.exposure.introduced if finding.exposure is not None else None
    first, shown = introduced.commit if introduced is not None else "", place(finding.locations[0])
    # where HEAD holds it is shown; that it stood there when it came in is said by its exposure
    rest = [at for at in finding.locations[1:] if at.commit != first or place(at) != shown]
    lines = [_with_commit(location) for location in rest[:PLACES_SHOWN]]
    if len(rest) > PLACES_SHOWN:
        lines.append(f"and {plural(len(rest) - PLACES_SHOWN, 'more place')}")
    return lines


def _with_commit(location: Location) -> str:
    if location.commit and location.where == "file":
        return f"{place(location)} in {short_commit(location.commit)}"
    return place(location)


def _note(name: str, texts: list[str], paint: Paint, width: int, margin: str) -> list[str]:
    lead = f"{margin} = {name}: "
    lines: list[str] = []
    for text in texts:
        # Plaintext is there to be copied, so nothing may break it.
        lines += [text] if name == "secret" else wrap(text, max(24, width - len(lead)))
    marked = f"{margin} {paint.gutter('=')} {paint.label(name + ':')} "
    return [(marked if index == 0 else " " * len(lead)) + line for index, line in enumerate(lines)]
