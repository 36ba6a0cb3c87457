"""Features of where a value stands: its name, operator and quotes, the file's kind, the line and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from secretscan.engine.filekind import extension, file_kind
from secretscan.engine.judge.candidate import Candidate

_NAME_CLASSES: Final = ("pass", "secret", "token", "key", "auth", "api", "cred", "salt", "session", "seed")
_OPERATORS: Final = {b"=": 0, b":": 1, b"=>": 2, b"(": 4, b",": 5, b"": 6}
_KINDS: Final = ("code", "config", "shell", "markup", "data")
_EXTENSIONS: Final = {
    b"py": 0, b"js": 1, b"ts": 1, b"tsx": 1, b"jsx": 1, b"vue": 1, b"go": 2, b"java": 3, b"cs": 3, b"kt": 3,
    b"scala": 3, b"rb": 4, b"yml": 5, b"yaml": 5, b"md": 6, b"rst": 6, b"adoc": 6, b"json": 7, b"php": 8, b"txt": 9,
    b"xml": 10, b"xaml": 10, b"html": 11, b"sh": 12,
}  # fmt: skip
RULES: Final = (
    "generic-secret",
    "generic-config-secret",
    "generic-call-secret",
    "generic-cli-secret",
    "generic-url-password",
    "generic-basic-auth",
    "generic-bearer-token",
    "generic-markup-secret",
    "generic-list-secret",
)
"""Rules that a feature of their own tells apart; the others count as the first that their syntax resembles."""

CONTEXT_FEATURES: Final = (
    *(f"name_{c}" for c in _NAME_CLASSES),
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
    "name_in_value",
    "operator",
    "quote",
    "quote_escaped",
    *(f"kind_{k}" for k in _KINDS),
    "extension",
    "rule",
    "line_length",
    "prefix_length",
    "after_value",
    "after_quote",
    "is_comment",
    "line_user",
    "line_secrets",
    "line_dummy",
    "line_url",
    "line_environment",
    "line_code",
    "line_spaces",
    "near_user",
    "near_secrets",
    "near_test",
    "near_dummy",
    "near_pairs",
)
"""Names of what `context_features` returns, in its order."""

_NAME: Final = re.compile(rb"[A-Za-z0-9_.$\[\]'\"\\>-]{0,60}$")
_TOKEN: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_TOKEN: Final = re.compile(
    rb"pass(?:w(?:or[dt]|d)?|phrase|code|key|es|words)?$|pa?ss?wd|pwd$|pw$|psw|secrets?$|tokens?$|keys?$|auth|api|cred|salt|seed|otp|jwt|hmac"
)
_SOFT: Final = frozenset(
    b"id ids name names path paths file files url uri urls type types field fields label labels format length len size count "
    b"hash expires expiry expire ttl header headers prefix suffix regex regexp class message messages msg hint placeholder error "
    b"errors title description desc text column col index idx version alg algorithm method mode policy strategy provider "
    b"endpoint host domain scheme service env var variable ref arn location dir folder store storage factory generator "
    b"handler manager validator parser reader writer callback function func event action reset confirmation min max "
    b"lifetime timeout age usage size bits code codes vault ring pair status state enabled required input form page route "
    b"username user login email mail name nonce signature thumbprint fingerprint digest checksum encrypted "
    b"view template kind group role scope scopes issuer audience realm space word words press board stroke down up code "
    b"param params parameter parameters option options config configuration settings map list set sort order by".split()
)
_QUALIFIERS: Final = frozenset(
    b"access api client private secret app consumer auth oauth master encryption signing bearer refresh session root db "
    b"database admin user shared service account encrypt jwt webhook bot account aws azure".split()
)
_TEST: Final = frozenset(
    b"test example dummy fake mock sample invalid wrong expected bad demo old new".split()
)
_USER: Final = re.compile(rb"(?i)user|login|e?mail|host|server|port\b|database|account|client_?id|\bdsn\b")
_SECRETS: Final = re.compile(
    rb"(?i)passw|passphrase|pwd|secret|token|api_?key|credential|private_?key|access_?key"
)
_DUMMY: Final = re.compile(
    rb"(?i)example|dummy|fake|sample|placeholder|replace|your[ _-]|mock|e\.g\.|default"
)
_TESTING: Final = re.compile(rb"(?i)assert|expect|\btest|mock|should|describe\(|\bit\(|spec\b|fixture")
_ENVIRONMENT: Final = re.compile(rb"(?i)environ|getenv|process\.env|\benv\[|config\.get|\.get\(|vault|lookup")
_CODE_LINE: Final = re.compile(
    rb"\b(?:def|func|function|return|if|elif|else|for|while|import|from|class|lambda|new|throw)\b"
)
_PAIR: Final = re.compile(rb"^\s*[\"'-]{0,3}[\w.-]+[\"']?\s*[:=]\s*\S")
_COMMENT: Final = re.compile(rb"^\s*(?:#|//|/?\*|--|;|<!--|rem\b)", re.I)


def full_name(seen: Candidate) -> bytes:
    """Return the whole name the value is assigned to: what stands before the rule's keyword, and the group `name`."""
    at = seen.prefix.rfind(seen.name) if seen.name else -1
    if at < 0:
        return seen.name
    head = _NAME.search(seen.prefix[max(0, at - 60) : at])
    return (head[0] if head else b"") + seen.name


def context_features(seen: Candidate, value: bytes) -> Iterator[float]:
    """Yield the numbers that describe the surroundings of `value`, as named by `CONTEXT_FEATURES`."""
    yield from _name_features(seen, value)
    yield _OPERATORS.get(seen.operator.strip()[-2:], 3 if seen.operator[-1:] == b"=" else 7)
    quote = seen.quote
    yield 0 if not quote else 1 if b'"' in quote else 2 if b"'" in quote else 3
    yield float(b"\\" in quote or b"&" in quote)
    kind = file_kind(seen.path)
    for name in _KINDS:
        yield float(kind == name)
    yield _EXTENSIONS.get(extension(seen.path), 13)
    yield RULES.index(seen.rule_id) if seen.rule_id in RULES else len(RULES)
    yield from _line_features(seen)
    yield from _near_features(seen)


def _name_features(seen: Candidate, value: bytes) -> Iterator[float]:
    name = full_name(seen)
    last = re.split(rb"[\[\]'\"\\>]+|\.(?=[A-Za-z_])|->", name.rstrip(b"'\"\\]"))[-1] or name
    tokens = [t.lower() for t in _TOKEN.findall(last)]
    lowered = last.lower()
    for word in _NAME_CLASSES:
        yield float(word.encode() in lowered)
    hits = [n for n, t in enumerate(tokens) if _SECRET_TOKEN.match(t)]
    words = [t for t in tokens if not t.isdigit()]
    yield float(bool(words) and bool(_SECRET_TOKEN.match(words[-1])))
    yield float(bool(words) and words[-1] in _SOFT)
    yield sum(t in _SOFT for t in words)
    yield sum(t in _QUALIFIERS for t in words)
    yield float(b"pub" in lowered or b"sess" in lowered and b"key" in lowered)
    yield min(len(tokens), 8)
    yield min(len(last), 40)
    yield float(last.isupper())
    yield float(len(name) > len(last))
    yield float(not hits)
    yield float(any(t in _TEST for t in tokens))
    yield float(words == [b"key"] or words == [b"keys"])
    low = value.lower()
    yield sum(t in low for t in set(words) if len(t) > 2) / max(1, len(set(words)))


def _line_features(seen: Candidate) -> Iterator[float]:
    prefix, suffix = seen.prefix, seen.suffix
    line = prefix + b" " + suffix
    yield min(len(line), 400)
    yield min(len(prefix.strip()), 120)
    quoted = bool(seen.quote)
    yield _following(suffix[:1])
    yield _following(suffix.lstrip(b"\\\"'`")[:1]) if quoted else -1
    yield float(bool(_COMMENT.match(prefix)))
    yield min(len(_USER.findall(line)), 5)
    yield min(len(_SECRETS.findall(line)), 5)
    yield min(len(_DUMMY.findall(line)), 3)
    yield float(b"://" in line)
    yield float(bool(_ENVIRONMENT.search(line)))
    yield min(len(_CODE_LINE.findall(prefix)), 3)
    yield min(suffix.count(b" "), 20)


def _near_features(seen: Candidate) -> Iterator[float]:
    near = b"\n".join((*(s[:200] for s in seen.before), *(s[:200] for s in seen.after)))
    yield min(len(_USER.findall(near)), 6)
    yield min(len(_SECRETS.findall(near)), 6)
    yield min(len(_TESTING.findall(near)), 4)
    yield min(len(_DUMMY.findall(near)), 4)
    yield sum(bool(_PAIR.match(s)) for s in (*seen.before, *seen.after))


def _following(char: bytes) -> int:
    """Class of the character after the value: 0 end, 1 quote, 2 separator, 3 closing, 4 space, 5 dot, 6 other."""
    if not char:
        return 0
    for number, members in enumerate((b"\"'`", b",;", b")]}", b" \t\r", b".+")):
        if char in members:
            return number + 1
    return 6
