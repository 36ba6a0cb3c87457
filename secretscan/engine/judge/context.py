"""Features of where a value stands: operator and quotes, the file's kind, the line and its neighbours."""

from __future__ import annotations

import re
from typing import Final

from secretscan.engine.filekind import extension, file_kind
from secretscan.engine.judge.candidate import Candidate
from secretscan.engine.judge.names import NAME_FEATURES, name_features

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
_RULE_NUMBERS: Final = {rule_id: number for number, rule_id in enumerate(RULES)}

CONTEXT_FEATURES: Final = (
    *NAME_FEATURES,
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

_USER: Final = (
    b"user", b"login", b"mail", b"host", b"server", b"port", b"database", b"account", b"client_id", b"clientid", b"dsn",
)  # fmt: skip
_SECRETS: Final = (
    b"passw", b"passphrase", b"pwd", b"secret", b"token", b"api_key", b"apikey", b"credential", b"private", b"access",
)  # fmt: skip
_DUMMY: Final = (
    b"example",
    b"dummy",
    b"fake",
    b"sample",
    b"placeholder",
    b"replace",
    b"your",
    b"mock",
    b"e.g.",
    b"default",
)
_TESTING: Final = (b"assert", b"expect", b"test", b"mock", b"should", b"describe(", b"spec", b"fixture")
_ENVIRONMENT: Final = (
    b"environ",
    b"getenv",
    b"process.env",
    b"env[",
    b"config.get",
    b".get(",
    b"vault",
    b"lookup",
)
_CODE_LINE: Final = (
    b" def ", b" func ", b" function ", b" return ", b" if ", b"if(", b" elif ", b" for ", b" import ", b" from ",
    b" class ", b" new ", b" throw ", b"raise ",
)  # fmt: skip
_PAIR: Final = re.compile(rb"^\s*[\"'-]{0,3}[\w.-]+[\"']?\s*[:=]\s*\S")
_COMMENT: Final = re.compile(rb"^\s*(?:#|//|/?\*|--|;|<!--|rem\b)", re.I)


def context_features(seen: Candidate, value: bytes) -> list[float]:
    """Return the numbers that describe the surroundings of `value`, as named by `CONTEXT_FEATURES`."""
    quote = seen.quote
    kind = file_kind(seen.path)
    return [
        *name_features(seen, value),
        _OPERATORS.get(seen.operator.strip()[-2:], 3 if seen.operator[-1:] == b"=" else 7),
        0 if not quote else 1 if b'"' in quote else 2 if b"'" in quote else 3,
        b"\\" in quote or b"&" in quote,
        *(kind == name for name in _KINDS),
        _EXTENSIONS.get(extension(seen.path), 13),
        _RULE_NUMBERS.get(seen.rule_id, len(RULES)),
        *_line_features(seen),
        *_near_features(seen),
    ]


def _line_features(seen: Candidate) -> list[float]:
    prefix, suffix = seen.prefix[-240:], seen.suffix[:160]
    line = (prefix + b" " + suffix).lower()
    return [
        min(len(seen.prefix) + len(seen.suffix), 400),
        min(len(prefix.strip()), 120),
        _following(suffix[:1]),
        _following(suffix.lstrip(b"\\\"'`")[:1]) if seen.quote else -1,
        bool(_COMMENT.match(seen.prefix)),
        _count(line, _USER),
        _count(line, _SECRETS),
        _count(line, _DUMMY),
        b"://" in line,
        _count(line, _ENVIRONMENT),
        _count(b" " + prefix, _CODE_LINE),
        min(suffix.count(b" "), 20),
    ]


def _near_features(seen: Candidate) -> list[float]:
    lines = [s[:160] for s in (*seen.before, *seen.after)]
    near = b"\n".join(lines).lower()
    return [
        _count(near, _USER),
        _count(near, _SECRETS),
        _count(near, _TESTING),
        _count(near, _DUMMY),
        sum(map(bool, map(_PAIR.match, lines))),
    ]


def _count(text: bytes, words: tuple[bytes, ...]) -> int:
    """Number of `words` that `text` holds."""
    return sum([word in text for word in words])


def _following(char: bytes) -> int:
    """Class of the character after the value: 0 end, 1 quote, 2 separator, 3 closing, 4 space, 5 dot, 6 other."""
    if not char:
        return 0
    return _FOLLOWING.get(char[0], 6)


_FOLLOWING: Final = {
    byte: number + 1
    for number, members in enumerate((b"\"'`", b",;", b")]}", b" \t\r", b".+"))
    for byte in members
}
