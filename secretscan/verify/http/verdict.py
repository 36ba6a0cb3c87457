"""What an answer proves. A status alone never proves a credential active: a firewall's page has one, too."""

from __future__ import annotations

import json
import re
from typing import Final

from secretscan.model.finding import Status, Verification
from secretscan.rules.model import VerifyHttp
from secretscan.verify.http.transport import Answer

_LONGEST_DETAIL: Final = 80
_UNAUTHORIZED: Final = 401
_PAGE: Final = re.compile(r"\s{0,100}<(?:!doctype html|html|head)\b", re.IGNORECASE)
"""Start of a page for people, such as a firewall or a captive portal sends."""
_REDIRECTS: Final = range(300, 400)


def verdict(declared: VerifyHttp, answer: Answer, plaintexts: tuple[str, ...] = ()) -> Verification:
    """Return what the answer proves under the rule's declaration.

    `plaintexts` are the secret values sent: an identity that echoes one of them is left out.
    """
    text = answer.body.decode("utf-8", "replace")
    if answer.status != _UNAUTHORIZED and _PAGE.match(text):
        return Verification(
            Status.UNKNOWN, f"a web page answered instead of the API (status {answer.status})"
        )
    if answer.status in declared.active_status and _proves_active(declared, text):
        return Verification(
            Status.ACTIVE, _identity(declared, text, plaintexts) or f"accepted ({answer.status})"
        )
    if answer.status in declared.inactive_status and _contains(declared.inactive_body, text):
        return Verification(Status.INACTIVE, f"refused by the provider ({answer.status})")
    if answer.status in _REDIRECTS:
        return Verification(Status.UNKNOWN, f"redirected ({answer.status}); not followed")
    return Verification(Status.UNKNOWN, f"the answer proves nothing (status {answer.status})")


def _proves_active(declared: VerifyHttp, text: str) -> bool:
    if declared.active_body:
        return _contains(declared.active_body, text)
    return isinstance(_json(text), dict | list)


def _contains(pattern: str, text: str) -> bool:
    return not pattern or re.search(pattern, text) is not None


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _identity(declared: VerifyHttp, text: str, plaintexts: tuple[str, ...]) -> str:
    """Return the declared members of the answer as `name=value` pairs, printable and short."""
    found = []
    for path in declared.identity:
        value = _member(_json(text), path)
        if value and not any(plaintext in value for plaintext in plaintexts):
            found.append(f"{path}={value}")
    return ", ".join(found)


def _member(document: object, path: str) -> str:
    for name in path.split("."):
        if isinstance(document, list):
            document = document[0] if document else None
        document = document.get(name) if isinstance(document, dict) else None
    if not isinstance(document, str | int):
        return ""
    return "".join(c for c in str(document) if c.isprintable())[:_LONGEST_DETAIL]
