"""Where git looks for the hooks of a repository."""

from __future__ import annotations

import os
from collections.abc import Mapping

from secretscan.sources.git.repository import open_repository


def hooks_folder(path: str, env: Mapping[str, str]) -> str:
    """Return the absolute folder in which `git commit` in the repository at `path` looks for hooks.

    `core.hooksPath` counts, of the user as of the repository, because it decides which hooks run. Raises
    RepositoryError.
    """
    repository = open_repository(path, env)
    environment = dict(repository.git.environment)
    # Our closed environment sets core.hooksPath itself; here the user's own setting is the question.
    count = int(environment.pop("GIT_CONFIG_COUNT"))
    kept = [
        (environment[f"GIT_CONFIG_KEY_{n}"], environment[f"GIT_CONFIG_VALUE_{n}"])
        for n in range(count)
        if environment[f"GIT_CONFIG_KEY_{n}"] != "core.hooksPath"
    ]
    for n, (key, value) in enumerate(kept):
        environment[f"GIT_CONFIG_KEY_{n}"], environment[f"GIT_CONFIG_VALUE_{n}"] = key, value
    environment["GIT_CONFIG_COUNT"] = str(len(kept))
    git = type(repository.git)(repository.git.folder, environment)
    shown = os.fsdecode(git.run("rev-parse", "--git-path", "hooks")).removesuffix("\n")
    folder = os.path.join(repository.git.folder, os.path.expanduser(shown))  # noqa: PTH111, PTH118
    return os.path.abspath(folder)  # noqa: PTH100 - unlike Path.resolve it leaves links as they are
