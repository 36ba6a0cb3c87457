"""Places where short base64 is expected, and files in which nothing encoded is worth reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from secretscan.engine.decode.runs import SHORTEST_RUN, Found, decode_value

ANNOUNCED: Final = b"Secret"
"""What a text holds at least that announces short values."""
_SECRET_KIND: Final = re.compile(rb"[\"']?kind[\"']?[ \t]{0,8}:[ \t]{0,8}[\"']?(?:Sealed)?Secret\b")
_KIND_BYTES: Final = 32
"""Bytes in which a match of that stands, up to the word `Secret`."""
_DATA_VALUE: Final = re.compile(
    rb"""[\w.-]["']?[ \t]{0,8}:[ \t]{1,8}["']?([A-Za-z0-9+/]{4,19}={0,2}|[A-Za-z0-9+/]{4,18}==)(?=["',}\s]|\Z)"""
)
_LOCKS: Final = (
    b"package-lock.json",
    b"npm-shrinkwrap.json",
    b"yarn.lock",
    b"pnpm-lock.yaml",
    b"bun.lock",
    b"poetry.lock",
    b"uv.lock",
    b"pdm.lock",
    b"Pipfile.lock",
    b"Cargo.lock",
    b"go.sum",
    b"composer.lock",
    b"Gemfile.lock",
    b"packages.lock.json",
    b"flake.lock",
    b"mix.lock",
    b"pubspec.lock",
)
_BUNDLES: Final = (
    b".map",
    b".min.js",
    b".min.css",
    b".min.mjs",
    b".bundle.js",
    b".svg",
    b".woff",
    b".eps",
    b".ps",
)
_SCRIPTS: Final = (b".js", b".css", b".mjs", b".cjs")
_MANIFESTS: Final = (b".yaml", b".yml", b".json", b".tpl", b".tmpl", b".j2", b".txt", b".sh", b".md")
_JSON: Final = (
    b".json",
    b".ipynb",
    b".har",
    b".tfstate",
    b".jsonl",
    b".ndjson",
    b".tfstate.backup",
    b".webmanifest",
)
_LONG_LINES_FROM: Final = 64 << 10
_BYTES_PER_LINE: Final = 2000


def short_values(text: bytes, path: bytes) -> Iterator[Found]:
    """Yield base64 values too short to be noticed by themselves, where a Kubernetes Secret announces them."""
    if not may_announce(text, path) or not _SECRET_KIND.search(text):
        return
    for value in _DATA_VALUE.finditer(text):
        start, end = value.span(1)
        if len(value[1].rstrip(b"=")) < SHORTEST_RUN:
            found = decode_value(text, start, end)
            if found:
                yield found


def may_announce(text: bytes, path: bytes) -> bool:
    """Whether `short_values` depends on more of the text than the line of a value; most files it ignores."""
    at = text.find(ANNOUNCED) if announces(path) else -1
    while at >= 0:
        if text.find(b"kind", max(at - _KIND_BYTES, 0), at) >= 0:
            return True
        at = text.find(ANNOUNCED, at + 1)
    return False


def announces(path: bytes) -> bool:
    """Whether a file of that path may be one of those."""
    return not path or path.endswith(_MANIFESTS)


def is_bundle(path: bytes, text: bytes) -> bool:
    """Whether a file is generated for machines: a source map, a minified bundle, a picture in text form."""
    if path.endswith(_BUNDLES):
        return True
    if len(text) < _LONG_LINES_FROM or not path.endswith(_SCRIPTS):
        return False
    return text.count(b"\n") * _BYTES_PER_LINE < len(text)


def may_be_bundle(path: bytes) -> bool:
    """Whether a file of that path may be one of those."""
    return path.endswith((*_BUNDLES, *_SCRIPTS))


def is_lock(path: bytes) -> bool:
    """Whether a file is a lock file, full of digests in base64 and hex."""
    return path.endswith(_LOCKS)


def is_json(path: bytes, text: bytes) -> bool:
    """Whether a file is JSON as a whole, so that every string in it is escaped as JSON is."""
    return path.endswith(_JSON) or (not path and text[:1] in (b"{", b"["))
