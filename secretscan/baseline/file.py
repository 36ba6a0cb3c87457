"""The baseline file: fingerprints of findings that are known and accepted, each with a reason.

    {"version": 1, "entries": [
      {"fingerprint": "…32 hex…", "rule": "aws-access-key", "reason": "rotated", "expires": "2027-01-31"},
      …]}

One entry a line, sorted by rule and fingerprint, without dates of writing, paths or line numbers: it changes
only when what is accepted changes, and merges like source code.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from secretscan.baseline.parse import Parsed, parse
from secretscan.errors import BaselineError

DEFAULT_NAME = ".secretscan-baseline.json"
"""Name of the baseline at the root of a repository that is used without being asked for."""
VERSION = 1
"""Version of the file format."""
MAX_FILE_BYTES = 64 << 20
"""Size from which a baseline is refused: half a million entries; more is not an audit but a mistake."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted finding."""

    fingerprint: str
    rule: str
    """For people; the fingerprint alone decides."""
    reason: str
    expires: date | None = None
    """The last day on which it silences; `None` for ever."""

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of one file, ready for look-ups."""

    entries: tuple[Entry, ...] = ()
    path: str = ""
    """As given, for messages; empty when there is no file."""
    _by_fingerprint: dict[str, Entry] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_fingerprint.update((entry.fingerprint, entry) for entry in self.entries)

    def covers(self, fingerprint: str, today: date) -> bool:
        """Whether a finding with `fingerprint` is known and its entry still holds."""
        entry = self._by_fingerprint.get(fingerprint)
        return entry is not None and not entry.is_expired(today)

    def expired(self, today: date) -> tuple[Entry, ...]:
        """Return the entries that no longer silence anything; the report states them."""
        return tuple(entry for entry in self.entries if entry.is_expired(today))


def load(path: Path, *, help: str = "") -> Baseline:
    """Return the baseline at `path`; `help` is the next step where there is none.

    Reads UTF-8 and UTF-16 with a byte order mark, which is what PowerShell's `>` writes. Raises
    `BaselineError` with file, line and next step when the file is missing, unreadable or says something else.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    except OSError as error:
        raise BaselineError(
            f"baseline {path} cannot be read: {error.strerror or type(error).__name__}",
            help=help
            or "write one with `secretscan baseline write --baseline FILE`, or leave --baseline out",
        ) from error
    if size > MAX_FILE_BYTES:
        raise BaselineError(
            f"baseline {path} has {size} bytes, more than {MAX_FILE_BYTES}",
            help="exclude the folders it covers with `exclude` in .secretscan.toml instead",
        )
    return Baseline(tuple(_entries(parse(data, str(path)), str(path))), str(path))


def render(entries: Iterable[Entry]) -> str:
    """Return the text of a baseline file: same entries, same bytes."""
    rows = sorted({_row(entry) for entry in entries})
    lines = ",\n".join(f"    {text}" for _, _, text in rows)
    return f'{{\n  "version": {VERSION},\n  "entries": [' + (f"\n{lines}\n  ]\n}}\n" if rows else "]\n}\n")


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a baseline file in one step: an interrupt never leaves half of one. Raises `BaselineError`."""
    text = render(entries)
    temporary = ""
    try:
        target = path.resolve()
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=".baseline-", delete=False
        ) as stream:
            temporary = stream.name
            stream.write(text)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
        temporary = ""
    except (OSError, RuntimeError) as error:
        raise BaselineError(
            f"baseline {path} cannot be written: {getattr(error, 'strerror', None) or type(error).__name__}",
            help="choose a folder you may write to with --baseline",
        ) from error
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def merge(old: Iterable[Entry], found: Iterable[tuple[str, str]], *, reason: str) -> tuple[Entry, ...]:
    """Return `old` with an entry for each (fingerprint, rule) of `found` that it does not know.

    Known entries keep their reason and expiry: writing a baseline again never extends what somebody limited.
    """
    entries = {entry.fingerprint: entry for entry in old}
    for mark, rule in found:
        entries.setdefault(mark, Entry(mark, rule, reason))
    return tuple(entries.values())


def prune(baseline: Baseline, seen: Collection[str], *, today: date | None = None) -> Baseline:
    """Return `baseline` without the entries that nothing uses, nor, with `today`, those that have expired."""
    kept = (
        entry
        for entry in baseline.entries
        if entry.fingerprint in seen and not (today is not None and entry.is_expired(today))
    )
    return replace(baseline, entries=tuple(kept))


def _row(entry: Entry) -> tuple[str, str, str]:
    """Return sort keys and JSON text of one entry."""
    fields = {"fingerprint": entry.fingerprint, "rule": entry.rule, "reason": entry.reason}
    if entry.expires is not None:
        fields["expires"] = entry.expires.isoformat()
    text = json.dumps(fields, ensure_ascii=False)
    # half a surrogate pair is no character, and cannot be written but spelled out
    is_text = not any("\ud800" <= character <= "\udfff" for character in text)
    return entry.rule, entry.fingerprint, text if is_text else json.dumps(fields)


def _entries(parsed: Iterable[Parsed], path: str) -> Iterator[Entry]:
    """Yield the entries, each fingerprint once. Raises `BaselineError` when two lines disagree."""
    known: dict[str, tuple[Parsed, int]] = {}
    for item in parsed:
        first = known.setdefault(item.fingerprint, (item, item.line))
        if first[0] is item:
            yield Entry(item.fingerprint, item.rule, item.reason, item.expires)
        elif replace(first[0], line=0) != replace(item, line=0):
            raise BaselineError(
                f"{path}:{item.line}: fingerprint {item.fingerprint[:8]}… stands on line {first[1]} too, "
                "with another reason or expiry",
                help="delete one of the two lines",
            )
