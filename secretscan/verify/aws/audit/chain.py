"""The hash chain of the audit log: how lines are linked, and what checking them finds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

GENESIS: Final = "0" * 64
"""What the first line holds in place of a previous line's hash."""


def line_hash(line: bytes) -> str:
    """Return the SHA-256 of a log line without its newline, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def encode(number: int, previous: str, content: Mapping[str, object]) -> bytes:
    """Return the line for `content`: compact JSON that starts with its number and the previous hash."""
    entry = {"n": number, "prev": previous, **content}
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=True, default=str).encode()


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What reading a log from its first line to its last found."""

    lines: int
    head: str
    """Hash of the last line. Kept elsewhere, it also proves that nothing was cut off the end."""
    problems: tuple[str, ...]
    """One sentence for each broken link, in the order of the lines; empty when the chain holds."""
    unfinished: tuple[str, ...]
    """Calls that were begun and never completed: the process died in between."""


def check(lines: Iterable[bytes], *, expected_head: str = "") -> ChainCheck:
    """Return what is wrong with the chain of `lines` (newlines stripped).

    With `expected_head`, a log that does not contain a line of that hash has lost its end.
    """
    problems: list[str] = []
    begun: dict[tuple[str, int], str] = {}
    number, previous, head_seen = 0, GENESIS, not expected_head
    for number, line in enumerate(lines, start=1):
        entry = _parse(line)
        if entry is None:
            problems.append(f"line {number} is not a log entry")
        else:
            problems.extend(_link_problems(number, previous, entry))
            _pair(begun, entry)
        previous = line_hash(line)
        head_seen = head_seen or previous == expected_head
    if not head_seen:
        problems.append(f"no line has the expected hash {expected_head}: the end of the log is missing")
    return ChainCheck(number, previous, tuple(problems), tuple(begun.values()))


def _parse(line: bytes) -> dict[str, object] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _link_problems(number: int, previous: str, entry: Mapping[str, object]) -> list[str]:
    problems = []
    if entry.get("n") != number:
        problems.append(f"line {number} says it is number {entry.get('n')}: lines are missing or were added")
    if entry.get("prev") != previous:
        what = "the first line" if number == 1 else f"line {number - 1}"
        problems.append(f"line {number} does not follow {what}: it was changed, removed or replaced")
    return problems


def _pair(begun: dict[tuple[str, int], str], entry: Mapping[str, object]) -> None:
    call = entry.get("call")
    if not isinstance(call, int):
        return
    key = (str(entry.get("run")), call)
    if entry.get("event") == "call":
        begun[key] = f"{entry.get('action')} at {entry.get('time')} (line {entry.get('n')})"
    else:
        begun.pop(key, None)
