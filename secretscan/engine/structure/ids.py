"""Tokens whose first part is an id or a marker in base64, and values of a known decoded size."""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.engine.structure.encoded import base64_bytes
from secretscan.engine.structure.verdict import CERTAIN, PLAUSIBLE, Verdict

_FIRST_SNOWFLAKE = 1 << 42
"""Discord ids of 2015 and later are beyond this; see discord.com/developers/docs/reference#snowflakes."""
_MANGLED_SCORE = 0.6
_JFROG_KEY_BYTES = 54
_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def discord_bot(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the first part decodes to the bot's id. Source: discord.com/developers/docs/reference."""
    number = base64_bytes(secret.split(b".")[0]) or b""
    if not number.isdigit() or int(number) < _FIRST_SNOWFLAKE:
        # An id with a letter changed by hand hides nobody: the rest still has the form. Dotted names do not.
        return Verdict(score=_MANGLED_SCORE) if all(map(_is_random, secret.split(b".")[::2])) else None
    return Verdict(True, {"user_id": number.decode()})


def _is_random(text: bytes) -> bool:
    return any(48 <= byte <= 57 for byte in text) and text.lower() != text != text.upper()


def telegram_bot(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Return the bot's id, the public part before the colon. Source: core.telegram.org/bots/api."""
    number, _, token = secret.partition(b":")
    if len(set(token)) < 12:
        return None
    return Verdict(attributes={"bot_id": number.decode()})


def jfrog_reference(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the token decodes to `reftkn:NN:expiry:…`. Source: jfrog.com/help, reference tokens."""
    parts = (base64_bytes(secret) or b"").split(b":")
    if len(parts) != 4 or parts[0] != b"reftkn" or not parts[2].isdigit():
        return None
    expiry = int(parts[2])
    return Verdict(True, {"exp": str(expiry)} if expiry else {})


def jfrog_api_key(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when `AKCp…` is base58 of 54 bytes."""
    number = 0
    for byte in secret:
        digit = _BASE58.find(byte)
        if digit < 0:
            return None
        number = number * 58 + digit
    return CERTAIN if (number.bit_length() + 7) // 8 == _JFROG_KEY_BYTES else None


def bitbucket_server(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the token decodes to a number, a colon and 20 random bytes.

    Source: confluence.atlassian.com, "Personal access tokens" of the server products.
    """
    data = base64_bytes(secret.removeprefix(b"BBDC-")) or b""
    number, colon, rest = data.partition(b":")
    if not colon or not number.isdigit() or len(number) + 1 + len(rest) != 33:
        return None
    return CERTAIN


def base64_64_bytes(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the key decodes to 64 bytes of random look: Azure storage, Cosmos DB, Batch.

    Source: learn.microsoft.com/azure/storage/common/storage-account-keys-manage.
    """
    return _random_bytes(secret, 64, 40)


def base64_32_bytes(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Likely when the key decodes to 32 bytes of random look: Azure Service Bus, IoT Hub, Event Hubs."""
    return _random_bytes(secret, 32, 20)


def _random_bytes(secret: bytes, size: int, distinct: int) -> Verdict | None:
    data = base64_bytes(secret)
    return CERTAIN if data is not None and len(data) == size and len(set(data)) >= distinct else None


def mixed(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Drop a value without a digit or without a letter: a name or a number, where keys mix both."""
    digits = sum(48 <= byte <= 57 for byte in secret)
    return PLAUSIBLE if 0 < digits < len(secret) else None


def no_words(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Drop a name, a slug or a path that begins like a token."""
    from secretscan.engine.judge.keyed import is_worded

    return None if is_worded(secret) else PLAUSIBLE
