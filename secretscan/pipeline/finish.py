"""The last stages of every scan: silence, verify, redact, report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from secretscan import __version__
from secretscan.engine.program import Program
from secretscan.model.blob import Skipped
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.groups import Group
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.setup import rule_ids
from secretscan.pipeline.sightings import Key
from secretscan.pipeline.silence import comment_notes, expired_notes, silence_groups

if TYPE_CHECKING:
    from secretscan.pipeline.fingerprinting import Fingerprinting
    from secretscan.rules.model import Rule


def finish(
    groups: Mapping[Key, Group],
    stats: ScanStats,
    settings: ScanSettings,
    program: Program,
    fingerprints: Fingerprinting | None = None,
) -> Report:
    """Return the report of a scan from everything that was found in it; `fingerprints` may have begun with some."""
    settings.progress.stage("fingerprinting what was found")
    suppressed = silence_groups(groups, settings, fingerprints)
    open_groups = {key: g for key, g in groups.items() if not g.suppressed}
    stats = replace(
        stats,
        suppressed=suppressed,
        notes=settings.config.notes
        + (program.notes() if settings.config.rule_tables else ())
        + expired_notes(settings)
        + (comment_notes(open_groups, partial(rule_ids, settings, program)) if open_groups else ()),
        complete=stats.complete and is_complete(stats.skipped) and not stats.interrupted,
        skipped=tuple(sorted(set(stats.skipped))),
    )
    if not groups:
        return Report(__version__, program.digest, stats, ())
    from secretscan.pipeline.records import records, redacted_forms, rule_infos, rules_of
    from secretscan.pipeline.surroundings import without_secrets

    rules = rules_of(program, groups)
    silenced = {key: g for key, g in groups.items() if g.suppressed} if settings.show_suppressed else {}
    if settings.verify is not None:
        _verify(open_groups, settings, rules)
    settings.progress.stage("preparing the report")
    found = records(open_groups, rules, show_secrets=settings.show_secrets)
    hidden = records(silenced, rules, show_secrets=settings.show_secrets)
    infos = rule_infos([*found, *hidden], rules)
    report = Report(__version__, program.digest, stats, tuple(found), tuple(hidden), infos)
    return report if settings.show_secrets else without_secrets(report, redacted_forms(groups, rules))


def is_complete(skipped: tuple[Skipped, ...]) -> bool:
    """Whether nothing that should have been read was skipped."""
    return all(s.by_design for s in skipped)


def _verify(groups: Mapping[Key, Group], settings: ScanSettings, rules: Mapping[str, Rule]) -> None:
    """Ask the providers about the findings that count. The one stage that uses the network."""
    from secretscan.verify import verify_findings

    assert settings.verify is not None  # noqa: S101 - the caller checked; this tells the type checker
    findings = [replace(g.places[0].finding, attributes=g.attributes, parts=g.parts) for g in groups.values()]
    settings.progress.stage("verifying")
    answers = verify_findings(findings, rules, settings.verify)
    for key, known in groups.items():
        if key in answers:
            known.verification = answers[key]
