"""The five scans behind their commands: open the target, run the pipeline, return the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.execute import cache_dir, execute
from secretscan.cli.known import root_of_paths
from secretscan.sources.git.repository import Repository, open_repository

if TYPE_CHECKING:
    from secretscan.pipeline.settings import ScanSettings
    from secretscan.sources.git.ahead import WalkAhead


def staged(repo: str, arguments: ScanArguments, *, whole_files: bool = False) -> int:
    """Scan what the index of `repo` would commit."""
    from secretscan.pipeline.direct import scan_staged

    repository = open_repository(repo, os.environ, as_hook=True)
    return execute(
        arguments,
        repository.root,
        lambda settings: scan_staged(repository, settings, whole_files=whole_files),
        quick=True,
    )


def stdin(name: str, arguments: ScanArguments) -> int:
    """Scan standard input, called `name` in the report."""
    from secretscan.pipeline.direct import scan_stdin

    label, root = os.fsencode(name), root_of_paths(["."])
    return execute(
        arguments,
        root,
        lambda settings: scan_stdin(sys.stdin.buffer, label, _named_from_here(settings, root)),
        quick=True,
    )


def files(
    paths: Sequence[str], arguments: ScanArguments, *, no_gitignore: bool = False, hook: str = ""
) -> int:
    """Scan files and folders as they lie on disk, for the git hook `hook` if one asks."""
    from secretscan.pipeline.files import scan_files

    root = root_of_paths(paths)
    return execute(
        arguments,
        root,
        lambda settings: scan_files(
            paths, _named_from_here(settings, root), respect_gitignore=not no_gitignore
        ),
        hook=hook,
    )


def _named_from_here(settings: ScanSettings, root: Path) -> ScanSettings:
    """Return the settings of a scan whose paths are named from the working directory, not from `root`."""
    return replace(settings, here=os.fsencode(Path.cwd()), root=os.fsencode(root.resolve()))


def history(
    repo: str, arguments: ScanArguments, *, unreachable: bool, rev: str, since: str, stats: bool = False
) -> int:
    """Scan everything that git can reach in `repo`."""
    repository = open_repository(repo, os.environ)
    is_walked = not (rev or since) and _is_first_audit(repository, arguments)
    with _walk_ahead(repository) if is_walked else nullcontext() as ahead:
        from secretscan.pipeline.history import scan_history

        scan = partial(scan_history, repository, unreachable=unreachable, rev=rev, since=since, ahead=ahead)
        return execute(arguments, repository.root, scan, stats=stats)


def commit_range(
    revisions: str, repo: str, arguments: ScanArguments, *, stats: bool = False, hook: str = ""
) -> int:
    """Scan the commits of `A..B`, for the git hook `hook` if one asks."""
    from secretscan.pipeline.history import scan_range

    # what a server is sent is in no place but the one that git names to its hook, until that has let it pass
    repository = open_repository(repo, os.environ, as_hook=bool(hook))
    return execute(
        arguments,
        repository.root,
        lambda settings: scan_range(repository, revisions, settings),
        stats=stats,
        hook=hook,
    )


def _is_first_audit(repository: Repository, arguments: ScanArguments) -> bool:
    """Whether nothing can be known of an earlier audit, whose report would then perhaps be had without a walk."""
    from secretscan.pipeline.auditplace import outcome_file

    folder = cache_dir()
    return arguments.no_cache or folder is None or not outcome_file(folder, repository).exists()


def _walk_ahead(repository: Repository) -> WalkAhead:
    """Let git list what there is while all that reads it is imported, which takes as long."""
    from secretscan.sources.git.ahead import WalkAhead

    return WalkAhead(repository.git)
