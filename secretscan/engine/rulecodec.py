"""Rules as JSON lines for the program cache: everything the engine and a report need, without examples."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from secretscan.model.finding import Confidence, Severity
from secretscan.rules.model import Allowlist, Pairing, Rule, VerifyHttp

_LEFT_OUT = frozenset({"examples", "negative_examples", "categories"})


def encode_rule(rule: Rule) -> bytes:
    """Return `rule` as one line of JSON; fields at their default are left out."""
    values = {
        f.name: getattr(rule, f.name)
        for f in fields(Rule)
        if f.name not in _LEFT_OUT and getattr(rule, f.name) != f.default
    }
    return json.dumps(values, default=_plain, separators=(",", ":")).encode()


def decode_rule(line: bytes) -> Rule:
    """Return the rule of a line that `encode_rule` wrote."""
    values: dict[str, Any] = json.loads(line)
    values["severity"] = Severity(values["severity"])
    values["confidence"] = Confidence(values["confidence"])
    for name in ("keywords", "references", "file_kinds"):
        if name in values:
            values[name] = tuple(values[name])
    if "allowlists" in values:
        values["allowlists"] = tuple(_typed(Allowlist, entry) for entry in values["allowlists"])
    if values.get("pair"):
        values["pair"] = _typed(Pairing, values["pair"])
    if values.get("verify"):
        values["verify"] = _typed(VerifyHttp, values["verify"])
    return Rule(**values)


def _typed(kind: type, values: dict[str, Any]) -> Any:  # noqa: ANN401 - the caller names the type
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _plain(value: object) -> object:
    """JSON form of a nested dataclass."""
    return {f.name: getattr(value, f.name) for f in fields(value)}  # type: ignore[arg-type]
