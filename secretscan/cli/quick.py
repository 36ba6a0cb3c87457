"""The short way into a scan: its options without Typer, whose import costs more than most scans.

Anything this parser does not know is left to Typer, which then parses the line again and explains. A test
holds both ways to the same arguments (tests/integration/cli/test_quick.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from secretscan.cli.arguments import FORMATS, LEVELS, ScanArguments

_FLAGS: Final = {
    "--exit-zero": "exit_zero",
    "--no-cache": "no_cache",
    "--no-hyperscan": "no_hyperscan",
    "--no-progress": "no_progress",
    "--quiet": "quiet",
    "-q": "quiet",
    "--show-secrets": "show_secrets",
    "--show-suppressed": "show_suppressed",
    "--verbose": "verbose",
    "-v": "verbose",
    "--verify": "verify",
    "--verify-canaries": "verify_canaries",
}
_VALUES: Final = {
    "--baseline": "baseline",
    "--config": "config",
    "--format": "format",
    "-f": "format",
    "--jobs": "jobs",
    "-j": "jobs",
    "--max-bytes": "max_bytes",
    "--min-confidence": "min_confidence",
    "--output": "output",
    "-o": "output",
    "--reader": "reader",
    "--sarif-scope": "sarif_scope",
}
_CHOICES: Final = {
    "format": FORMATS,
    "min_confidence": LEVELS,
    "reader": ("auto", "cat-file", "pack"),
    "sarif_scope": ("all", "head"),
}
_NUMBERS: Final = frozenset({"jobs", "max_bytes"})
_MANY: Final = 1 << 30


class _Command(NamedTuple):
    """What a scan has beside the options that all share."""

    function: str
    """Its name in `cli.scans`."""
    defaults: Mapping[str, Any]
    """Its own arguments, with their values when they are not given."""
    flags: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    operand: str = ""
    """The argument that words without an option become."""
    operands: tuple[int, int] = (0, 0)
    """How few and how many of those there may be."""


_COMMANDS: Final = {
    "staged": _Command(
        "staged",
        {"repo": ".", "whole_files": False},
        flags={"--whole-files": "whole_files"},
        values={"--repo": "repo"},
    ),
    "history": _Command(
        "history",
        {"repo": ".", "unreachable": False, "rev": "", "since": "", "stats": False},
        flags={"--unreachable": "unreachable", "--stats": "stats"},
        values={"--rev": "rev", "--since": "since"},
        operand="repo",
        operands=(0, 1),
    ),
    "range": _Command(
        "commit_range",
        {"repo": ".", "stats": False},
        flags={"--stats": "stats"},
        values={"--repo": "repo"},
        operand="revisions",
        operands=(1, 1),
    ),
    "files": _Command(
        "files",
        {"no_gitignore": False},
        flags={"--no-gitignore": "no_gitignore"},
        operand="paths",
        operands=(1, _MANY),
    ),
    "stdin": _Command("stdin", {"name": "stdin"}, values={"--name": "name"}),
}


def quick_scan(argv: Sequence[str]) -> int | None:
    """Run the scan that `argv` asks for and return its exit code, or None when Typer must look at the arguments."""
    found = parse_scan(argv)
    if found is None:
        return None
    from secretscan.cli import scans

    function, arguments = found
    return int(getattr(scans, function)(**arguments))


def parse_scan(argv: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    """Return which function of `cli.scans` to call with which arguments, or None when Typer must look at them."""
    command = _COMMANDS.get(argv[0]) if argv else None
    if command is None:
        return None
    found = _parse(argv[1:], command)
    if found is None:
        return None
    named, operands = found
    least, most = command.operands
    if not least <= len(operands) <= most:
        return None
    own = {**command.defaults, **{name: named.pop(name) for name in list(named) if name in command.defaults}}
    if operands:
        own[command.operand] = operands if most > 1 else operands[0]
    return command.function, {**own, "arguments": ScanArguments(**named)}


def _parse(words: Sequence[str], command: _Command) -> tuple[dict[str, Any], list[str]] | None:
    """Return the arguments by name, and the words without an option."""
    flags, values = {**_FLAGS, **command.flags}, {**_VALUES, **command.values}
    named: dict[str, Any] = {}
    operands: list[str] = []
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if word in flags:
            named[flags[word]] = True
        elif name in values:
            target = values[name]
            text = value if equals and name.startswith("--") else next(left, "-")
            if text.startswith("-") or text not in _CHOICES.get(target, (text,)):
                return None
            if target in _NUMBERS and not (text.isascii() and text.isdigit()):
                return None
            named[target] = int(text) if target in _NUMBERS else text
        elif word.startswith("-"):
            return None
        else:
            operands.append(word)
    return named, operands
