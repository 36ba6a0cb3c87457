"""The judge of generic secrets: cheap reasons to refuse first, then the forest over all features."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from secretscan.engine.judge.candidate import Candidate, Judgement
from secretscan.engine.judge.context import CONTEXT_FEATURES, context_features
from secretscan.engine.judge.forest import forest
from secretscan.engine.judge.language import wording
from secretscan.engine.judge.placeholder import placeholder_reason
from secretscan.engine.judge.shapes import VALUE_FEATURES, value_features

FEATURES: Final = (*VALUE_FEATURES, *CONTEXT_FEATURES)
"""Names of the numbers in a row, in order; weights.json must list the same."""

_MEMBER: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:(?:\.|->|::|\?\.)[A-Za-z_$][\w$]*)+")
_INNER: Final = re.compile(rb"[^\\\"'\s:,{}]{4,}")
_SHORTEST: Final = 3


def judge_generic(seen: Candidate, *, explain: bool = False) -> Judgement:
    """Return how likely the value of `seen` is a credential; with `explain`, also what each feature added."""
    value = core(seen)
    if reason := refusal(seen, value):
        return Judgement(0.0, dropped=reason)
    row = features(seen, value)
    trained = forest()
    return Judgement(trained.score(row), trained.contributions(row) if explain else ())


def features(seen: Candidate, value: bytes) -> list[float]:
    """Return the numbers that describe the candidate, in the order of `FEATURES`."""
    return [*value_features(value), *context_features(seen, value)]


def core(seen: Candidate) -> bytes:
    """Return the part of the value to judge: the password of a basic header, the longest string of inner JSON."""
    value = seen.value
    if seen.rule_id == "generic-basic-auth":
        return _basic_password(value)
    if value[:1] in b"{[" and b":" in value and len(value) > 8:
        inner: list[bytes] = _INNER.findall(value)
        return max(inner, key=len, default=value)
    return value.rstrip(b"\\,;")


def refusal(seen: Candidate, value: bytes) -> str:
    """Return why the value cannot be a credential, found without features; empty when it may be one."""
    if len(value) < _SHORTEST:
        return "too short"
    if reason := placeholder_reason(value):
        return f"placeholder: {reason}"
    if not seen.quote and seen.rule_id in _BARE and _MEMBER.fullmatch(value) and wording(value).covered > 0.8:
        return "expression"
    return ""


_BARE: Final = frozenset({"generic-config-secret", "generic-env-secret"})


def _basic_password(value: bytes) -> bytes:
    """Password inside the base64 of a basic authorization header; empty when there is none."""
    raw = value.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        decoded = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
    user, colon, password = decoded.partition(b":")
    if not colon or not all(32 <= c < 127 for c in decoded):
        return b""
    return password or user
