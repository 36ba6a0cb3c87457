"""Reasons why a value cannot be a credential, from its own line alone: cheap, and most candidates end here."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from secretscan.engine.judge.candidate import Candidate
from secretscan.engine.judge.issuers import is_issued
from secretscan.engine.judge.language import wording
from secretscan.engine.judge.names import full_name
from secretscan.engine.judge.placeholder import SAYS_WHAT_IT_IS, placeholder_reason
from secretscan.engine.judge.symbols import is_generated, is_no_code
from secretscan.engine.judge.translated import is_foreign

DECODED_RULES: Final = frozenset({"generic-basic-auth"})
"""Rules whose values are decoded before they are judged."""
_SHORTEST: Final = 3
WORDS_COVER: Final = 0.95
"""Share of its letters in words from which a value without digits is words."""
_DIGIT: Final = re.compile(rb"\d")
_ALNUM: Final = re.compile(rb"[A-Za-z0-9]")
_TWO_ALNUM: Final = re.compile(rb"[A-Za-z0-9].{0,40}[A-Za-z0-9]", re.S)
_TYPE_NAME: Final = re.compile(rb"[A-Za-z]\w*::\w[\w:]*[\"']?[ ]{0,4}[:=]>?[ ]{0,4}[\"']?$")
_FIRST_ARGUMENT: Final = re.compile(
    rb"([({\[])\s*[@bru]?\\{0,3}[\"'][\w.$-]{2,60}\\{0,3}[\"'],\s*[\w.({\[]{0,40}\s*[@bru]?\\{0,3}[\"'`]{1,3}$"
)
"""A quoted name and the value after it, as in `put("NAME", "value")`; in a longer list of strings it is one of many."""
_ENDS_PAIR: Final = re.compile(rb"\\{0,3}[\"'`]{1,3}[\s)]*[\]})]")
_PUBLIC_VALUE: Final = re.compile(
    rb"M(?:FkwEw|IIBIjAN|IGfMA0G|CowBQYDK2V|IICIjAN|HYwEA|IIBojAN|IG[bB]MBAG)"
    rb"|ssh-(?:rsa|dss|ed25519)|ecdsa-sha2|AAAA[BCE]3NzaC1"
    rb"|(?i:sha(?:1|224|256|384|512)[-:=]|md5[-:=])|-----BEGIN (?:PUBLIC|CERT|RSA PUBLIC)"
)
"""DER of a SubjectPublicKeyInfo in base64 (RFC 5280), OpenSSH public keys, prefixed digests."""
_FORMAT: Final = re.compile(rb"%[sdrxi](?![A-Za-z0-9])|%\(\w+\)[sd]")
_PUBLIC_NAME: Final = re.compile(
    rb"(?i)(?:next|lock|sequence|continuation|change|update|pagination|page|cursor|idempotency|cancellation|purchase"
    rb"|sync|resume|starting|forward|backward|previous|client[-_]?request|(?:lifecycle)?action)_?-?token"
    rb"|account_?sid|material_?id|ciphertext|public_?key(?!_?pass)"
)
"""Tokens that page through results or guard against double execution, and keys meant to be known."""
_HANDLE_NAME: Final = re.compile(
    rb"(?:^|[^\w-]|(?<![\w-])--)(?:(?:[Cc]lient|[Rr]equest)Token|(?:client|request)-token)[\"'\\]*$"
)
"""Handles of requests, as AWS spells them. Not `client_token` (Vault) or `request_token` (OAuth): those open things."""
_UUID: Final = re.compile(rb"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_ONE_CASE: Final = re.compile(rb"[A-Za-z][a-z]+|[A-Z]+")
_IN_CLEAR: Final = re.compile(rb":[^\s:]")
"""After a user: the password, as in a header that was decoded."""
_INNER: Final = re.compile(rb"[^\\\"'\s:,{}]{4,}")


def refuse_generic(seen: Candidate) -> str:
    """Return why the candidate is dropped whatever stands on the lines around it; empty when it may be one."""
    return refusal(seen, core(seen))


def refusal(seen: Candidate, value: bytes) -> str:
    """Return why `value`, the core of `seen`, cannot be a credential; empty when it may be one."""
    if len(value) < _SHORTEST:
        return "too short"
    if not _TWO_ALNUM.search(value) and not (_ALNUM.search(value) and is_generated(value)):
        return "only symbols"
    if seen.rule_id == "generic-bare-password" and not is_no_code(value):
        return "code"
    words = wording(value)
    if words.covered > WORDS_COVER and words.letters and not _DIGIT.search(value) and not _is_login(seen):
        return "words"
    if (b"\\u" in value or not value.isascii()) and is_foreign(value, WORDS_COVER) and not _is_login(seen):
        return "words"
    if seen.rule_id == "generic-basic-auth" and _is_of_a_sentence(seen, value):
        return "words"
    if reason := _public_reason(seen, value):
        return reason
    if (reason := placeholder_reason(value)) and not (
        reason == SAYS_WHAT_IT_IS and _is_quoted_in_prose(seen)
    ):
        return f"placeholder: {reason}"
    return ""


def _is_login(seen: Candidate) -> bool:
    """Whether a user was given on the line before the value: the password beside it may be plain words."""
    return bool(
        seen.quote and _USER.search(seen.prefix[-160:]) and seen.name.lower().startswith((b"passw", b"pwd"))
    )


def _is_of_a_sentence(seen: Candidate, value: bytes) -> bool:
    """Whether a word follows `basic`: no user and password in base64, which mixes cases, nor in clear."""
    return bool(value == seen.value and _ONE_CASE.fullmatch(value) and not _IN_CLEAR.match(seen.suffix))


def _is_quoted_in_prose(seen: Candidate) -> bool:
    """Whether a sentence quotes the value and it mixes letters and digits: a default such as the word with digits."""
    return seen.rule_id == "generic-prose-secret" and bool(seen.quote and _MIXED.search(seen.value))


_MIXED: Final = re.compile(rb"[A-Z].{0,40}[a-z].{0,40}\d")
_USER: Final = re.compile(
    rb"(?i)\b(?:user|uid|login)[\w ]{0,8}\\{0,2}[\"']?\s{0,4}(?:=>|=|:)\s{0,4}\\{0,2}[\"'][^\s\"';,]{2,40}[\"']"
)


def core(seen: Candidate) -> bytes:
    """Return the part of the value to judge: the password of a basic header, the longest string of inner JSON."""
    value = seen.value
    if seen.rule_id in DECODED_RULES:
        return _basic_password(value)
    if value[:1] in b"{[" and b":" in value and len(value) > 8:
        inner: list[bytes] = _INNER.findall(value)
        return max(inner, key=len, default=value)
    return value.rstrip(b"\\,;")


def _public_reason(seen: Candidate, value: bytes) -> str:
    """Why a value is public by what it is or what it is called; empty when nothing says so."""
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
        return "checked by the rule of its issuer"
    if seen.name:
        name = full_name(seen)
        if _PUBLIC_NAME.search(name) or (_UUID.fullmatch(value) and _HANDLE_NAME.search(name)):
            return "public name"
    return "badge" if b"badge" in before and b"://" in before else ""


def _basic_password(value: bytes) -> bytes:
    """Password in a basic authorization header, or all it says; `value` itself where that is no text, or is words."""
    raw = value.replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        decoded = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except (binascii.Error, ValueError):
        return value
    user, colon, password = decoded.partition(b":")
    if not decoded or not all(32 <= c < 127 for c in decoded):
        return value
    if not colon and not _DIGIT.search(value) and wording(value).covered > WORDS_COVER:
        return value
    return password or user
