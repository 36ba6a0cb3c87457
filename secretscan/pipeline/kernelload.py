"""Loads the kernels of a large scan; of a history, while git walks it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Final

from secretscan import kernels
from secretscan.engine.program import Program
from secretscan.pipeline.settings import ScanSettings
from secretscan.sources.git.repository import Repository

_WANTED_LATER: Final = (
    "secretscan.engine.bulkruns",
    "secretscan.engine.hitfilter",
    "secretscan.engine.judge.generic",
    "secretscan.engine.needlehits",
)
"""What every worker would import for itself, unless it is there when the workers are started."""
_UNPACKED: Final = 8
"""Bytes that a byte of a pack comes to, at least: histories of text come to 15 and more."""


class KernelLoading:
    """Decides whether kernels are used, and loads them; early where they will be for certain."""

    def __init__(
        self,
        settings: ScanSettings,
        program: Program,
        repository: Repository | None = None,
        *,
        worth: int = kernels.TREE_WORTH_BYTES,
    ) -> None:
        """Begin to load them at once where the packs of `repository` are so large that they will pay.

        They do from `worth` bytes on (`kernels.pay`). `program` gets the tables that they want of it.
        """
        self._worth = worth
        self._program = program
        self._remembers = settings.remembers
        self._thread: Thread | None = None
        self._is_loaded = False
        usable = settings.cache_dir is not None and not settings.pure_python and settings.kernels is not False
        self._folder = settings.cache_dir / "kernels" if usable and settings.cache_dir is not None else None
        if self._folder is not None and not settings.remembers and not kernels.is_compiled(self._folder):
            self._folder = None
        self._is_forced = bool(settings.kernels)
        if repository is not None:
            self.expect(_UNPACKED * _packed_bytes(repository))

    def expect(self, size: int) -> None:
        """Begin to load them if they pay for `size` bytes, which are certain to be scanned."""
        if self._thread is None and self.pays(size):
            self._thread = Thread(target=self._load, daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until nothing is being loaded: a process that is copied while it imports may never end."""
        if self._thread is not None:
            self._thread.join()

    def use(self, size: int) -> bool:
        """Return whether kernels are to scan `size` bytes; they are loaded then, for worker processes too."""
        self.wait()
        if self._thread is None and self.pays(size):
            self._load()
        return self._is_loaded and self.pays(size)

    def compile(self) -> bool:
        """Load them whatever there is to scan, compiled if they are not yet; return whether that worked."""
        self.wait()
        self._load()
        return self._is_loaded

    @property
    def are_ready(self) -> bool:
        """Whether they are loaded, and none is being loaded."""
        return self._is_loaded and not (self._thread is not None and self._thread.is_alive())

    @property
    def stage(self) -> str:
        """What is being done, for the progress display."""
        is_there = self._folder is None or kernels.is_compiled(self._folder)
        return "loading the kernels" if is_there else "compiling the kernels, once for this version"

    def pays(self, size: int) -> bool:
        """Return whether kernels are worth their loading for `size` bytes."""
        return self._folder is not None and (self._is_forced or kernels.pay(size, self._folder, self._worth))

    def _load(self) -> None:
        if self._folder is not None:
            self._is_loaded = kernels.load(self._folder)
            if self._is_loaded:
                from secretscan.engine.searchtables import load_tables

                self._program.tables = load_tables(self._program, self._folder.parent, save=self._remembers)
                for name in _WANTED_LATER:
                    import_module(name)


def _packed_bytes(repository: Repository) -> int:
    packs = (Path(repository.common_dir) / "objects" / "pack").glob("*.pack")
    return sum(path.stat().st_size for path in packs)
