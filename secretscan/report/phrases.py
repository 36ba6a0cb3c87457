"""Wording that several formats share: places, counts, sizes, exposure. Plain text, no colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.finding import Severity, Status, Verification
from secretscan.model.report import Exposure, FindingRecord, Location, Moment
from secretscan.report.printable import escape_controls, strip_controls

SHORT_COMMIT: Final = 12
"""Digits of a commit id shown to a person: git's own abbreviation stays below it up to 16 million objects."""

SEVERITIES: Final = tuple(Severity)
"""Most severe first."""

SUPPRESSION_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "baseline": ("in the baseline", "in the baseline"),
    "allow_comment": ("allow comment", "allow comments"),
    "allowlist": ("by allowlist", "by allowlist"),
    "below_threshold": ("below the confidence threshold", "below the confidence threshold"),
}
"""Reasons for silence, for one finding and for several, in the order they are told."""

_WHERE: Final = {"commit-message": "commit message", "tag-message": "tag message", "note": "note"}
_KILO: Final = 1000
_UNITS: Final = ("kB", "MB", "GB", "TB")


def size(count: int) -> str:
    """Return a byte count in decimal units, like `799.1 MB`."""
    if count < _KILO:
        return plural(count, "byte")
    power = 1
    while round(count / _KILO**power, 1) >= _KILO and power < len(_UNITS):
        power += 1
    return f"{count / _KILO**power:,.1f} {_UNITS[power - 1]}"


def duration(seconds: float) -> str:
    """Return a time span, like `0.04 s`, `1.9 s` or `3 min 12 s`."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


def short_commit(commit: str) -> str:
    """Return the abbreviated commit id."""
    return escape_controls(commit[:SHORT_COMMIT])


def day(date: str) -> str:
    """Return the date of an RFC 3339 moment, without the time of day."""
    return escape_controls(date[:10])


def holder(location: Location) -> str:
    """Return what holds the finding: the path, or `commit message of 1a2b3c4d5e6f`."""
    if location.where in _WHERE:
        name = _WHERE[location.where]
        return f"{name} of {short_commit(location.commit)}" if location.commit else name
    return escape_controls(location.path) or "(unreachable object)"


def place(location: Location) -> str:
    """Return `path:line:column`, which editors and terminals turn into a link."""
    return f"{holder(location)}:{location.line}:{location.column}"


def label(record: FindingRecord) -> str:
    """Return the name and rule of a finding, like `AWS access key [aws-access-key]`."""
    return f"{strip_controls(record.title)} [{escape_controls(record.rule)}]"


def moment(value: Moment) -> str:
    """Return when, where and by whom: `2026-01-02 in 1a2b3c4d5e6f by Ada`."""
    author = strip_controls(value.author)
    return f"{day(value.date)} in {short_commit(value.commit)}" + (f" by {author}" if author else "")


def passage_sentences(exposure: Exposure) -> list[str]:
    """Return which commits brought a secret in and took it out, one short sentence each."""
    moments = (("introduced", exposure.introduced), ("removed", exposure.removed))
    return [f"{verb} {moment(when)}" for verb, when in moments if when is not None]


def exposure_sentences(exposure: Exposure) -> list[str]:
    """Return how a secret came into the history and whether it left it, one short sentence each."""
    lines = []
    if exposure.introduced is not None:
        lines.append(f"introduced {moment(exposure.introduced)}")
    if exposure.in_head:
        # no days: the newest commit, which they would end at, says nothing of today
        since = f" since {day(exposure.introduced.date)}" if exposure.introduced is not None else ""
        lines.append(f"in HEAD{since}")
    elif exposure.removed is not None:
        lines.append(f"removed {moment(exposure.removed)}, after {plural(exposure.days, 'day')}")
        lines.append("not in HEAD, but still in the history")
    elif exposure.introduced is not None or exposure.refs:
        lines.append("not in HEAD, but still in the history")
    else:
        lines.append("not in HEAD, but still in the object database")
    if exposure.refs:
        names = ", ".join(escape_controls(ref) for ref in exposure.refs[:4])
        rest = len(exposure.refs) - 4
        lines.append(f"held by {names}" + (f" and {plural(rest, 'more ref')}" if rest > 0 else ""))
    return lines


def verification_phrase(verification: Verification) -> str:
    """Return what asking the provider told, like `active: account 123456789012`; empty when nobody asked."""
    if verification.status is Status.NOT_CHECKED:
        return ""
    name = "canary (do not touch: using it raises an alarm)" if verification.status is Status.CANARY else ""
    detail = strip_controls(verification.detail)
    return (name or verification.status.value) + (f": {detail}" if detail else "")


def attributes_phrase(record: FindingRecord) -> str:
    """Return the public facts found with a secret, like `key_id AKIA…, account_id 123456789012`."""
    return ", ".join(
        f"{escape_controls(name)} {escape_controls(value)}"
        for name, value in sorted(record.attributes.items())
    )


def by_severity(findings: tuple[FindingRecord, ...]) -> str:
    """Return the counts by severity, like `2 critical, 1 low`."""
    counts = [(sum(f.severity is s for f in findings), s.value) for s in SEVERITIES]
    return ", ".join(f"{count:,} {name}" for count, name in counts if count)


def silenced_phrase(suppressed: Mapping[str, int]) -> str:
    """Return what was silenced and why, like `2 allow comments, 31 by allowlist`; empty when nothing was."""
    known = [*SUPPRESSION_NAMES, *sorted(set(suppressed) - set(SUPPRESSION_NAMES))]
    parts = []
    for reason in known:
        count = suppressed.get(reason, 0)
        if count:
            one, many = SUPPRESSION_NAMES.get(reason, (reason, reason))
            parts.append(f"{count:,} {one if count == 1 else many}")
    return ", ".join(parts)
