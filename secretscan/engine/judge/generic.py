"""The judge of generic secrets: cheap reasons to refuse first, then the forest over all features."""

from __future__ import annotations

import base64
import binascii
import re
from math import exp
from typing import Final

from secretscan.engine.judge.candidate import Candidate, Judgement
from secretscan.engine.judge.context import CONTEXT_FEATURES, context_features, full_name
from secretscan.engine.judge.forest import forest
from secretscan.engine.judge.issuers import is_issued, names_issuer
from secretscan.engine.judge.language import wording
from secretscan.engine.judge.placeholder import placeholder_reason
from secretscan.engine.judge.shapes import VALUE_FEATURES, value_features

FEATURES: Final = (*VALUE_FEATURES, *CONTEXT_FEATURES)
"""Names of the numbers in a row, in order; weights.json must list the same."""


def _public_reason(seen: Candidate, value: bytes) -> str:
    """Return why a value is public by what it is or what it is called; empty when nothing says so."""
    before = seen.prefix[-160:]
    if _TYPE_NAME.search(before):
        return "type name"
    if seen.operator.strip()[-1:] == b"," and not (
        (first := _FIRST_ARGUMENT.search(before)) and (first[1] == b"(" or _ENDS_PAIR.match(seen.suffix))
    ):
        return "list item"
    if _PUBLIC_VALUE.match(value):
        return "public key or digest"
    if _FORMAT.search(value):
        return "template"
    if is_issued(value):
        return "left to the rule of its issuer"
    if seen.name and _PUBLIC_NAME.search(full_name(seen)):
        return "public name"
    return "badge" if b"badge" in before and b"://" in before else ""


_FIRST_ARGUMENT: Final = re.compile(
    rb"([({\[])\s*[@bru]?\\{0,3}[\"'][\w.$-]{2,60}\\{0,3}[\"'],\s*[\w.({\[]{0,40}\s*[@bru]?\\{0,3}[\"'`]{1,3}$"
)
_ENDS_PAIR: Final = re.compile(rb"\\{0,3}[\"'`]{1,3}[\s)]*[\]})]")
"""A quoted name and the value after it, as in `put("NAME", "value")`; in a longer list of strings it is one of many."""
_PUBLIC_VALUE: Final = re.compile(
    rb"M(?:FkwEw|IIBIjAN|IGfMA0G|CowBQYDK2V|IICIjAN|HYwEA|IIBojAN|IG[bB]MBAG)|ssh-(?:rsa|dss|ed25519)|ecdsa-sha2|AAAA[BCE]3NzaC1"
    rb"|(?i:sha(?:1|224|256|384|512)[-:=]|md5[-:=])|-----BEGIN (?:PUBLIC|CERT|RSA PUBLIC)"
)
"""DER of a SubjectPublicKeyInfo in base64 (RFC 5280), OpenSSH public keys, prefixed digests."""
_FORMAT: Final = re.compile(rb"%[sdrxi](?![A-Za-z0-9])|%\(\w+\)[sd]")
_PUBLIC_NAME: Final = re.compile(
    rb"(?i)(?:next|lock|sequence|continuation|change|update|pagination|page|cursor|idempotency|cancellation|purchase|sync"
    rb"|resume|starting|forward|backward|previous|clientrequest|client_request)_?-?token|(?:lifecycle)?action_?token|account_?sid|material_?id|ciphertext|public_?key(?!_?pass)"
)
"""Tokens that page through results or guard against double execution, and keys meant to be known."""
_ALNUM_BYTE: Final = re.compile(rb"[A-Za-z0-9\x80-\xff]{2}")
_DIGIT: Final = re.compile(rb"\d")
_TYPE_NAME: Final = re.compile(rb"[A-Za-z]\w*::\w[\w:]*[\"']?[ ]{0,4}[:=]>?[ ]{0,4}[\"']?$")
_WORDS_COVER: Final = 0.95
_INNER: Final = re.compile(rb"[^\\\"'\s:,{}]{4,}")
_SHORTEST: Final = 3


def judge_generic(seen: Candidate, *, explain: bool = False) -> Judgement:
    """Return how likely the value of `seen` is a credential; with `explain`, also what each feature added."""
    value = core(seen)
    if reason := refusal(seen, value):
        return Judgement(0.0, dropped=reason)
    row = features(seen, value)
    doubts = cautions(seen, value)
    trained = forest()
    told = trained.contributions(row) if explain else ()
    score = trained.score(row)
    if doubts:
        shift = -DOUBT * len(doubts)
        score = 1 / (1 + exp(-shift) * (1 - score) / max(score, 1e-9))
        told = (*((doubt, 1.0, -DOUBT) for doubt in doubts), *told) if explain else ()
    return Judgement(score, told)


def cautions(seen: Candidate, value: bytes) -> tuple[str, ...]:
    """Return the reasons for doubt that the labelled data has too few cases of to teach the forest.

    A key named after an issuer whose rules know the form of its keys, but found by no such rule, is probably none. A key or token that a machine issued holds no brackets or question marks, and a log line with a level in front
    quotes values that are rarely still in use. Each takes `DOUBT` off the log-odds.
    """
    found = []
    if _LOG_LINE.match(seen.prefix):
        found.append("log_line")
    name = full_name(seen).lower()
    is_issued_kind = bool(_ISSUED.search(name)) and not _HUMAN_MADE.search(name)
    if is_issued_kind and len(value) >= _LEAST_KEY and names_issuer(name):
        found.append("other_form_than_issuer")
    if is_issued_kind and _ODD.search(value) and len(set(value.translate(None, _ALNUM))) < _MANY_SYMBOLS:
        found.append("odd_symbol_in_key")
    return tuple(found)


DOUBT: Final = 2.5
"""Log-odds taken off for each caution: a score of 0.9 falls to 0.42."""
_LEAST_KEY: Final = 10
_MANY_SYMBOLS: Final = 5
"""Kinds of symbols from which a value was made by a password generator, whatever its name says."""
_ALNUM: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LOG_LINE: Final = re.compile(rb"(?i)\s*\[?(?:debug|info|warn(?:ing)?|error|trace|fatal)\]?[:\s]")
_ODD: Final = re.compile(rb"[?#$^&*!\[\]{}()<>,;@]|%(?![0-9A-F]{2})|=.{0,40}[^=]")
_ISSUED: Final = re.compile(rb"key|token|api")
_HUMAN_MADE: Final = re.compile(rb"pass|pwd|secret|cred|cookie|sess|salt")


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
    if not _ALNUM_BYTE.search(value):
        return "only symbols"
    seen_words = wording(value)
    if seen_words.covered > _WORDS_COVER and seen_words.letters > 0 and not _DIGIT.search(value):
        return "words"
    if reason := _public_reason(seen, value):
        return reason
    if reason := placeholder_reason(value):
        return f"placeholder: {reason}"
    return ""


def refuse_generic(seen: Candidate) -> str:
    """Return why the candidate is dropped whatever stands on the lines around it; empty when it may be one."""
    return refusal(seen, core(seen))


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
