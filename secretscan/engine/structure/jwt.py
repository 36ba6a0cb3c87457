"""JSON Web Tokens: the header must parse, and the claims tell whose and until when."""

from __future__ import annotations

import time
from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes, json_object
from secretscan.engine.structure.verdict import Verdict, printable

_EXPIRED_SCORE = 0.6
"""An expired token opens nothing by itself, but shows whose key signs and where tokens leak."""
_PUBLIC_SCORE = 0.3
"""Tokens that are made to be public, or are no credential at all."""
_MANGLED_SCORE = 0.55
"""Score of a token that was cut or changed: it opens nothing as it stands, and shows where tokens leak."""
_UNSIGNED_PARTS = 2
_HEADERS = (b"eyJhbGciOi", b"eyJ0eXAiOi", b"eyJraWQiOi")
"""`{"alg":`, `{"typ":` and `{"kid":` in base64."""
_DOCUMENTED = frozenset({"1234567890"})
"""Subject of the token that jwt.io and RFC-like texts show."""


def jwt(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when header and claims are JSON as RFC 7519 asks; lower when expired, unsigned or public.

    Supabase's `anon` key is public by its maker's word (supabase.com/docs/guides/api/api-keys).
    """
    parts = secret.split(b".")
    header = json_object(base64_bytes(parts[0]))
    if header is None:
        # Lines get cut and letters changed by hand; what begins as a header only is one in all likelihood.
        return Verdict(score=_MANGLED_SCORE) if parts[0].startswith(_HEADERS) else None
    if not {"alg", "enc"} & header.keys():
        return None
    algorithm = printable(header.get("alg", ""))
    claims = json_object(base64_bytes(parts[1])) if len(parts) > 1 else None
    if claims is None:
        # The claims of an encrypted token (RFC 7516) cannot be read; those of a signed one must be JSON.
        return Verdict(attributes={"alg": algorithm}, score=0.7) if "enc" in header else None
    facts = {"alg": algorithm}
    facts |= {key: printable(claims[key]) for key in ("iss", "exp", "role") if key in claims}
    if algorithm.lower() == "none" or claims.get("role") == "anon" or claims.get("sub") in _DOCUMENTED:
        return Verdict(attributes=facts, score=_PUBLIC_SCORE)
    if len(parts) == _UNSIGNED_PARTS:
        return Verdict(attributes={**facts, "signed": "no"}, score=_MANGLED_SCORE)
    expiry = claims.get("exp")
    if isinstance(expiry, int | float) and expiry < time.time():
        return Verdict(True, {**facts, "expired": "yes"}, _EXPIRED_SCORE)
    return Verdict(True, facts)
