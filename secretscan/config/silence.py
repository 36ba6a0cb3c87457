"""Whether an `[[allow]]` entry of the configuration covers a finding."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from secretscan.config.globs import Globs, compile_globs
from secretscan.config.model import Allow

Search = Callable[[str, bytes], bool]
"""Whether a regex is found in some bytes: the engine's, with its time limit, as patterns are not trusted."""


@dataclass(frozen=True, slots=True)
class Silencer:
    """The `[[allow]]` entries that hold today, ready for look-ups."""

    entries: tuple[tuple[Allow, Globs], ...]
    search: Search

    def covering(
        self,
        rule_ids: Collection[str],
        path: bytes,
        secret: bytes,
        line: bytes,
        fingerprint: Callable[[], str],
    ) -> Allow | None:
        """Return the first entry that covers a finding, or `None`.

        `rule_ids` are its own id and, for a joined finding, those of its parts. `fingerprint` is asked only
        by an entry that needs it, since it can take 20 ms.
        """
        for allow, globs in self.entries:
            if (
                (not allow.rules or any(rule_id in allow.rules for rule_id in rule_ids))
                and (not allow.paths or globs.match(path))
                and (not allow.secrets or any(self.search(pattern, secret) for pattern in allow.secrets))
                and (not allow.lines or any(self.search(pattern, line) for pattern in allow.lines))
                and (not allow.fingerprints or fingerprint() in allow.fingerprints)
            ):
                return allow
        return None


def silencer(allows: Collection[Allow], search: Search, today: date) -> Silencer:
    """Return the look-up of the entries that have not expired."""
    return Silencer(
        tuple((allow, compile_globs(allow.paths)) for allow in allows if not allow.is_expired(today)), search
    )


def expired(allows: Collection[Allow], today: date) -> tuple[Allow, ...]:
    """Return the entries that no longer hold; the report states them."""
    return tuple(allow for allow in allows if allow.is_expired(today))
