"""`ScanSettings`: everything a scan is told, gathered by the command line and nowhere else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from secretscan.config.model import Config
from secretscan.model.finding import Confidence

if TYPE_CHECKING:
    from secretscan.baseline.file import Baseline
    from secretscan.verify.options import VerifyOptions

MAX_BLOB_BYTES: Final = 64 * 1024 * 1024
"""Size from which a file or blob is skipped (and stated). Larger text files are data sets, not sources."""


class Progress(Protocol):
    """Told how far a scan is; draws on a terminal or does nothing."""

    def start(self, objects: int, size: int) -> None:
        """Be told what is to be read: number of objects and bytes, 0 when unknown."""
        ...

    def advance(self, objects: int, size: int) -> None:
        """Be told what has been read since the last call."""
        ...

    def stage(self, name: str) -> None:
        """Be told what is being done now."""
        ...

    def detail(self, text: str) -> None:
        """Be told how that is done, for those who asked to know (`--verbose`)."""
        ...

    def close(self) -> None:
        """Take what was drawn off the screen."""
        ...


class NoProgress:
    """Progress that nobody watches."""

    def start(self, objects: int, size: int) -> None:
        """Ignore it."""

    def advance(self, objects: int, size: int) -> None:
        """Ignore it."""

    def stage(self, name: str) -> None:
        """Ignore it."""

    def detail(self, text: str) -> None:
        """Ignore it."""

    def close(self) -> None:
        """Have nothing to take away."""


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How to scan, whatever is scanned."""

    config: Config
    min_confidence: Confidence = Confidence.MEDIUM
    baseline: Baseline | None = None
    show_secrets: bool = False
    show_suppressed: bool = False
    verify: VerifyOptions | None = None
    """None: nothing goes to the network."""
    jobs: int = 1
    """Worker processes; 1 scans in this process."""
    max_bytes: int = MAX_BLOB_BYTES
    cache_dir: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    """Environment that git inherits, closed further by `sources/git/command.py`."""
    progress: Progress = field(default_factory=NoProgress)
    today: Callable[[], date] = date.today
    clock: Callable[[], float] = time.monotonic
    """Monotonic seconds, for `scan.seconds`."""
    reader: str = "auto"
    """`auto`, `cat-file` or `pack`: who reads the objects of a history."""
    kernels: bool | None = None
    """Whether compiled kernels scan packs; None: where they pay. They need `cache_dir`."""
    remembers: bool = True
    """Take over from the cache what earlier audits of a history scanned, and write to it. Otherwise only what was
    compiled is taken from there, and nothing is written."""
    pure_python: bool = False
    """Use the prefilter without Hyperscan."""
    here: bytes = b""
    """Folder from which the paths of the scan are named, where that is not the root of the repository."""
    root: bytes = b""
    """Folder from which the configuration names paths; counts with `here`."""

    def path_from_root(self, path: bytes) -> bytes:
        """Return `path` as the configuration names it: from the root, if it lies there."""
        if not self.here:
            return path
        whole = os.path.normpath(os.path.join(self.here, path))  # noqa: PTH118 - bytes
        below = os.path.join(self.root, b"")  # noqa: PTH118
        return whole[len(below) :].replace(os.fsencode(os.sep), b"/") if whole.startswith(below) else path

    def for_workers(self) -> ScanSettings:
        """Return the settings a worker process gets: nothing in them belongs to the terminal."""
        return replace(self, progress=NoProgress(), verify=None)
