"""User names and passwords: in a basic `Authorization` header and in the URL of a service."""

from __future__ import annotations

import re
from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes
from secretscan.engine.structure.verdict import Verdict, printable

_LOCAL = re.compile(
    rb"(?i)\[?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|::1|host\.docker\.internal"
    rb"|[a-z0-9.-]{0,60}\b(?:example|invalid|test|local)(?:\.(?:com|org|net))?)\]?"
)
_WEAK = re.compile(
    rb"(?i)(?:my|your|the|some|db|user|app|test|admin|super|a|dev|local|example|default|new|old|sample|sa|root|api|mongo|"
    rb"postgres(?:ql)?|mysql|redis|rabbit(?:mq)?|maria(?:db)?|guest|server|database|username|user_?name|hidden|fake)?"
    rb"[-_.]?(?:p(?:ass)?(?:word|wd|phrase|code)?s?|pwd?|secret|token|key|test|user|"
    rb"root|admin|guest|example|changeme|change-?me|postgres(?:ql)?|mysql|redis|rabbit(?:mq)?|mongo(?:db)?|sa|dev|foo|"
    rb"bar|baz|qwerty|letmein|abc|here|dummy|fake|credentials?|username|redacted|hidden|placeholder|blah|xyz|auth|"
    rb"testing|welcome|monkey|minio(?:admin)?|neo4j|elastic|oracle|tiger|scott|docker|password)?[-_.]?\d{0,6}!?"
)
_TEMPLATE = re.compile(rb"[$%#@]\{|\$\(|\{\{|<[^>]{1,60}>|\*{3}|x{4}|X{4}|\.{3}|\\\\")
"""Marks of a template or a mask, wherever they stand in the value."""
_WHOLE_TEMPLATE = re.compile(
    rb"\$\w{1,60}|%\w{1,60}%|%[sdvq]|__\w{1,60}__|\{[\w.]{0,60}\}|\[[A-Za-z_ -]{3,40}\]|:\w{1,40}"
)
"""Templates that real passwords only resemble in part: `$word`, `{0}`."""
_STRONG_LENGTH = 10


def connection_url(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Weigh the password of `scheme://user:password@host` by how made-up it and its host look.

    Source of the form: RFC 3986, section 3.2.1; postgresql.org/docs/current/libpq-connect.html and its like.
    """
    user, host = groups.get("user", b""), groups.get("host", b"")
    if _TEMPLATE.search(secret) or _WHOLE_TEMPLATE.fullmatch(secret) or secret == host:
        return None
    local = _LOCAL.fullmatch(host.partition(b":")[0]) is not None
    if _WEAK.fullmatch(secret) or secret.lower() == user.lower():
        return Verdict(score=0.3 if local or len(secret) < 5 else 0.45)
    kinds = sum(any(test(byte) for byte in secret) for test in (_is_digit, _is_upper, _is_lower, _is_symbol))
    strong = len(secret) >= _STRONG_LENGTH and kinds >= 2 and len(set(secret)) >= 7
    score = 0.9 if strong else 0.7 if kinds >= 2 and len(secret) >= 6 else 0.55
    return Verdict(score=score - 0.2 if local else score)


def _is_digit(byte: int) -> bool:
    return 48 <= byte <= 57


def _is_upper(byte: int) -> bool:
    return 65 <= byte <= 90


def _is_lower(byte: int) -> bool:
    return 97 <= byte <= 122


def _is_symbol(byte: int) -> bool:
    return not (_is_digit(byte) or _is_upper(byte) or _is_lower(byte))


def basic_auth(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Keep what decodes to a printable `user:password`; more certain when the password is not made up.

    Source: RFC 7617, section 2.
    """
    data = base64_bytes(secret) or b""
    user, colon, password = data.partition(b":")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not colon or not text.isprintable() or (len(password) < 3 and len(user) < 8):
        return None
    facts = {"user": printable(user.decode("utf-8"))} if len(user) < 40 and password else {}
    weighed = connection_url(password or user, {"user": user})
    if weighed is None:
        return None
    return Verdict(True, facts, weighed.score)
