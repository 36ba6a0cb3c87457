"""Features of the name a value is assigned to: which kind of secret it names, and whether it names one at all."""

from __future__ import annotations

import re
from typing import Final

from secretscan.engine.judge.candidate import Candidate

_NAME_CLASSES: Final = (
    b"pass",
    b"secret",
    b"token",
    b"key",
    b"auth",
    b"api",
    b"cred",
    b"salt",
    b"session",
    b"seed",
)
NAME_FEATURES: Final = (
    *(f"name_{c.decode()}" for c in _NAME_CLASSES),
    "name_ends_secret",
    "name_ends_soft",
    "name_has_soft",
    "name_has_qualifier",
    "name_public",
    "name_tokens",
    "name_length",
    "name_upper",
    "name_dotted",
    "name_inside_word",
    "name_test",
    "name_key_only",
    "name_harmless",
    "name_in_value",
)
"""Names of what `name_features` returns, in its order."""

_LAST: Final = re.compile(rb"[\[\]'\"\\>]+|\.(?=[A-Za-z_])|->")
_NAME: Final = re.compile(rb"[A-Za-z0-9_.$\[\]'\"\\>-]{0,60}$")
_TOKEN: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_TOKEN: Final = re.compile(
    rb"pass(?:w(?:or[dt]|d)?|phrase|code|key|es|words)?$|pa?ss?wd|pwd$|pw$|psw|secrets?$|tokens?$|keys?$"
    rb"|auth|api|cred|salt|seed|otp|jwt|hmac"
)
_SOFT: Final = frozenset(
    b"id ids name names path paths file files url uri urls type types field fields label labels format "
    b"length len size count hash expires expiry expire ttl header headers prefix suffix regex regexp "
    b"class message messages msg hint placeholder error errors title description desc text column col "
    b"index idx version alg algorithm method mode policy strategy provider endpoint host domain scheme "
    b"service env var variable ref arn location dir folder store storage factory generator handler "
    b"manager validator parser reader writer callback function func event action reset confirmation min "
    b"max lifetime timeout age usage size bits code codes vault ring pair status state enabled required "
    b"input form page route username user login email mail name nonce signature thumbprint fingerprint "
    b"digest checksum encrypted view template kind group role scope scopes issuer audience realm space "
    b"word words press board stroke down up code next previous page pagination continuation cursor marker "
    b"lock idempotency cancellation csrf param params parameter parameters option options config "
    b"configuration settings map list set sort order by".split()
)
_QUALIFIERS: Final = frozenset(
    b"access api client private secret app consumer auth oauth master encryption signing bearer refresh session root db "
    b"database admin user shared service account encrypt jwt webhook bot account aws azure".split()
)
_TEST: Final = frozenset(
    b"test example dummy fake mock sample invalid wrong expected bad demo old new".split()
)
_HARMLESS: Final = re.compile(
    rb"pub(?:lic)?_?key|(?:cache|primary|foreign|partition|sort|range|row|routing|object|bucket|index|lookup|unique|message"
    rb"|lock|group|column|hot|shortcut|result|output|input|map|dict|sub|registry|data|event|host|item|page|next|prev)_key"
    rb"|key_(?:id|name|type|path|file|code|size|usage|spec|pair|word|press|down|up|board)|token_(?:type|uri|url|id|count|endpoint)"
    rb"|checksum|digest|fingerprint|thumbprint|integrity|encrypted|encryption_context"
)

TOLD_BY_PLACE: Final = frozenset(
    {
        "generic-connect-password",
        "generic-login-password",
        "generic-connect-port-password",
        "generic-auth-pair",
        "generic-curlopt-password",
        "generic-dsn-password",
        "generic-dsn-argument",
        "oracle-jdbc-password",
        "generic-login-command",
        "generic-mongo-command",
        "generic-redis-command",
        "generic-lftp-command",
        "generic-oracle-command",
        "generic-chpasswd",
        "generic-piped-password",
        "generic-net-use",
        "generic-net-user",
        "generic-bare-directive",
        "generic-account-file",
    }
)
"""Rules whose value is a password by its place: an argument of a function or a program that logs in."""
_IMPLIED: Final = {
    **dict.fromkeys(TOLD_BY_PLACE, b"password"),
    "generic-url-password": b"password",
    "generic-basic-auth": b"auth_password",
    "generic-bearer-token": b"auth_token",
    "generic-curl-user": b"password",
    "generic-mysql-password": b"password",
    "generic-user-password": b"password",
    "generic-sql-password": b"password",
    "generic-pass-argument": b"passphrase",
    "generic-powershell-secret": b"password",
    "generic-snmp-community": b"password",
    "generic-minio-alias": b"secret_key",
    "generic-signing-key": b"secret_key",
    "generic-signing-argument": b"secret_key",
    "generic-cipher-argument": b"secret_key",
}
"""What a value is where the syntax says it and no name stands before it."""


_FOREIGN_PASSWORD: Final = re.compile(
    rb"(?i)(?<![a-z])clave|contrase(?:n|\xc3[\x91\xb1]|\xf1)y?a|(?<![a-z])mdp(?![a-z])|mot[_ -]?de[_ -]?passe|wachtwoord"
    rb"|lozinka|mat_?khau|senha|kennwort"
    rb"|l(?:o|\xc3[\x96\xb6]|\xf6)senord|adgangskode|salasana|heslo|has(?:l|\xc5\x82)o|parola?|(?:s|\xc5[\x9e\x9f])ifre"
    rb"|jelsz(?:o|\xc3\xb3)|\xd0[\x9f\xbf]\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c|\xe5\xaf\x86(?:\xe7\xa0\x81|\xe7\xa2\xbc)"
    rb"|\xe5\x8f\xa3\xe4\xbb\xa4|\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89"
    rb"|\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8"
)
_FOREIGN_KEY: Final = re.compile(rb"(?i)geheim|schl(?:ue|\xc3\xbc|\xfc)ssel|\xe5\xaf\x86\xe9\x92\xa5")


def full_name(seen: Candidate) -> bytes:
    """Return the whole name the value is assigned to: what stands before the rule's keyword, and the group `name`.

    A word for password in another language stands in it as the English one: the training data knows hardly any other.
    """
    if implied := _IMPLIED.get(seen.rule_id):
        return implied
    name = _FOREIGN_KEY.sub(b"secret_key", _FOREIGN_PASSWORD.sub(b"password", seen.name))
    at = seen.prefix.rfind(seen.name) if seen.name else -1
    if at < 0:
        return name
    head = _NAME.search(seen.prefix[max(0, at - 60) : at])
    return (head[0] if head else b"") + name


def name_features(seen: Candidate, value: bytes) -> list[float]:
    """Return the numbers that describe the name of `value`, as named by `NAME_FEATURES`."""
    name = full_name(seen)
    last = _LAST.split(name.rstrip(b"'\"\\]"))[-1] or name
    lowered = last.lower()
    tokens = [t.lower() for t in _TOKEN.findall(last)]
    words = [t for t in tokens if not t.isdigit()]
    final = words[-1] if words else b""
    low = value.lower()
    distinct = set(words)
    return [
        *(word in lowered for word in _NAME_CLASSES),
        bool(_SECRET_TOKEN.match(final)),
        final in _SOFT,
        sum(t in _SOFT for t in words),
        sum(t in _QUALIFIERS for t in words),
        b"pub" in lowered or (b"sess" in lowered and b"key" in lowered),
        min(len(tokens), 8),
        min(len(last), 40),
        last.isupper(),
        len(name) > len(last),
        not any(map(_SECRET_TOKEN.match, words)),
        any(t in _TEST for t in words),
        words == [b"key"] or words == [b"keys"],
        bool(_HARMLESS.search(b"_".join(words))),
        sum(t in low for t in distinct if len(t) > 2) / max(1, len(distinct)),
    ]
