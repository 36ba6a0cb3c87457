"""Tokens and files that are, or carry, JSON with known members."""

from __future__ import annotations

import re
from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes, json_object
from secretscan.engine.structure.verdict import CERTAIN, Verdict, printable

_PRIVATE_KEY = re.compile(rb"-----BEGIN (?:RSA )?PRIVATE KEY-----(?:\\n|\s){0,4}[A-Za-z0-9+/]{40}")


def sentry_org(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the middle of `sntrys_…_…` is JSON that names an organization.

    Source: getsentry/rfcs, 0091-ci-upload-tokens.
    """
    body = json_object(base64_bytes(secret.removeprefix(b"sntrys_").rpartition(b"_")[0]))
    if body is None or "org" not in body:
        return None
    facts = {key: printable(body[key]) for key in ("org", "url") if body.get(key)}
    return Verdict(True, facts)


def grafana_cloud(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when `glc_…` holds JSON with an organization and a key. Source: grafana.com."""
    body = json_object(base64_bytes(secret.removeprefix(b"glc_")))
    if body is None or not {"o", "k"} <= body.keys():
        return None
    return Verdict(True, {"organization": printable(body["o"]), "token_name": printable(body.get("n", ""))})


def grafana_legacy(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the key is JSON with key, name and id. Source: grafana, pkg/components/apikeygen."""
    body = json_object(base64_bytes(secret))
    if body is None or not {"k", "n", "id"} <= body.keys():
        return None
    return Verdict(True, {"token_name": printable(body["n"])})


def google_service_account(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the key has a body; gives the account's address when it stands near.

    Source: cloud.google.com/iam/docs/keys-create-delete, "private_key".
    """
    if not _PRIVATE_KEY.search(secret):
        return None
    return CERTAIN


def docker_config(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the `auth` of a Docker configuration decodes to `user:password`.

    Source: docs.docker.com, `docker login`, "Credential stores".
    """
    user, colon, password = (base64_bytes(secret) or b"").partition(b":")
    if not colon or not user or len(password) < 4 or not (user + password).isascii():
        return None
    try:
        text = user.decode()
    except UnicodeDecodeError:
        return None
    return Verdict(True, {"user": printable(text)}) if text.isprintable() else None


def json_web_key(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Likely when the private member of a JSON Web Key is base64url of a plausible size.

    Source: RFC 7518, sections 6.2.2 (EC, 32 to 66 bytes), 6.3.2 (RSA, as long as the modulus).
    """
    data = base64_bytes(secret)
    if data is None or len(data) < 16 or len(set(data)) < 12:
        return None
    kind = groups.get("kty", b"").decode("ascii", "replace")
    return Verdict(True, {"key_type": kind} if kind else {})
