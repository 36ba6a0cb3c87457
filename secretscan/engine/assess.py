"""Judging one match: allowlists, placeholders, entropy, structure and context become a score or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from secretscan.engine.entropy import shannon_entropy
from secretscan.engine.match import is_found, secret_span
from secretscan.errors import RuleError
from secretscan.model.finding import Confidence
from secretscan.model.span import Span
from secretscan.rules.model import Allowlist, Rule

if TYPE_CHECKING:
    import re

    import regex

    from secretscan.engine.judge import Candidate
    from secretscan.engine.lines import Lines

BASE_SCORE: Final[Mapping[Confidence, float]] = {
    Confidence.HIGH: 0.95,
    Confidence.MEDIUM: 0.7,
    Confidence.LOW: 0.4,
}
"""Score of a match by the confidence its rule declares, when nothing else is known."""

CERTAIN_SCORE: Final = 0.99
"""Score of a match whose checksum or structure proved right."""

INTERNAL_GROUPS: Final = frozenset({"secret", "op", "quote"})
"""Named groups that never become attributes."""

_ATTRIBUTE_CHARS: Final = 200
_PREFIX_BYTES: Final = 512
_SUFFIX_BYTES: Final = 256
_NEIGHBOURS: Final = 3


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of one match. Exactly one of: it counts, it was allowlisted, it was dropped."""

    score: float = 0.0
    attributes: Mapping[str, str] = field(default_factory=dict)
    dropped: str = ""
    """Why the match is no credential (`entropy`, `structure`, `placeholder`, a judge's reason); empty: it is."""
    allowlisted: str = ""
    """Reason of the rule's allowlist that covers it."""
    contributions: tuple[tuple[str, float, float], ...] = ()
    """(feature, value, contribution) of a judged match, when an explanation was asked for."""


def assess(
    rule: Rule, match: regex.Match[bytes], lines: Lines, path: bytes, *, explain: bool = False
) -> Assessment:
    """Return what is known of `match`, a match of `rule` in the text that `lines` indexes."""
    span = secret_span(match)
    secret: bytes = match["secret"]
    if rule.allowlists and (reason := _allowlisted(rule, secret, span, match.string, lines, path)):
        return Assessment(allowlisted=reason)
    if rule.min_entropy and shannon_entropy(secret) < rule.min_entropy:
        return Assessment(dropped="entropy")
    if rule.judge and (reason := refused(rule, match, lines)):
        return Assessment(dropped=reason)
    groups = {k: v for k, v in match.groupdict().items() if v is not None}
    attributes = {k: _printable(v) for k, v in groups.items() if k not in INTERNAL_GROUPS}
    if rule.judge:
        return _judged(rule, candidate(rule, match, lines, path), attributes, explain=explain)
    found = _structured(rule, secret, groups, attributes)
    is_unproved = rule.starts_with_keyword and not found.dropped and found.score < CERTAIN_SCORE
    if is_unproved and (reason := _refused_by_place(match, lines)):
        return Assessment(dropped=reason)
    return found


def candidate(rule: Rule, match: regex.Match[bytes], lines: Lines, path: bytes) -> Candidate:
    """Return the match with the text around it, as a judge sees it."""
    from secretscan.engine.judge import Candidate

    start, end = match.span("secret")
    groups = match.groupdict()
    text = match.string
    return Candidate(
        rule_id=rule.id,
        value=match["secret"],
        name=groups.get("name") or b"",
        operator=groups.get("op") or b"",
        quote=groups.get("quote") or b"",
        prefix=text[max(lines.start(start), start - _PREFIX_BYTES) : start],
        suffix=text[end : min(lines.end(end), end + _SUFFIX_BYTES)],
        before=lines.before(start, _NEIGHBOURS, _PREFIX_BYTES),
        after=lines.after(end, _NEIGHBOURS, _PREFIX_BYTES),
        path=path,
    )


def refused(rule: Rule, match: regex.Match[bytes] | re.Match[bytes], lines: Lines) -> str:
    """Return why a judged match is dropped for what its line alone says, or empty: most end here."""
    from secretscan.engine.judge import REFUSALS, Candidate

    refuse = REFUSALS.get(rule.judge)
    if refuse is None:
        return ""
    start, end = match.span("secret")
    groups = match.groupdict(b"")
    text = match.string
    return refuse(
        Candidate(
            rule_id=rule.id,
            value=groups["secret"],
            name=groups.get("name", b""),
            operator=groups.get("op", b""),
            quote=groups.get("quote", b""),
            prefix=text[max(lines.start(start), start - _PREFIX_BYTES) : start],
            suffix=text[end : min(lines.end(end), end + _SUFFIX_BYTES)],
        )
    )


def _refused_by_place(match: regex.Match[bytes], lines: Lines) -> str:
    """Return why the match of a `[[keyed]]` row, known by a name nearby alone, is dropped; empty when it is not."""
    from secretscan.engine.judge.keyed import AFTER_BYTES, BEFORE_BYTES, refuse_keyed

    start, end = match.span("secret")
    text = match.string
    before = text[max(lines.start(start), start - BEFORE_BYTES) : start]
    return refuse_keyed(match["secret"], before, text[end : min(lines.end(end), end + AFTER_BYTES)])


def _judged(rule: Rule, seen: Candidate, attributes: Mapping[str, str], *, explain: bool) -> Assessment:
    from secretscan.engine.judge import JUDGES

    judge = JUDGES.get(rule.judge)
    if judge is None:
        raise RuleError(
            f'rule "{rule.id}" in {rule.source}: no judge is called "{rule.judge}"',
            help=f"known judges: {', '.join(sorted(JUDGES))}",
        )
    verdict = judge(seen, explain=explain)
    return Assessment(verdict.score, attributes, verdict.dropped, contributions=verdict.contributions)


def _structured(
    rule: Rule, secret: bytes, groups: Mapping[str, bytes], attributes: dict[str, str]
) -> Assessment:
    """Assess a rule that declares its own confidence, with its structure check when it has one."""
    score = BASE_SCORE[rule.confidence]
    certain = False
    if rule.structure:
        from secretscan.engine.structure import STRUCTURES

        check = STRUCTURES.get(rule.structure)
        if check is None:
            raise RuleError(
                f'rule "{rule.id}" in {rule.source}: no structure check is called "{rule.structure}"',
                help=f"known checks: {', '.join(sorted(STRUCTURES))}",
            )
        verdict = check(secret, groups)
        if verdict is None:
            return Assessment(dropped="structure")
        attributes = {**attributes, **verdict.attributes}
        certain = verdict.certain
        if verdict.score is not None:
            score = verdict.score
        elif certain:
            score = CERTAIN_SCORE
    if not certain:
        from secretscan.engine.judge import placeholder_reason

        if reason := placeholder_reason(secret):
            return Assessment(dropped=f"placeholder: {reason}")
    return Assessment(score, attributes)


def _allowlisted(rule: Rule, secret: bytes, span: Span, text: bytes, lines: Lines, path: bytes) -> str:
    """Reason of the first allowlist that covers the match, or empty."""
    for entry in rule.allowlists:
        if _covers(entry, secret, span, text, lines, path):
            return entry.reason
    return ""


def _covers(entry: Allowlist, secret: bytes, span: Span, text: bytes, lines: Lines, path: bytes) -> bool:
    if any(is_found(p, secret) for p in entry.secrets):
        return True
    if entry.stopwords:
        lowered = secret.lower()
        if any(word.lower().encode() in lowered for word in entry.stopwords):
            return True
    if entry.lines:
        low = max(lines.start(span.start), span.start - _PREFIX_BYTES)
        line = text[low : min(lines.end(span.end), span.end + _PREFIX_BYTES)]
        if any(is_found(p, line) for p in entry.lines):
            return True
    if entry.paths and path:
        from secretscan.config.globs import compile_globs

        return bool(compile_globs(entry.paths).match(path))
    return False


def _printable(value: bytes) -> str:
    text = value[:_ATTRIBUTE_CHARS].decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
