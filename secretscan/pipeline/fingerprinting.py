"""Fingerprints of what was found, made on threads: weak secrets cost scrypt, which gives up the interpreter lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import MappingProxyType
from typing import Final

from secretscan.baseline.fingerprint import fingerprint, fingerprints_together, is_weak
from secretscan.pipeline.groups import Group
from secretscan.pipeline.sightings import Key

_THREADS: Final = 4
_THREADS_TOGETHER: Final = 2
"""With kernels, whose work takes 64 MB."""
_WORTH_TOGETHER: Final = 12
"""Secrets from which their scrypt together takes less time than one by one, where new memory takes 3 ms a MB."""
_ROUNDS_FOR_A_THREAD: Final = 2
"""Times that kernels do what they do at once, for each thread with memory of its own."""


class Fingerprinting:
    """Fingerprints on their way. What is certain to be shown can be begun before its places are known."""

    def __init__(self, known: Mapping[Key, str] = MappingProxyType({}), *, has_kernels: bool = False) -> None:
        """Start no thread yet; `known` need not be made again. `has_kernels`: they are loaded."""
        self._known = known
        self._has_kernels = has_kernels
        self._pool: ThreadPoolExecutor | None = None
        self._begun: dict[Key, tuple[Future[list[str]], int]] = {}

    def begin(self, keys: Iterable[Key]) -> None:
        """Begin with those of `keys` that are new."""
        weak, strong = list[Key](), list[Key]()
        for key in dict.fromkeys(keys):
            if key not in self._begun and key not in self._known:
                (weak if is_weak(key[1].reveal()) else strong).append(key)
        if strong:
            self._submit(_one_by_one, strong)
        if self._has_kernels and len(weak) >= _WORTH_TOGETHER:
            from secretscan.kernels.lanes import LANES

            for some in _shares(weak, LANES):
                self._submit(_together, some)
        else:
            for key in weak:
                self._submit(_one_by_one, [key])

    def _submit(self, make: Callable[[Sequence[Key]], list[str]], keys: Sequence[Key]) -> None:
        self._pool = self._pool or ThreadPoolExecutor(_THREADS)
        made = self._pool.submit(make, keys)
        self._begun.update((key, (made, n)) for n, key in enumerate(keys))

    def mark(self, groups: Mapping[Key, Group]) -> None:
        """Give each group its fingerprint, and end the threads."""
        if len(groups) < 2 and not self._begun:
            for key, known in groups.items():
                known.fingerprint = self._known.get(key) or _one_by_one([key])[0]
            return
        self.begin(groups)
        for key, known in groups.items():
            if key in self._known:
                known.fingerprint = self._known[key]
            else:
                made, n = self._begun[key]
                known.fingerprint = made.result()[n]
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _one_by_one(keys: Sequence[Key]) -> list[str]:
    return [fingerprint(rule_id, secret.reveal()) for rule_id, secret in keys]


def _together(keys: Sequence[Key]) -> list[str]:
    """Return the fingerprints of weak secrets."""
    return fingerprints_together([(rule_id, secret.reveal()) for rule_id, secret in keys])


def _shares(keys: Sequence[Key], at_once: int) -> Iterator[Sequence[Key]]:
    """Yield what each thread gets of `keys`, of which it does so many at once."""
    rounds = -(-len(keys) // at_once)
    threads = max(1, min(_THREADS_TOGETHER, rounds // _ROUNDS_FOR_A_THREAD))
    step = at_once * -(-rounds // threads)
    for at in range(0, len(keys), step):
        yield keys[at : at + step]
