"""Which findings an allow comment cannot silence, since the format of their files has none."""

from __future__ import annotations

from typing import Final

from secretscan.model.report import FindingRecord

_WITHOUT: Final = (".csv", ".ipynb", ".json", ".jsonl", ".lock", ".tsv")
"""Ends of names; of lock files, because what writes them keeps no comment."""


def takes_comment(finding: FindingRecord) -> bool:
    """Whether at least one place of `finding` is where a comment can stand."""
    return not all(
        location.where == "file" and location.path.lower().endswith(_WITHOUT)
        for location in finding.locations
    )
