"""What is known and accepted: allow comments, `[[allow]]` entries, the baseline. Silenced findings are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from secretscan.engine.scanner import Silencer
from secretscan.model.counts import plural
from secretscan.model.finding import Confidence, Finding
from secretscan.model.span import Span
from secretscan.pipeline.groups import Group
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.sightings import Key

if TYPE_CHECKING:
    from secretscan.baseline.rulenames import RuleNames
    from secretscan.pipeline.fingerprinting import Fingerprinting


_COMMENTS_TOLD: Final = 10
"""Comments told of one by one; the rest is counted."""


def make_silencer(settings: ScanSettings, rule_ids: Callable[[], Iterable[str]]) -> Silencer:
    """Return the check of one finding at one place: comments around it, then the configuration's entries.

    `rule_ids` returns the ids that a comment may name.
    """
    names: list[RuleNames] = []
    checked: list[tuple[bytes, bool]] = [(b"", False)]
    entries, config = None, settings.config
    if config.allow:
        from secretscan.config.silence import silencer
        from secretscan.engine.match import is_found

        entries = silencer(config.allow, is_found, settings.today())

    def silence(text: bytes, span: Span, finding: Finding, path: bytes) -> str:
        from secretscan.baseline.comments import allowed_at, has_blocks
        from secretscan.baseline.rulenames import RuleNames

        if not names:
            names.append(RuleNames(rule_ids))
        if checked[0][0] is not text:
            checked[0] = (text, has_blocks(text))
        if allowed_at(text, span.start, span.end, (finding.rule_id,), names[0], in_blocks=checked[0][1]):
            return "allow_comment"
        if entries is not None:
            from secretscan.baseline.fingerprint import fingerprint

            rule_id, secret = finding.rule_id, finding.secret.reveal()
            line = finding.line.reveal()
            place = settings.path_from_root(path)
            if entries.covering((rule_id,), place, secret, line, lambda: fingerprint(rule_id, secret)):
                return "allowlist"
        return ""

    return silence


def expired_notes(settings: ScanSettings) -> tuple[str, ...]:
    """Return a sentence for each kind of entry that no longer silences anything, because its last day is over."""
    notes: list[str] = []
    if settings.baseline is not None and (over := len(settings.baseline.expired(settings.today()))):
        entries = plural(over, "expired baseline entry", "expired baseline entries")
        notes.append(f"{settings.baseline.path} has {entries}, which silence{'s' * (over == 1)} nothing")
    if settings.config.allow:
        from secretscan.config.silence import expired

        lines = [str(allow.line) for allow in expired(settings.config.allow, settings.today())]
        if lines:
            entries = (
                "an expired [[allow]] entry, on line"
                if len(lines) == 1
                else "expired [[allow]] entries, on lines"
            )
            notes.append(f"{settings.config.source} has {entries} {', '.join(lines)}")
    return tuple(notes)


def comment_notes(groups: Mapping[Key, Group], rule_ids: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Return a sentence for each comment beside a finding that does not silence it as its writer meant."""
    from secretscan.baseline.comments import ignored
    from secretscan.baseline.rulenames import RuleNames
    from secretscan.model.paths import printable_path

    names = RuleNames(rule_ids)
    notes = set()
    for known in groups.values():
        for place in known.places:
            if problem := ignored(place.finding.line.reveal(), names):
                path = printable_path(place.provenance.path)
                notes.add((path, place.finding.region.line, problem))
    told = [f"{path}:{line}: {problem}" for path, line, problem in sorted(notes)]
    rest = len(told) - _COMMENTS_TOLD
    return tuple(told[:_COMMENTS_TOLD] + [f"{rest:,} more such comments name no rule"] * (rest > 0))


def silence_groups(
    groups: Mapping[Key, Group], settings: ScanSettings, fingerprints: Fingerprinting | None = None
) -> dict[str, int]:
    """Mark the groups that do not count; return how many distinct findings each reason silenced.

    `fingerprints` may have begun with those of some.

    The threshold comes before the fingerprints, which cost time, and so before the baseline: what is too weak
    to count is only fingerprinted when it will be shown.
    """
    threshold = settings.min_confidence.rank
    for known in groups.values():
        if not known.suppressed and Confidence.of_score(known.score).rank < threshold:
            known.suppressed = "below_threshold"
    shown = {k: g for k, g in groups.items() if settings.show_suppressed or not g.suppressed}
    if shown or fingerprints is not None:
        if fingerprints is None:
            from secretscan.pipeline.fingerprinting import Fingerprinting

            fingerprints = Fingerprinting()
        fingerprints.mark(shown)
    if settings.baseline is not None:
        today = settings.today()
        for known in shown.values():
            if not known.suppressed and settings.baseline.covers(known.fingerprint, today):
                known.suppressed = "baseline"
    counts = Counter(known.suppressed for known in groups.values())
    reasons = ("baseline", "allow_comment", "allowlist", "below_threshold")
    return {reason: counts[reason] for reason in reasons}
