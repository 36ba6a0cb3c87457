"""An `Investigation` in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.cli.aws.layout import table
from secretscan.model.counts import plural

if TYPE_CHECKING:
    from secretscan.verify.aws.activity.investigate import Investigation
    from secretscan.verify.aws.activity.summary import Row, Summary

_HEADER = ("", "service", "action", "from", "error", "calls", "first", "last", "regions")


def activity_text(found: Investigation) -> list[str]:
    """Return the investigation in words: totals, suspicious rows first, addresses, GuardDuty, gaps."""
    summary = found.summary
    rows = [_cells(row) for row in summary.rows]
    addresses = [
        f"    {one.address}  {plural(one.count, 'call')}  {one.first} to {one.last}{'  new' if one.new else ''}"
        for one in summary.addresses
    ]
    return [
        f"{found.key_id} since {found.since}",
        *_coverage(found),
        *(f"  as {arn}" for arn in summary.principals),
        *(table(_HEADER, rows) if rows else []),
        *(["  addresses", *addresses] if addresses else []),
        *_threats(found),
        *_gaps(found),
    ]


def _coverage(found: Investigation) -> list[str]:
    """Return what CloudTrail told and where. Of regions that were not read nothing is known: they count no calls."""
    unread = {gap.region for gap in found.gaps if gap.service == "CloudTrail" and not gap.is_partial}
    read = [region for region in found.regions if region not in unread]
    of_all = f"read {len(read)} of {plural(len(found.regions), 'region')}"
    if not read:
        return [f"  CloudTrail: {of_all}; nothing is known"]
    return [f"  {_totals(found.summary)}", f"  CloudTrail: {of_all}: {', '.join(read)}"]


def _totals(summary: Summary) -> str:
    compared = "nothing before"
    if summary.compared_with:
        compared = f"compared with {plural(summary.compared_with, 'call')} before"
    return (
        f"{plural(summary.calls, 'call')}, {summary.denied} denied, "
        f"{summary.from_new_addresses} from new addresses ({compared})"
    )


def _threats(found: Investigation) -> list[str]:
    unread = {gap.region for gap in found.gaps if gap.service == "GuardDuty"}
    watching = len(set(found.regions) - unread - set(found.unwatched))
    if not watching:
        return ["  GuardDuty: off or unread everywhere"]
    threats = [
        f"    {threat.severity:g}  {threat.kind} in {threat.region}, {plural(threat.count, 'time')}, "
        f"last {threat.last}"
        for threat in found.threats
    ]
    none = f"  GuardDuty: no findings in {plural(watching, 'region')}"
    off = [f"  GuardDuty is off in {', '.join(found.unwatched)}"] if found.unwatched else []
    return [*(["  GuardDuty", *threats] if threats else [none]), *off]


def _gaps(found: Investigation) -> list[str]:
    """Return a line for each service and reason, with its regions."""
    regions: dict[tuple[str, str], list[str]] = {}
    for gap in found.gaps:
        regions.setdefault((gap.service, gap.problem), []).append(gap.region)
    return [
        f"  not read: {service} in {', '.join(places)}: {problem}"
        for (service, problem), places in regions.items()
    ]


def _cells(row: Row) -> tuple[str, ...]:
    mark = " ".join(word for word, holds in (("denied", row.denied), ("new", row.new_address)) if holds)
    return (
        mark,
        row.service,
        row.action,
        row.address,
        row.error,
        str(row.count),
        row.first,
        row.last,
        ",".join(row.regions),
    )
