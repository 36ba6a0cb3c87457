"""The options every `secretscan aws` command shares, declared once, and the connection they describe."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from secretscan.cli.aws.state import default_audit_log

if TYPE_CHECKING:
    from secretscan.verify.aws.connection import Connection, LeakedKey


class AwsFormat(StrEnum):
    """How a command answers."""

    TEXT = "text"
    JSON = "json"


def _without_blanks(value: str) -> str:
    return value.strip()


KeyId = Annotated[
    str,
    typer.Argument(metavar="KEY_ID", help="The access key ID: AKIA… or ASIA…", callback=_without_blanks),
]
"""The argument of every command that is about one key; blanks come along when an id is copied."""

_PANEL = "AWS"
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "profile": (
        Annotated[
            str,
            typer.Option(metavar="NAME", help="AWS profile that signs the calls.", rich_help_panel=_PANEL),
        ],
        "",
    ),
    "region": (
        Annotated[
            str, typer.Option(metavar="REGION", help="Region, and with it partition.", rich_help_panel=_PANEL)
        ],
        "",
    ),
    "timeout": (
        Annotated[
            float,
            typer.Option(min=0.1, metavar="SECONDS", help="Limit of one attempt.", rich_help_panel=_PANEL),
        ],
        10.0,
    ),
    "audit_log": (
        Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Where each call is recorded.", rich_help_panel=_PANEL),
        ],
        None,
    ),
    "format": (
        Annotated[AwsFormat, typer.Option("--format", "-f", help="How to answer.", rich_help_panel=_PANEL)],
        AwsFormat.TEXT,
    ),
}


@dataclass(frozen=True, slots=True)
class AwsArguments:
    """The shared options, as given."""

    profile: str
    region: str
    timeout: float
    audit_log: Path | None
    format: AwsFormat

    @property
    def log_path(self) -> Path:
        """The audit log to write to."""
        return self.audit_log or default_audit_log()

    @contextmanager
    def connected(
        self, command: str, *, reason: str = "", leaked: LeakedKey | None = None
    ) -> Iterator[Connection]:
        """Open the audit log and prepare a connection. Nothing is sent before its first call."""
        from secretscan.verify.aws.audit.log import AuditLog
        from secretscan.verify.aws.connection import Connection, Settings

        settings = Settings(profile=self.profile, region=self.region, timeout_s=self.timeout)
        log = AuditLog(self.log_path, command=f"aws {command}", reason=reason)
        try:
            yield Connection(settings, log, leaked=leaked)
        finally:
            log.close()


def aws_options(
    command: Callable[..., int], *, taking: Sequence[str] = tuple(_OPTIONS)
) -> Callable[..., int]:
    """Return `command` for Typer with the shared options added, or those of `taking`; it receives them as `arguments`."""
    signature = inspect.signature(command, eval_str=True)
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name != "arguments"
    ]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name in taking
        for annotation, default in (_OPTIONS[name],)
    ]

    @wraps(command)
    def wrapper(**values: Any) -> int:  # noqa: ANN401 - Typer passes what the signature declares
        taken = {name: values.pop(name, default) for name, (_, default) in _OPTIONS.items()}
        return command(**values, arguments=AwsArguments(**taken))

    wrapper.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in [*own, *shared]} | {"return": int}
    return wrapper
