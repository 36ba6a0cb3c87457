"""Values as JSON: the shape of every `--format json` answer of `secretscan aws`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Final, get_args

from secretscan.verify.aws.containment.plan import Step
from secretscan.verify.aws.principal import Principal

SCHEMA_VERSION: Final = 1
"""Raised when a member changes its meaning or goes away."""
_TAGGED: Final = frozenset(get_args(Step) + get_args(Principal))
"""Members of unions: their JSON says which one it is, in `type`."""
_WORD_START: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def document(command: str, content: Mapping[str, object]) -> str:
    """Return the answer of `command` as indented JSON, members in the order given."""
    whole = {"schema_version": SCHEMA_VERSION, "command": command, **content}
    return json.dumps(plain(whole), indent=2, ensure_ascii=False) + "\n"


def plain(value: object) -> object:
    """Return `value` made of what JSON has. A `Secret` is refused, like every type not meant for output."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        kind = type(value)
        tag = {"type": _WORD_START.sub("-", kind.__name__).lower()} if kind in _TAGGED else {}
        return {**tag, **members}
    raise TypeError(f"{type(value).__name__} has no place in an answer")
