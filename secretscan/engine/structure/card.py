"""Numbers that look like payment cards. They are somebody's data, but no credential."""

from __future__ import annotations

from collections.abc import Mapping

from secretscan.engine.structure.verdict import PLAUSIBLE, Verdict


def is_card_number(digits: bytes) -> bool:
    """Return whether `digits` is 13 to 19 digits with a right check digit (ISO/IEC 7812-1, B)."""
    if not digits.isdigit() or not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, byte in enumerate(reversed(digits)):
        value = byte - 48
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def not_card(secret: bytes, _: Mapping[str, bytes]) -> Verdict | None:
    """Drop a value that is a card number."""
    return None if is_card_number(secret) else PLAUSIBLE
