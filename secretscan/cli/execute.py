"""What every scan command does after parsing: settings, scan, report, summary, exit code."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.exits import Exit, exit_code
from secretscan.cli.output import check_output, write_output
from secretscan.model.finding import Confidence
from secretscan.pipeline.settings import MAX_BLOB_BYTES, NoProgress, Progress, ScanSettings

if TYPE_CHECKING:
    from secretscan.config.model import Config
    from secretscan.model.report import Report
    from secretscan.verify.options import VerifyOptions

_NEW_OBJECTS: Final = 70_000
_YOUNG: Final = 50
"""Thresholds of the garbage collector (`gc.set_threshold`; Python's own are 700, 10 and 10)."""
_COLUMNS: Final = 80


def execute(
    arguments: ScanArguments,
    root: Path | None,
    scan: Callable[[ScanSettings], Report],
    *,
    quick: bool = False,
    stats: bool = False,
    hook: str = "",
) -> int:
    """Run `scan` with the settings that `arguments` and the configuration of `root` give; return the exit code.

    `quick` scans (the hook) use one process and draw no progress. With `stats`, stderr says
    in the end how long each stage took. The report speaks to whom the git hook `hook` stops, if one asks.
    """
    check_output(arguments.output)
    settings = make_settings(arguments, root, quick=quick)
    _collect_rarely()
    if stats:
        return _execute_timed(arguments, settings, scan)
    report = _scan(settings, scan)
    write_report(report, arguments, hook=hook)
    return exit_code(report, exit_zero=arguments.exit_zero)


def _collect_rarely() -> None:
    """Let Python look for garbage in cycles a hundredth as often, in this process and its workers.

    A scan makes hundreds of thousands of small objects, nearly none of which are in cycles.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG, _YOUNG)


def _execute_timed(
    arguments: ScanArguments, settings: ScanSettings, scan: Callable[[ScanSettings], Report]
) -> int:
    """Scan and report, and say how long each stage of that took."""
    from secretscan.cli.stagetimes import StageTimes

    times = StageTimes(settings.progress, settings.clock)
    report = _scan(replace(settings, progress=times), scan)
    times.stage("writing the report")
    write_report(report, arguments)
    print(times.table(report.scan), file=sys.stderr)
    return exit_code(report, exit_zero=arguments.exit_zero)


def _scan(settings: ScanSettings, scan: Callable[[ScanSettings], Report]) -> Report:
    """Return the report of `scan`, with the progress display gone from the screen."""
    try:
        return scan(settings)
    finally:
        settings.progress.close()


def make_settings(
    arguments: ScanArguments, root: Path | None, *, quick: bool = False, with_baseline: bool = True
) -> ScanSettings:
    """Return the settings of a scan of the repository (or folder) at `root`."""
    from secretscan.cli.known import load_baseline
    from secretscan.config.discover import configuration

    config = configuration(root, Path(arguments.config) if arguments.config else None)
    threshold = arguments.min_confidence or config.min_confidence or Confidence.MEDIUM
    baseline = load_baseline(arguments.baseline, config, root) if with_baseline else None
    progress = _progress(arguments, quick=quick)
    progress.detail(f"configuration: {config.source or 'none'}")
    if baseline is not None:
        from secretscan.model.counts import plural

        progress.detail(f"baseline: {plural(len(baseline.entries), 'known finding')} in {baseline.path}")
    return ScanSettings(
        config=config,
        min_confidence=Confidence(threshold),
        baseline=baseline,
        show_secrets=arguments.show_secrets,
        show_suppressed=arguments.show_suppressed,
        verify=_verify(arguments, config),
        jobs=1 if quick else arguments.jobs or _cores(),
        max_bytes=arguments.max_bytes or config.max_file_bytes or MAX_BLOB_BYTES,
        cache_dir=cache_dir(),
        remembers=not arguments.no_cache,
        env=dict(os.environ),
        progress=progress,
        clock=time.monotonic,
        reader=arguments.reader,
        pure_python=arguments.no_hyperscan,
    )


def write_report(report: Report, arguments: ScanArguments, *, hook: str = "") -> None:
    """Render `report` to its destination, and its summary to stderr where the report itself goes elsewhere."""
    from secretscan.report import OutputFormat, render
    from secretscan.report.options import RenderOptions, SarifScope

    is_screen = not arguments.output and sys.stdout.isatty()
    options = RenderOptions(
        colour=is_screen and wants_colour(),
        width=_width(hook, is_screen=is_screen),
        show_suppressed=arguments.show_suppressed,
        sarif_scope=SarifScope(arguments.sarif_scope),
        finished_at=time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()),
        hook=hook,
    )
    text = render(report, OutputFormat(arguments.format), options=options)
    write_output(text, arguments.output)
    if not arguments.quiet and (arguments.output or arguments.format != "text"):
        from secretscan.report.summary import summary_line

        print(summary_line(report), file=sys.stderr)


def wants_colour() -> bool:
    """Return whether colour is welcome, by https://no-color.org and the terminal's name."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def cache_dir() -> Path | None:
    """Return the user's cache folder for secretscan, by the conventions of the platform; None without a home."""
    explicit = os.environ.get("SECRETSCAN_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    if explicit:
        return Path(explicit) / "secretscan"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "secretscan" / "Cache" if local else None
    home = os.environ.get("HOME")
    if not home:
        return None
    return Path(home) / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "secretscan"


def _verify(arguments: ScanArguments, config: Config) -> VerifyOptions | None:
    if not arguments.verify:
        return None
    from secretscan.cli.verification import verify_options

    return verify_options(config.verify, verify_canaries=arguments.verify_canaries, env=os.environ)


def _progress(arguments: ScanArguments, *, quick: bool) -> Progress:
    if arguments.verbose and not arguments.quiet:
        from secretscan.cli.narration import Narration

        return Narration(time.monotonic)
    if quick or arguments.no_progress or arguments.quiet or not sys.stderr.isatty():
        return NoProgress()
    from secretscan.cli.progress import TerminalProgress

    return TerminalProgress(time.monotonic)


def _cores() -> int:
    """Cores this process may use, which containers limit below those of the machine."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _width(hook: str, *, is_screen: bool) -> int:
    """Columns of the terminal; where there is none (the pre-commit framework, a file), what fits into most."""
    if not is_screen:
        return _COLUMNS - len("remote: ") if hook == "pre-receive" else _COLUMNS
    import shutil

    return shutil.get_terminal_size((_COLUMNS, 24)).columns


__all__ = ["Exit", "cache_dir", "execute", "make_settings", "wants_colour", "write_report"]
