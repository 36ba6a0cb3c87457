"""The rules a scan uses: built-in and own ones, less those turned off, with the user's severities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar, cast

from secretscan.config.model import Config
from secretscan.config.section import nearest
from secretscan.errors import ConfigError
from secretscan.model.finding import Severity


class RuleLike(Protocol):
    """What this module needs of a rule, so that it does not depend on the package of the rules."""

    @property
    def id(self) -> str:
        """The id that configurations refer to."""

    @property
    def severity(self) -> Severity:
        """How bad a finding is."""


R = TypeVar("R", bound=RuleLike)


@dataclass(frozen=True, slots=True)
class Effective(Generic[R]):
    """Rules to scan with, and what a report must say about the choice."""

    rules: tuple[R, ...]
    """Sorted by id."""
    notes: tuple[str, ...]


def effective(config: Config, builtin: Iterable[R], own: Sequence[R]) -> Effective[R]:
    """Return the rules of a scan. A rule of `own` takes the place of a built-in one with its id.

    Raises `ConfigError` when the configuration names a rule that does not exist, or leaves none.
    """
    known = {rule.id: rule for rule in builtin}
    chosen = dict(known) if config.extend else {}
    replaced = sorted(rule.id for rule in own if rule.id in chosen)
    chosen.update((rule.id, rule) for rule in own)
    known.update(chosen)
    _check_names(config, known)
    for rule_id in config.disable:
        chosen.pop(rule_id, None)
    if not chosen:
        raise ConfigError(
            f"{config.source or 'the configuration'} leaves no rule to scan with",
            help="take out `extend = false`, shorten `disable`, or add [[rules]]",
        )
    for rule_id, severity in config.severity.items():
        if rule_id in chosen:
            chosen[rule_id] = cast("R", replace(cast("Any", chosen[rule_id]), severity=severity))
    note = f"{config.source} replaces built-in rules: {', '.join(replaced)}"
    return Effective(
        tuple(chosen[key] for key in sorted(chosen)), config.notes + ((note,) if replaced else ())
    )


def _check_names(config: Config, known: dict[str, R]) -> None:
    """Raise `ConfigError` for the first rule id that no rule has."""
    for rule_id in config.rule_ids():
        if rule_id not in known:
            raise ConfigError(
                f"{config.source}:{config.lines.get(rule_id, 1)}: there is no rule `{rule_id}`",
                help=nearest(rule_id, known) or "see `secretscan rules list`",
            )
