"""`secretscan baseline`: known findings that no longer block, each with a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from secretscan.baseline.locate import DEFAULT_NAME
from secretscan.cli.known import baseline_path, hint, root_of
from secretscan.cli.options import command_app
from secretscan.errors import UsageError
from secretscan.model.counts import plural
from secretscan.model.paths import printable
from secretscan.model.report import FindingRecord, Report
from secretscan.sources.git.repository import Repository, open_repository

if TYPE_CHECKING:
    from secretscan.pipeline.settings import ScanSettings

app = command_app("Keep known findings in a file, so that only new ones block.")

_File = Annotated[
    str,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help=f"The baseline file.  [default: that of the configuration, or {DEFAULT_NAME} at the root]",
    ),
]
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
    baseline: _File = "",
    report: _Report = "",
    staged: Annotated[
        bool, typer.Option("--staged", help="Add what `secretscan staged` finds, not what the history holds.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why the findings may stay.")
    ] = "known when the baseline was written",
) -> int:
    """Add what an audit of the history finds to the baseline; entries that are there keep their reason."""
    from secretscan.baseline.file import load, merge
    from secretscan.baseline.file import write as write_file

    if staged and report:
        raise UsageError("--staged and --report name two sources", help="leave one of them out")
    target, _ = _target(repo, baseline)
    made = _saved(report) if report else _staged(repo) if staged else _audit(repo)
    found = _findings(made)
    old = load(target).entries if target.is_file() else ()
    entries = merge(old, [(f.fingerprint, f.rule) for f in found], reason=reason)
    write_file(target, entries)
    new = len(entries) - len(old)
    print(f"{target}: {_entries(len(entries))}, {new:,} new")
    if not new:
        print(_why_nothing(made, found))
    return 0


@app.command()
def prune(repo: _Repo = ".", baseline: _File = "", report: _Report = "") -> int:
    """Drop the entries that an audit of the history no longer finds, and those that have expired."""
    from secretscan.baseline.file import load
    from secretscan.baseline.file import prune as without_unused
    from secretscan.baseline.file import write as write_file

    target, step = _target(repo, baseline)
    old = load(target, help=step)
    made = _saved(report) if report else _audit(repo)
    _check_whole(made, report)
    seen = {f.fingerprint for f in _findings(made)}
    kept = without_unused(old, seen, today=date.today())
    write_file(target, kept.entries)
    dropped = len(old.entries) - len(kept.entries)
    print(f"{target}: {_entries(len(kept.entries))} kept, {dropped:,} dropped")
    return 0


@app.command()
def show(repo: _Repo = ".", baseline: _File = "") -> int:
    """Print the entries, expired ones marked."""
    from secretscan.baseline.file import load

    today = date.today()
    target, step = _target(repo, baseline)
    for entry in load(target, help=step).entries:
        state = "expired" if entry.is_expired(today) else f"until {entry.expires}" if entry.expires else ""
        print(f"{entry.fingerprint}  {printable(entry.rule):32}  {printable(entry.reason)}  {state}".rstrip())
    return 0


def _target(repo: str, baseline: str) -> tuple[Path, str]:
    """Return the file that scans of `repo` read, and the next step where it cannot be read."""
    from secretscan.config.discover import configuration

    if baseline:
        return Path(baseline), "check the name after --baseline"
    root = root_of(repo)
    config = configuration(root)
    path = baseline_path("", config, root)
    if path is None:
        raise UsageError(
            f"{repo} is a bare repository, which has no place for a baseline",
            help="name a file with --baseline, in the scans too",
        )
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path, hint(config)


def _findings(made: Report) -> list[FindingRecord]:
    """Findings of a report, what a baseline silences included."""
    if not made.scan.complete:
        raise UsageError(
            "the scan is not complete, so a baseline of it would be wrong",
            help="see what was skipped with the same scan, mend it, and try again",
        )
    return [*made.findings, *_silenced(made)]


def _silenced(made: Report) -> list[FindingRecord]:
    """Findings of a report that the baseline silenced, as far as it lists them."""
    return [f for f in made.suppressed if f.suppressed == "baseline"]


def _check_whole(made: Report, report: str) -> None:
    """Raise `UsageError` for a saved report that does not tell all that entries may stand for."""
    step = "secretscan history --show-suppressed --format json --output REPORT.json"
    if made.scan.kind != "history":
        problem = f"a report of `{printable(made.scan.kind)}` does not tell what the history holds"
    elif made.scan.suppressed.get("baseline", 0) > len(_silenced(made)):
        problem = "it leaves out the findings that the baseline silenced, whose entries would be dropped"
    else:
        return
    raise UsageError(f"{printable(report)}: {problem}; nothing was written", help=f"make it with `{step}`")


def _saved(report: str) -> Report:
    from secretscan.cli.report import read_input
    from secretscan.report.parse import parse_report

    return parse_report(read_input(report), report)


def _entries(count: int) -> str:
    return plural(count, "entry", "entries")


def _why_nothing(made: Report, found: list[FindingRecord]) -> str:
    """Return why nothing was added, which a commit that stays blocked would leave open."""
    if found:
        return "nothing was added: what was found is in it already"
    other = "" if made.scan.kind == "staged" else "; `secretscan baseline write --staged` adds what is staged"
    return f"nothing was added: nothing was found{other}"


def _audit(repo: str) -> Report:
    """Audit without a baseline, which would only hide what is asked for, and may not be there yet."""
    from secretscan.pipeline.history import scan_history

    repository = open_repository(repo, os.environ)
    return _scanned(repository, lambda settings: scan_history(repository, settings))


def _staged(repo: str) -> Report:
    """Scan the index as the hook does, but without a baseline."""
    from secretscan.pipeline.direct import scan_staged

    repository = open_repository(repo, os.environ, as_hook=True)
    return _scanned(repository, lambda settings: scan_staged(repository, settings))


def _scanned(repository: Repository, scan: Callable[[ScanSettings], Report]) -> Report:
    from secretscan.cli.arguments import ScanArguments
    from secretscan.cli.execute import make_settings

    settings = make_settings(ScanArguments(), repository.root, with_baseline=False)
    try:
        return scan(settings)
    finally:
        settings.progress.close()
