"""From settings to a scanner: rules of the package and the configuration, from the cache when it has them."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

from secretscan.engine.cache import load_program
from secretscan.engine.program import Program, build
from secretscan.engine.scanner import Scanner
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.silence import make_silencer

if TYPE_CHECKING:
    from secretscan.config.model import Config
    from secretscan.rules.model import Rule


def make_program(settings: ScanSettings) -> Program:
    """Return the program of the built-in rules and those of the configuration.

    Raises RuleError when a rule cannot be used and ConfigError when the configuration names an unknown one.
    """
    from secretscan.rules.digest import rules_digest
    from secretscan.rules.locate import pattern_files

    files = pattern_files() if settings.config.extend else ()
    digest = rules_digest(files)
    choice = _rule_choice(settings)
    if choice:
        digest = blake2b((digest + choice).encode(), digest_size=16).hexdigest()
    make = partial(_build, settings, digest)
    program = load_program(digest, settings.cache_dir, make, save=settings.remembers)
    settings.progress.detail(f"{len(program):,} rules, digest {program.digest}")
    if not choice and settings.config.rule_ids():
        from secretscan.config.effective import effective

        effective(settings.config, program.rules(), ())  # the names it refers to must exist
    return program


def _rule_choice(settings: ScanSettings) -> str:
    """Everything in the configuration that changes or names rules, as one text; empty when none is changed.

    A configuration that only names rules (`[[allow]]`, `[verify]`) must not cost a compilation of all of them.
    """
    config = settings.config
    changes = (config.extend, config.rule_tables, config.disable, sorted(config.severity.items()))
    if changes == (True, {}, (), []):
        return ""
    return repr((*changes, config.verify.skip, [allow.rules for allow in config.allow]))


def _build(settings: ScanSettings, digest: str) -> Program:
    from secretscan.config.effective import effective
    from secretscan.rules.load import load_rules

    config = settings.config
    own = own_rules(config)
    choice = effective(config, load_rules(), own)
    return build(choice.rules, digest, choice.notes[len(config.notes) :])


def own_rules(config: Config) -> tuple[Rule, ...]:
    """Return the rules that the configuration brings along. Raises RuleError when one cannot be used."""
    if not config.rule_tables:
        return ()
    from secretscan.rules.load import rules_of

    return rules_of(config.rule_tables, config.source, config.rule_lines)


def rule_ids(settings: ScanSettings, program: Program) -> list[str]:
    """Return the ids that an allow comment may name: those of the rules, turned off or not."""
    return [*program.ids(), *settings.config.disable]


def make_scanner(settings: ScanSettings, program: Program | None = None) -> Scanner:
    """Return the scanner of `settings`, ready for blobs."""
    program = program or make_program(settings)
    return Scanner(
        program,
        silencer=make_silencer(settings, partial(rule_ids, settings, program)),
        pure_python=settings.pure_python,
    )
