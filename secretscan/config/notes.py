"""What a configuration takes away, in sentences: no repository switches off its scan without a trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from secretscan.config.model import Allow, Config
from secretscan.model.counts import plural
from secretscan.model.finding import Confidence

_SHOWN = 20
"""Names listed in one note; the rest is counted."""


def notes_of(config: Config, unverified: Iterable[str] = ()) -> Config:
    """Return `config` with its `notes`: everything that makes a scan see or say less than the defaults.

    `unverified` are ids of rules whose `verify` table was dropped because the file is not trusted.
    """
    ignored = tuple(unverified)
    notes = [
        *_rule_notes(config),
        *([f"does not scan paths: {_list(config.exclude)}"] if config.exclude else []),
        *(_allow_note(allow) for allow in config.allow),
        *([f"uses the baseline {config.baseline.name}"] if config.baseline else []),
        *([f"may not choose how to verify, so `verify` is ignored in: {_list(ignored)}"] if ignored else []),
        *([f"never verifies: {_list(config.verify.skip)}"] if config.verify.skip else []),
        *(
            [f"never tries keys of AWS accounts: {_list(config.verify.canary_accounts)}"]
            * bool(config.verify.canary_accounts)
        ),
    ]
    return replace(config, notes=tuple(f"{config.source} {note}" for note in notes))


def _rule_notes(config: Config) -> list[str]:
    """Return the notes about rules, thresholds and limits."""
    notes = []
    if not config.extend:
        notes.append("does without the built-in rules (extend = false)")
    if config.disable:
        notes.append(f"turns off rules: {_list(config.disable)}")
    if config.severity:
        changed = [f"{rule_id} {level}" for rule_id, level in sorted(config.severity.items())]
        notes.append(f"changes severities: {_list(changed)}")
    if config.min_confidence is Confidence.HIGH:
        notes.append("reports high confidence only")
    if config.max_file_bytes is not None:
        notes.append(f"skips files over {config.max_file_bytes} bytes")
    return notes


def _allow_note(allow: Allow) -> str:
    """Return what one `[[allow]]` entry covers; its regexes are counted, as they may spell a secret."""
    parts = [f"rules {_list(allow.rules)}"] if allow.rules else []
    parts += [f"paths {_list(allow.paths)}"] if allow.paths else []
    counts = (("secret", allow.secrets), ("line", allow.lines), ("fingerprint", allow.fingerprints))
    parts += [f"{plural(len(items), f'{name} pattern')}" for name, items in counts if items]
    until = f" until {allow.expires.isoformat()}" if allow.expires else ""
    return f"(line {allow.line}) allows {', '.join(parts)}{until}: {allow.reason}"


def _list(names: Iterable[str]) -> str:
    """Return `names` joined, the first `_SHOWN` of them."""
    items = list(names)
    rest = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + rest
