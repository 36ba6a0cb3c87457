"""age's secret keys: bech32 with its own checksum."""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.engine.structure.verdict import CERTAIN, Verdict
from secretscan.rules.checksums import BECH32, bech32_polymod, bech32_prefix


def age_key(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
    """Certain when the bech32 checksum of `AGE-SECRET-KEY-1…` holds. Source: BIP 173."""
    prefix, _, data = secret.lower().rpartition(b"1")
    values = [BECH32.find(byte) for byte in data]
    if -1 in values or bech32_polymod(bech32_prefix(prefix) + values) != 1:
        return None
    return CERTAIN
