"""Reports: one module per format, each a pure function of the report.

`FORMATS` is the list of formats. A renderer's module is imported when it is first used, so that the hook,
whose start must not be felt, pays for no format but its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Final, Protocol, cast

from secretscan.model.report import Report
from secretscan.report.options import RenderOptions, SarifScope

__all__ = ["FORMATS", "Format", "OutputFormat", "RenderOptions", "Renderer", "SarifScope", "render"]


class OutputFormat(StrEnum):
    """The formats a report can be written in, as the command line names them."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    CSV = "csv"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    HTML = "html"
    MARKDOWN = "markdown"
    FILTER_REPO = "filter-repo"


class Renderer(Protocol):
    """What the module of a format offers."""

    def render(self, report: Report, *, options: RenderOptions) -> str:
        """Return the whole report in this format, ending in a line break."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format and where its renderer is."""

    module: str
    """Name of the module in this package."""
    needs_plaintext: bool = False
    """Whether the report must have been made with `--show-secrets`."""

    def load(self) -> Renderer:
        """Return the renderer, importing it on first use."""
        return cast(Renderer, import_module(f"secretscan.report.{self.module}"))


FORMATS: Final[Mapping[OutputFormat, Format]] = {
    OutputFormat.TEXT: Format("text"),
    OutputFormat.JSON: Format("json"),
    OutputFormat.JSONL: Format("jsonl"),
    OutputFormat.SARIF: Format("sarif"),
    OutputFormat.CSV: Format("csv"),
    OutputFormat.JUNIT: Format("junit"),
    OutputFormat.GITHUB: Format("github"),
    OutputFormat.GITLAB: Format("gitlab"),
    OutputFormat.HTML: Format("html"),
    OutputFormat.MARKDOWN: Format("markdown"),
    OutputFormat.FILTER_REPO: Format("filter_repo", needs_plaintext=True),
}
"""Every format. A new one is a module with `render`, a member of `OutputFormat`, a row, an expected file."""


def render(report: Report, output: OutputFormat, *, options: RenderOptions) -> str:
    """Return `report` in the format `output`.

    Raises `UsageError` when the format cannot express the report (`filter-repo` without plaintext).
    """
    return FORMATS[output].load().render(report, options=options)
