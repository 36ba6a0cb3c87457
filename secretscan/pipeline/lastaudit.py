"""`LastAudit`: where nothing has changed since the last audit of everything, its report is the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from hashlib import blake2b

from secretscan.engine.program import Program
from secretscan.model.report import Report, ScanStats
from secretscan.pipeline.auditkey import audit_key
from secretscan.pipeline.auditplace import FOLDER, outcome_file
from secretscan.pipeline.fingerprinting import Fingerprinting
from secretscan.pipeline.finish import finish, is_complete
from secretscan.pipeline.groups import Group
from secretscan.pipeline.lookmemory import LookMemory
from secretscan.pipeline.looks import Looks
from secretscan.pipeline.outcomes import OutcomeFile, Row
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.sightings import Key
from secretscan.sources.git.repository import Repository
from secretscan.sources.git.state import repository_state


class LastAudit:
    """The last audit of a repository, taken over if it was under the same rules and settings."""

    def __init__(self, repository: Repository, settings: ScanSettings, program: Program) -> None:
        """Look at the state of the repository, before it is walked. Without a cache there is no last audit."""
        self._repository, self._settings, self._program = repository, settings, program
        self._state = ""
        if settings.cache_dir is not None and settings.remembers:
            self._folder = settings.cache_dir / FOLDER
            self._state = repository_state(repository)
            # where there is no file, the key, which costs more, is never asked for
            self._path = outcome_file(settings.cache_dir, repository)

    def report(self, stats: ScanStats, looks: Looks, began: float) -> Report | None:
        """Return the report, on the objects that `looks` reads once more; None where it cannot be had so.

        `stats` say what was asked for, `began` when, by the clock of the settings.
        """
        if not self._state or not self._path.exists():
            return None
        settings = self._settings
        settings.progress.stage("recalling the last audit")
        looks.memory = LookMemory(self._folder / f"{self._audit_key}.looks", self._audit_key)
        outcome = self._file().recall(looks)
        if outcome is None:
            return None
        stats = replace(
            stats,
            seconds=round(settings.clock() - began, 3),
            commits=outcome.commits,
            blobs=outcome.blobs,
            bytes=outcome.size,
            known_blobs=outcome.blobs,
            scanned_bytes=0,
            skipped=outcome.skipped,
        )
        return finish(outcome.groups, stats, settings, self._program, Fingerprinting(outcome.fingerprints))

    def keep(self, stats: ScanStats, groups: Mapping[Key, Group], rows: Mapping[Key, Row]) -> None:
        """Make what was found now the last audit, if all was read and the repository has not changed meanwhile."""
        if self._state and is_complete(stats.skipped) and repository_state(self._repository) == self._state:
            self._file().keep(stats, groups, rows)

    def _file(self) -> OutcomeFile:
        """Return the file, with a key that stands for everything that the outcome depends on."""
        parts = (self._audit_key, self._settings.config.exclude, self._state)
        key = blake2b(repr(parts).encode(), digest_size=16).hexdigest()
        return OutcomeFile(self._path, key)

    @cached_property
    def _audit_key(self) -> str:
        return audit_key(self._repository, self._settings, self._program)
