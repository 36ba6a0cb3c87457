"""The shared scan options for Typer: declared once, added to the signature of each scan command."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.model.finding import Confidence as Level
from secretscan.report import OutputFormat as Format
from secretscan.report import SarifScope as Scope

__all__ = ["Format", "Level", "Reader", "Scope", "Stats", "command_app", "scan_options"]


class Reader(StrEnum):
    """Who reads the objects of a history."""

    AUTO = "auto"
    CAT_FILE = "cat-file"
    PACK = "pack"


_OUTPUT = "Output"
_SCAN = "Scan"

Stats = Annotated[
    bool,
    typer.Option("--stats", help="Say on stderr how long each stage took.", rich_help_panel=_OUTPUT),
]
"""The option of the scans that walk commits."""

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "format": (
        Annotated[
            Format, typer.Option("--format", "-f", help="How to write the report.", rich_help_panel=_OUTPUT)
        ],
        Format.TEXT,
    ),
    "output": (
        Annotated[
            str,
            typer.Option(
                "--output", "-o", metavar="FILE", help="Write the report there.", rich_help_panel=_OUTPUT
            ),
        ],
        "",
    ),
    "show_secrets": (
        Annotated[
            bool,
            typer.Option("--show-secrets", help="Do not redact the secrets.", rich_help_panel=_OUTPUT),
        ],
        False,
    ),
    "show_suppressed": (
        Annotated[
            bool,
            typer.Option("--show-suppressed", help="List what was silenced too.", rich_help_panel=_OUTPUT),
        ],
        False,
    ),
    "sarif_scope": (
        Annotated[
            Scope,
            typer.Option(
                "--sarif-scope", help="All findings, or those HEAD still holds.", rich_help_panel=_OUTPUT
            ),
        ],
        Scope.ALL,
    ),
    "no_progress": (
        Annotated[bool, typer.Option("--no-progress", help="Draw no progress bar.", rich_help_panel=_OUTPUT)],
        False,
    ),
    "quiet": (
        Annotated[
            bool,
            typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.", rich_help_panel=_OUTPUT),
        ],
        False,
    ),
    "verbose": (
        Annotated[
            bool,
            typer.Option(
                "--verbose", "-v", help="Say on stderr what was done and how.", rich_help_panel=_OUTPUT
            ),
        ],
        False,
    ),
    "exit_zero": (
        Annotated[
            bool,
            typer.Option("--exit-zero", help="Exit 0 although there are findings.", rich_help_panel=_OUTPUT),
        ],
        False,
    ),
    "config": (
        Annotated[
            str,
            typer.Option("--config", metavar="FILE", help="Use this configuration.", rich_help_panel=_SCAN),
        ],
        "",
    ),
    "baseline": (
        Annotated[
            str,
            typer.Option("--baseline", metavar="FILE", help="Known findings to pass.", rich_help_panel=_SCAN),
        ],
        "",
    ),
    "min_confidence": (
        Annotated[
            Level | None,
            typer.Option(
                "--min-confidence",
                help="Lowest confidence that counts.  [default: medium]",
                rich_help_panel=_SCAN,
            ),
        ],
        None,
    ),
    "verify": (
        Annotated[
            bool,
            typer.Option(
                "--verify", help="Ask the providers whether they still work (network).", rich_help_panel=_SCAN
            ),
        ],
        False,
    ),
    "verify_canaries": (
        Annotated[
            bool,
            typer.Option(
                "--verify-canaries", help="Ask even about known canary accounts.", rich_help_panel=_SCAN
            ),
        ],
        False,
    ),
    "jobs": (
        Annotated[
            int,
            typer.Option(
                "--jobs",
                "-j",
                min=0,
                metavar="N",
                help="Worker processes; 0: one a core.",
                rich_help_panel=_SCAN,
            ),
        ],
        0,
    ),
    "max_bytes": (
        Annotated[
            int,
            typer.Option(
                "--max-bytes",
                min=0,
                metavar="N",
                help="Skip (and state) larger files.  [default: 64 MiB]",
                show_default=False,
                rich_help_panel=_SCAN,
            ),
        ],
        0,
    ),
    "no_cache": (
        Annotated[
            bool,
            typer.Option(
                "--no-cache",
                help="Scan everything again, and write nothing to the cache.",
                rich_help_panel=_SCAN,
            ),
        ],
        False,
    ),
    "no_hyperscan": (
        Annotated[
            bool,
            typer.Option("--no-hyperscan", help="Use the pure-Python prefilter.", rich_help_panel=_SCAN),
        ],
        False,
    ),
    "reader": (
        Annotated[
            Reader,
            typer.Option("--reader", help="Who reads the objects of a history.", rich_help_panel=_SCAN),
        ],
        Reader.AUTO,
    ),
}


def scan_options(command: Callable[..., int]) -> Callable[..., int]:
    """Return `command` for Typer with the shared options added; it receives them as `arguments`."""
    signature = inspect.signature(command, eval_str=True)
    own = [p for name, p in signature.parameters.items() if name != "arguments"]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _OPTIONS.items()
    ]

    @wraps(command)
    def wrapper(**values: Any) -> int:  # noqa: ANN401 - Typer passes what the signature declares
        taken = {name: values.pop(name) for name in _OPTIONS}
        plain: dict[str, Any] = {k: str(v) if isinstance(v, StrEnum) else v for k, v in taken.items()}
        plain["min_confidence"] = plain["min_confidence"] or ""
        return command(**values, arguments=ScanArguments(**plain))

    own = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
    wrapper.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {p.name: p.annotation for p in [*own, *shared]} | {"return": int}
    return wrapper


def command_app(help: str) -> typer.Typer:
    """Return an empty Typer application for one command or group of secretscan."""
    return typer.Typer(
        help=help,
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        pretty_exceptions_show_locals=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
