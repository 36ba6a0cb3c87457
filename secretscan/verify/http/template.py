"""From a rule's `[rules.verify]` and a found credential to the request: placeholders filled, no injection."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from secretscan.rules.model import VerifyHttp
from secretscan.verify.credential import Credential

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""One label of a host name (RFC 1123): all that a found value may be within a host."""
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]*")


class RequestRefusedError(Exception):
    """The request cannot be built from what was found, or would not be safe to send."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request ready to send. Holds plaintext: its representation names method and host only."""

    method: str
    host: str
    port: int
    target: str = field(repr=False)
    """Path and query."""
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def build(declared: VerifyHttp, credential: Credential) -> Request:
    """Return the request; raises `RequestRefusedError` when a part is missing or does not fit its place."""
    values = _values(credential)
    scheme, rest = _split_scheme(declared.url)
    authority, slash, path = rest.partition("/")
    host = _fill(authority, values, _host_label)
    parts = urlsplit(f"{scheme}://{host}{slash}{_fill(path, values, lambda value: quote(value, safe=''))}")
    if not parts.hostname or parts.username is not None:
        raise RequestRefusedError("the URL names no host")
    headers = {name: _header(_fill(value, values, str)) for name, value in declared.headers.items()}
    if declared.basic is not None:
        user, password = (_fill(template, values, str) for template in declared.basic)
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    body = _fill(declared.body, values, _body_escape(declared)).encode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Request(declared.method, parts.hostname, parts.port or 443, target, headers, body)


def _values(credential: Credential) -> dict[str, str]:
    values = dict(credential.attributes)
    try:
        values |= {name: secret.reveal().decode() for name, secret in credential.parts}
        values["secret"] = credential.secret.reveal().decode()
    except UnicodeDecodeError:
        raise RequestRefusedError("the value is not text") from None
    return values


def _split_scheme(url: str) -> tuple[str, str]:
    scheme, separator, rest = url.partition("://")
    if scheme != "https" or not separator:
        raise RequestRefusedError("the rule's URL is not https")
    return scheme, rest


def _fill(template: str, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            raise RequestRefusedError(f"{match[1]} was not found with it")
        return escape(value)

    return _PLACEHOLDER.sub(replacement, template)


def _host_label(value: str) -> str:
    """Return `value` if it is a single label: a found value may pick a customer's name, never the domain."""
    if not _LABEL.fullmatch(value):
        raise RequestRefusedError("the host found with it is not a plain name")
    return value


def _header(value: str) -> str:
    if not _HEADER_VALUE.fullmatch(value):
        raise RequestRefusedError("the value cannot stand in a header")
    return value


def _body_escape(declared: VerifyHttp) -> Callable[[str], str]:
    kind = next((value for name, value in declared.headers.items() if name.lower() == "content-type"), "")
    if "json" in kind or declared.body.lstrip().startswith(('{"', "[")):
        return lambda value: json.dumps(value)[1:-1]
    return lambda value: quote(value, safe="")
