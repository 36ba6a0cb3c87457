"""The short way into `secretscan staged`: its options without Typer, whose import costs more than the scan.

Anything this parser does not know is left to Typer, which then parses the line again and explains. A test
holds both ways to the same arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from secretscan.cli.arguments import FORMATS, LEVELS, ScanArguments

_FLAGS: Final = {
    "--exit-zero": "exit_zero",
    "--no-cache": "no_cache",
    "--no-progress": "no_progress",
    "--quiet": "quiet",
    "-q": "quiet",
    "--show-secrets": "show_secrets",
    "--show-suppressed": "show_suppressed",
    "--whole-files": "whole_files",
}
_VALUES: Final = {
    "--baseline": "baseline",
    "--config": "config",
    "--format": "format",
    "-f": "format",
    "--min-confidence": "min_confidence",
    "--output": "output",
    "-o": "output",
    "--repo": "repo",
}
_CHOICES: Final = {"format": FORMATS, "min_confidence": LEVELS}


def parse_staged(argv: Sequence[str]) -> dict[str, Any] | None:
    """Return the arguments of `staged` by name, or None when Typer must look at them."""
    found: dict[str, Any] = {"repo": ".", "whole_files": False}
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word in _FLAGS:
            found[_FLAGS[word]] = True
            continue
        if name not in _VALUES:
            return None
        target = _VALUES[name]
        text = value if equals and name.startswith("--") else next(words, "-")
        if text.startswith("-") or text not in _CHOICES.get(target, (text,)):
            return None
        found[target] = text
    return found


def quick_staged(argv: Sequence[str]) -> int | None:
    """Run `staged` and return its exit code, or None when Typer must look at the arguments."""
    found = parse_staged(argv)
    if found is None:
        return None
    from secretscan.cli.scans import staged

    repo, whole_files = found.pop("repo"), found.pop("whole_files")
    return staged(repo, ScanArguments(**found), whole_files=whole_files)
