"""Where a baseline lies when nobody says; apart from `file`, so that a hook without one imports nothing."""

from __future__ import annotations

from typing import Final

DEFAULT_NAME: Final = ".secretscan-baseline.json"
"""Name of the baseline at the root of a repository that is used without being asked for."""
