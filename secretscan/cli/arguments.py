"""`ScanArguments`: the options every scan shares, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

FORMATS = (
    "text",
    "json",
    "jsonl",
    "sarif",
    "csv",
    "junit",
    "github",
    "gitlab",
    "html",
    "markdown",
    "filter-repo",
)
"""Names of the output formats, as `report.FORMATS` has them; a test keeps the two equal."""
LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class ScanArguments:
    """Options of every scan, as given on the command line. Names and defaults are the contract's."""

    format: str = "text"
    output: str = ""
    config: str = ""
    baseline: str = ""
    min_confidence: str = ""
    """Empty: the configuration's, or medium."""
    verify: bool = False
    verify_canaries: bool = False
    show_secrets: bool = False
    show_suppressed: bool = False
    sarif_scope: str = "all"
    jobs: int = 0
    """0: one for each core."""
    max_bytes: int = 0
    """0: the configuration's, or 64 MiB."""
    no_cache: bool = False
    no_progress: bool = False
    no_hyperscan: bool = False
    exit_zero: bool = False
    quiet: bool = False
    verbose: bool = False
    reader: str = "auto"
