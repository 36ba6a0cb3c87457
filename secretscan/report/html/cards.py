"""A finding as a foldable card of the HTML report."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.report import FindingRecord, Location
from secretscan.report.phrases import (
    SUPPRESSION_NAMES,
    attributes_phrase,
    day,
    exposure_sentences,
    place,
    short_commit,
    verification_phrase,
)
from secretscan.report.printable import ELLIPSIS, escape_controls, strip_controls

PLACES_SHOWN: Final = 100
"""Further places listed in a card."""

_REDACTED_MARK: Final = re.compile(rf"[^\s'\"`=:&;]{{0,4}}{ELLIPSIS}\([0-9]+\)")


def text(value: str) -> str:
    """Return `value` for an element or a quoted attribute, without control characters."""
    return escape(strip_controls(value), quote=True)


def card(finding: FindingRecord, *, opened: bool) -> str:
    """Return the card: severity, name, secret and place in its summary, the rest inside."""
    location = finding.locations[0]
    severity = finding.severity.value
    secret = text(escape_controls(finding.secret))
    lines = [
        f'<details class="{severity}" data-severity="{severity}"{" open" if opened else ""}>',
        f'<summary><span class="severity">{severity}</span><span>{text(finding.title)}</span>'
        f'<code>{secret}</code><span class="place">{text(place(location))}</span></summary>',
        '<div class="body">',
    ]
    if location.snippet:
        marked = _REDACTED_MARK.sub(lambda found: f"<mark>{found.group()}</mark>", text(location.snippet))
        lines.append(f"<pre>{marked}</pre>")
    lines.append(f"<dl>{''.join(_facts(finding))}</dl>\n</div>\n</details>")
    return "\n".join(lines)


def _facts(finding: FindingRecord) -> list[str]:
    silenced = SUPPRESSION_NAMES.get(finding.suppressed, (finding.suppressed, ""))[0]
    certainty = f"{finding.confidence.value} ({finding.score:.2f})"
    facts = [
        ("Rule", f"<code>{text(finding.rule)}</code>"),
        ("Silenced", text(silenced)),
        ("Confidence", text(certainty)),
        ("With", text(attributes_phrase(finding))),
        ("Verified", text(verification_phrase(finding.verification))),
        ("Exposed", _listed(exposure_sentences(finding.exposure)) if finding.exposure else ""),
        ("Commit", _commit(finding.locations[0])),
        ("Also at", _further(finding)),
        ("Why", text(finding.description)),
        ("Next", text(finding.remedy)),
        ("Read", _links(finding.references)),
        ("Fingerprint", f"<code>{text(finding.fingerprint)}</code>"),
    ]
    return [f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value]


def _commit(location: Location) -> str:
    if not location.commit:
        return ""
    said = [day(location.date), f"by {location.author}" if location.author else ""]
    return f"<code>{text(location.commit)}</code> {text(' '.join(part for part in said if part))}"


def _further(finding: FindingRecord) -> str:
    rest = finding.locations[1:]
    entries = [place(spot) + (f" in {short_commit(spot.commit)}" if spot.commit else "") for spot in rest]
    if len(entries) > PLACES_SHOWN:
        entries = [*entries[:PLACES_SHOWN], f"and {plural(len(entries) - PLACES_SHOWN, 'more place')}"]
    return _listed(entries) if entries else ""


def _listed(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{text(line)}</li>" for line in lines) + "</ul>"


def _links(urls: tuple[str, ...]) -> str:
    # Only web addresses become links: a saved report may come from anywhere, with `javascript:` in it.
    safe = [text(url) for url in urls if url.startswith("https://")]
    return "<br>".join(f'<a href="{url}" rel="noopener noreferrer">{url}</a>' for url in safe)
