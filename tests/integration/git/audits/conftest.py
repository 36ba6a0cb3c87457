"""Audits with a cache, each held to one without."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from audited import Audit, leak, same

from secretscan.config.model import Config
from secretscan.model.report import Report
from secretscan.pipeline import auditcache
from secretscan.pipeline.history import scan_history, scan_range
from secretscan.pipeline.settings import ScanSettings
from secretscan.sources.git import walk

if TYPE_CHECKING:
    from secretscan.engine.program import Program
    from tests.conftest import Repo


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all tests, since the rules take seconds to compile."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of audits, empty; repositories of a few bytes count as worth remembering."""
    monkeypatch.setattr(auditcache, "SMALL_BYTES", 0)
    monkeypatch.setattr(auditcache, "_pays", lambda path, objects: True)
    monkeypatch.setattr(walk, "REMEMBERED_FROM", 2)
    monkeypatch.setattr(walk, "_FEW", 1)
    yield folder / "audits"
    shutil.rmtree(folder / "audits", ignore_errors=True)


@pytest.fixture
def audit(folder: Path) -> Audit:
    """Audit a repository with the cache, and hold the result to that of an audit without."""

    def run(repo: Repo, *, range: str = "", config: Config | None = None, **options: object) -> Report:
        walked = {name: options.pop(name) for name in ("unreachable", "rev", "since") if name in options}
        settings = ScanSettings(config or Config(), cache_dir=folder, **options)  # type: ignore[arg-type]
        reports = []
        for given_settings in (settings, replace(settings, cache_dir=None)):
            if range:
                reports.append(scan_range(repo.opened(), range, given_settings))
            else:
                reports.append(scan_history(repo.opened(), given_settings, **walked))  # type: ignore[arg-type]
        assert same(reports[0]) == same(reports[1])
        return reports[0]

    return run


@pytest.fixture(autouse=True)
def compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let audits without a cache use the compiled rules all the same."""
    from secretscan.pipeline import setup

    load = setup.load_program

    def kept(digest: str, _: Path | None, make: Callable[[], Program], *, save: bool) -> Program:
        return load(digest, folder, make, save=save)

    monkeypatch.setattr(setup, "load_program", kept)


@pytest.fixture
def leaky(repo: Repo) -> Repo:
    """Two secrets in several versions, one of them removed."""
    repo.commit_file("a.py", leak("one"))
    repo.commit_file("a.py", leak("one", "x = 1\n"))
    repo.commit_file("b/c.py", leak("two"))
    repo.commit_file("b/c.py", "import os\n")
    repo.commit_file("plain.txt", "nothing to see\n")
    return repo
