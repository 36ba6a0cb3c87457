"""The Python interface: `from secretscan import scan_bytes, scan_report, Finding`.

Findings are the records of the JSON report (`docs/reports.md`), redacted unless asked otherwise. Nothing here
reads the environment, uses the network or writes a file, the cache apart when a folder for it is given.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from secretscan.config.discover import configuration
from secretscan.engine.scanner import Scanner
from secretscan.errors import SecretScanError
from secretscan.model.blob import Blob
from secretscan.model.finding import Confidence
from secretscan.model.provenance import WorkTreeFile
from secretscan.model.report import FindingRecord as Finding
from secretscan.model.report import Report
from secretscan.pipeline.direct import Gathered
from secretscan.pipeline.finish import finish
from secretscan.pipeline.groups import group
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import make_program, make_scanner

__all__ = ["Finding", "Report", "SecretScanError", "scan_bytes", "scan_report"]


def scan_bytes(
    data: bytes,
    *,
    path: str = "",
    min_confidence: str = "medium",
    show_secrets: bool = False,
    config: Path | None = None,
    cache_dir: Path | None = None,
) -> list[Finding]:
    """Return the credentials in `data`, most severe first, then by position.

    `path` is what the file would be called: it tells the judge the syntax, and stands in the locations.
    `min_confidence` is `low`, `medium` or `high`. `config` is a file like .secretscan.toml. The first call
    compiles the rules, which takes seconds, unless `cache_dir` has them compiled; later calls take
    milliseconds. Raises SecretScanError when nothing was found but a part of `data` could not be scanned (a
    pattern ran into its time limit), and for a `config` that cannot be used.
    """
    report = scan_report(
        data,
        path=path,
        min_confidence=min_confidence,
        show_secrets=show_secrets,
        config=config,
        cache_dir=cache_dir,
    )
    if not report.findings and not report.scan.complete:
        raise SecretScanError(
            f"{path or 'the data'} could not be scanned in full: {report.scan.skipped[0].why}",
            help="scan_report() returns what is known",
        )
    return list(report.findings)


def scan_report(
    data: bytes,
    *,
    path: str = "",
    min_confidence: str = "medium",
    show_secrets: bool = False,
    config: Path | None = None,
    cache_dir: Path | None = None,
) -> Report:
    """Return the whole report of a scan of `data`: findings, what was silenced, what could not be read.

    The arguments are those of `scan_bytes`. Raises SecretScanError for a `config` that cannot be used.
    """
    settings = ScanSettings(
        config=configuration(None, config),
        min_confidence=Confidence(min_confidence),
        show_secrets=show_secrets,
        show_suppressed=True,
        cache_dir=cache_dir,
    )
    began = settings.clock()
    scanner = _scanner(config, cache_dir, _stamp(config))
    found = Gathered()
    found.take([Blob(data, WorkTreeFile(path.encode("utf-8", "surrogateescape")))], scanner, settings)
    stats = found.stats("bytes", path, settings.clock() - began)
    return finish(group(found.places), stats, settings, scanner.program)


@lru_cache(maxsize=4)
def _scanner(config: Path | None, cache_dir: Path | None, stamp: int) -> Scanner:
    """Return the scanner of a configuration, kept for the next call; `stamp` changes when the file does."""
    settings = ScanSettings(config=configuration(None, config), cache_dir=cache_dir)
    return make_scanner(settings, make_program(settings))


def _stamp(config: Path | None) -> int:
    return config.stat().st_mtime_ns if config is not None and config.exists() else 0
