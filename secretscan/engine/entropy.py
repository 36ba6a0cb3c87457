"""Shannon entropy of bytes: the oldest, bluntest measure of randomness."""

from __future__ import annotations

from math import log2


def shannon_entropy(text: bytes) -> float:
    """Return the entropy of the byte frequencies of `text`, in bits per byte, 0 to 8.

    Empty input has entropy 0. Source: Shannon, A Mathematical Theory of Communication (1948), section 6.
    """
    length = len(text)
    if length < 2:
        return 0.0
    weighted = 0.0
    for byte in set(text):
        n = text.count(byte)
        weighted += n * log2(n)
    return max(0.0, log2(length) - weighted / length)
