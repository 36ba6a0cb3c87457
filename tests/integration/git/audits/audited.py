"""What the tests of repeated audits share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from secretscan.model.report import Report
from secretscan.rules.samples import fill

Audit = Callable[..., Report]


def token(name: str) -> str:
    """A token that was never issued."""
    return fill("{{github-crc32:ghp_}}", seed=f"audit/{name}")


def leak(name: str, extra: str = "") -> str:
    return f'import os\nTOKEN = "{token(name)}"\n{extra}'


def same(report: Report) -> Report:
    """A report without what differs between a first and a second audit."""
    return replace(report, scan=replace(report.scan, seconds=0.0, known_blobs=0, scanned_bytes=None))


def known(report: Report) -> tuple[int, int]:
    return report.scan.known_blobs, report.scan.blobs
