"""The name a repository goes by in Security Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.errors import UsageError

if TYPE_CHECKING:
    from secretscan.model.report import Report


def source_name(source: str, report: Report) -> str:
    """Return the name given, or the report's target where that names a repository and not just a place on a disk.

    Raises `UsageError` otherwise: two repositories of one name would archive each other's findings.
    """
    target = report.scan.target
    name = source or ("" if target.startswith((".", "/", "~")) or "\\" in target else target)
    if not name:
        raise UsageError(
            f'the report is of "{target}", which does not name a repository; nothing was sent',
            help="name it with --source, always the same: --source github.com/acme/shop",
        )
    return name
