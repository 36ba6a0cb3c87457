"""Fingerprints of what was found, made on threads: weak secrets cost scrypt, which gives up the interpreter lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import MappingProxyType
from typing import Final

from secretscan.baseline.fingerprint import fingerprint
from secretscan.pipeline.groups import Group
from secretscan.pipeline.sightings import Key

_THREADS: Final = 4


class Fingerprinting:
    """Fingerprints on their way. What is certain to be shown can be begun before its places are known."""

    def __init__(self, known: Mapping[Key, str] = MappingProxyType({})) -> None:
        """Start no thread yet; `known` need not be made again."""
        self._known = known
        self._pool: ThreadPoolExecutor | None = None
        self._begun: dict[Key, Future[str]] = {}

    def begin(self, keys: Iterable[Key]) -> None:
        """Begin with those of `keys` that are new."""
        for key in keys:
            if key not in self._begun and key not in self._known:
                self._pool = self._pool or ThreadPoolExecutor(_THREADS)
                self._begun[key] = self._pool.submit(_fingerprint, key)

    def mark(self, groups: Mapping[Key, Group]) -> None:
        """Give each group its fingerprint, and end the threads."""
        if len(groups) < 2 and not self._begun:
            for key, known in groups.items():
                known.fingerprint = self._known.get(key) or _fingerprint(key)
            return
        self.begin(groups)
        for key, known in groups.items():
            known.fingerprint = self._known.get(key) or self._begun[key].result()
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _fingerprint(key: Key) -> str:
    return fingerprint(key[0], key[1].reveal())
