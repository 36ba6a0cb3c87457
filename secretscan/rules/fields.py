"""The fields a rule file may hold, table by table. Any other name is a mistake that `load` reports."""

from __future__ import annotations

from typing import Final

FILE_FIELDS: Final = frozenset({"provider", "rules", "keyed"})
"""The top of a rule file."""

PAIR_FIELDS: Final = frozenset({"with", "as", "within_lines", "becomes", "required", "public"})
"""`[rules.pair]`."""

ALLOW_FIELDS: Final = frozenset({"reason", "secrets", "lines", "paths", "stopwords"})
"""`[[rules.allowlists]]`."""

VERIFY_FIELDS: Final = frozenset(
    {"method", "url", "headers", "body", "basic", "identity"}
    | {"active_status", "active_body", "inactive_status", "inactive_body"}
)
"""`[rules.verify]`."""

RULE_FIELDS: Final = frozenset(
    {"id", "name", "provider", "description", "severity", "confidence", "categories", "references", "remedy"}
    | {
        "pattern",
        "composite",
        "keywords",
        "min_entropy",
        "structure",
        "judge",
        "family",
        "file_kinds",
        "allowlists",
    }
    | {"pair", "verifier", "verify", "examples", "negative_examples"}
)
"""`[[rules]]`."""
