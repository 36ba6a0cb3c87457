"""Loads the kernels of a history scan while git walks the history."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Final

from secretscan import kernels
from secretscan.pipeline.settings import ScanSettings
from secretscan.sources.git.repository import Repository

_UNPACKED: Final = 8
"""Bytes that a byte of a pack comes to, at least: histories of text come to 15 and more."""


class KernelLoading:
    """Decides whether kernels are used, and loads them; early where they will be for certain."""

    def __init__(self, settings: ScanSettings, repository: Repository, *, at_once: bool) -> None:
        """Begin to load them `at_once` where the packs are so large that they pay."""
        self._thread: Thread | None = None
        self._is_loaded = False
        usable = settings.cache_dir is not None and not settings.pure_python and settings.kernels is not False
        self._folder = settings.cache_dir / "kernels" if usable and settings.cache_dir is not None else None
        self._is_forced = bool(settings.kernels)
        if at_once and self._pay(_UNPACKED * _packed_bytes(repository)):
            self._thread = Thread(target=self._load, daemon=True)
            self._thread.start()

    def use(self, size: int) -> bool:
        """Return whether kernels are to scan `size` bytes; they are loaded then, for worker processes too."""
        if self._thread is not None:
            self._thread.join()
        elif self._pay(size):
            self._load()
        return self._is_loaded and self._pay(size)

    def _pay(self, size: int) -> bool:
        return self._folder is not None and (self._is_forced or kernels.pay(size, self._folder))

    def _load(self) -> None:
        if self._folder is not None:
            self._is_loaded = kernels.load(self._folder)


def _packed_bytes(repository: Repository) -> int:
    packs = (Path(repository.common_dir) / "objects" / "pack").glob("*.pack")
    return sum(path.stat().st_size for path in packs)
