"""What is already known: fingerprints, the baseline file and allow comments. Pure but for one file."""

from __future__ import annotations
