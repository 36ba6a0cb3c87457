"""`secretscan baseline`: known findings that no longer block, each with a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from secretscan.baseline.locate import DEFAULT_NAME
from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.model.report import FindingRecord, Report

app = command_app("Keep known findings in a file, so that only new ones block.")

_File = Annotated[str, typer.Option("--baseline", metavar="FILE", help="The baseline file.")]
_Report = Annotated[
    str,
    typer.Option(
        "--report", metavar="REPORT.json", help="Take the findings of this saved report instead of scanning."
    ),
]
_Repo = Annotated[str, typer.Argument(metavar="[REPO]", help="The repository to audit.")]


@app.command()
def write(
    repo: _Repo = ".",
    baseline: _File = DEFAULT_NAME,
    report: _Report = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why the findings may stay.")
    ] = "known when the baseline was written",
) -> int:
    """Add what an audit of the history finds to the baseline; entries that are there keep their reason."""
    from secretscan.baseline.file import load, merge
    from secretscan.baseline.file import write as write_file

    target = _target(repo, baseline)
    found = _findings(repo, report)
    old = load(target).entries if target.is_file() else ()
    entries = merge(old, [(f.fingerprint, f.rule) for f in found], reason=reason)
    write_file(target, entries)
    print(f"{target}: {len(entries)} entries, {len(entries) - len(old)} new")
    return 0


@app.command()
def prune(repo: _Repo = ".", baseline: _File = DEFAULT_NAME, report: _Report = "") -> int:
    """Drop the entries that an audit of the history no longer finds, and those that have expired."""
    from secretscan.baseline.file import load
    from secretscan.baseline.file import prune as without_unused
    from secretscan.baseline.file import write as write_file

    target = _target(repo, baseline)
    old = load(target)
    seen = {f.fingerprint for f in _findings(repo, report)}
    kept = without_unused(old, seen, today=date.today())
    write_file(target, kept.entries)
    print(f"{target}: {len(kept.entries)} entries kept, {len(old.entries) - len(kept.entries)} dropped")
    return 0


@app.command()
def show(repo: _Repo = ".", baseline: _File = DEFAULT_NAME) -> int:
    """Print the entries, expired ones marked."""
    from secretscan.baseline.file import load
    from secretscan.model.paths import printable

    today = date.today()
    for entry in load(_target(repo, baseline)).entries:
        state = "expired" if entry.is_expired(today) else f"until {entry.expires}" if entry.expires else ""
        print(f"{entry.fingerprint}  {printable(entry.rule):32}  {printable(entry.reason)}  {state}".rstrip())
    return 0


def _target(repo: str, baseline: str) -> Path:
    """The default name lies in the repository, any other where the user says."""
    return Path(repo) / baseline if baseline == DEFAULT_NAME else Path(baseline)


def _findings(repo: str, report: str) -> list[FindingRecord]:
    """Findings of a saved report, or of a fresh audit, what a baseline silences included."""
    made = _saved(report) if report else _audit(repo)
    if not made.scan.complete:
        raise UsageError(
            "the scan is not complete, so a baseline of it would be wrong",
            help="see what was skipped with `secretscan history`, mend it, and try again",
        )
    return [*made.findings, *(f for f in made.suppressed if f.suppressed == "baseline")]


def _saved(report: str) -> Report:
    from secretscan.cli.report import read_input
    from secretscan.report.parse import parse_report

    return parse_report(read_input(report), report)


def _audit(repo: str) -> Report:
    import os

    from secretscan.cli.arguments import ScanArguments
    from secretscan.cli.execute import make_settings
    from secretscan.pipeline.history import scan_history
    from secretscan.sources.git.repository import open_repository

    repository = open_repository(repo, os.environ)
    settings = make_settings(ScanArguments(show_suppressed=True), repository.root)
    try:
        return scan_history(repository, settings)
    finally:
        settings.progress.close()
