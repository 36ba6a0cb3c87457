"""`secretscan doctor`: whether this installation, here and now, would find a secret."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Final

import typer

from secretscan.cli.arguments import ScanArguments
from secretscan.cli.execute import cache_dir, make_settings
from secretscan.cli.exits import Exit
from secretscan.cli.known import root_of
from secretscan.cli.options import command_app
from secretscan.errors import SecretScanError
from secretscan.model.paths import printable
from secretscan.pipeline.settings import ScanSettings
from secretscan.sources.git.command import Git, closed_environment
from secretscan.sources.git.repository import Repository, open_repository

app = command_app("Check git, cache, configuration and rules, and that a planted secret is found.")

OLDEST_GIT: Final = (2, 31)
"""First git with GIT_CONFIG_COUNT, by which our git calls are closed off. Source: git's RelNotes/2.31.0.txt."""
_PLANTED: Final = "github-pat"
"""The rule of the planted secret: its checksum makes a match certain, so that nothing else can explain it."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found."""

    name: str
    problem: str = ""
    """Empty: all is well."""
    detail: str = ""
    help: str = ""

    @property
    def lines(self) -> list[str]:
        """The check as it is printed."""
        if not self.problem:
            return [f"ok       {self.name:14} {self.detail}"]
        return [f"problem  {self.name:14} {self.problem}", *([f"  help: {self.help}"] if self.help else [])]


@app.command()
def doctor(
    repo: Annotated[
        str, typer.Option("--repo", metavar="DIR", help="Repository or folder whose configuration counts.")
    ] = ".",
    config: Annotated[str, typer.Option("--config", metavar="FILE", help="Use this configuration.")] = "",
) -> int:
    """Run every check and print what it found; exit 1 when one of them found a problem."""
    checks = run_checks(repo, config)
    for line in (line for check in checks for text in check.lines for line in text.split("\n")):
        print(printable(line))
    return Exit.FINDINGS if any(check.problem for check in checks) else Exit.CLEAN


def run_checks(repo: str, config: str = "") -> list[Check]:
    """Return the outcome of every check, in the order in which one depends on another."""
    root = root_of(repo)
    looks: list[tuple[str, Callable[[], Check]]] = [
        ("git", _git),
        ("prefilter", _prefilter),
        ("cache", check_cache),
        ("kernels", _kernels),
        ("repository", lambda: _repository(repo)),
        ("configuration", lambda: _configuration(root, config)),
        ("rules", lambda: _rules(root, config)),
        ("planted secret", lambda: _planted(root, config)),
    ]
    return [_guarded(name, look) for name, look in looks]


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except SecretScanError as error:
        return Check(name, error.problem, help=error.help)


def _git() -> Check:
    answer = _git_in(Path()).run("version").decode("utf-8", "backslashreplace").strip()
    found = re.search(r"(\d+)\.(\d+)", answer)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < OLDEST_GIT:
        return Check("git", f"{answer} is too old", help="install git 2.31 or later")
    return Check("git", detail=answer)


def _prefilter() -> Check:
    from importlib import import_module, metadata

    try:
        import_module("secretscan.engine.prefilter.hyperscan")
    except ImportError as error:
        return Check(
            "prefilter",
            f"hyperscan cannot be imported ({error}); scans find the same, more slowly",
            help="python -m pip install --force-reinstall hyperscan",
        )
    return Check("prefilter", detail=f"hyperscan {metadata.version('hyperscan')}")


def check_cache() -> Check:
    """Say where the cache lies, and that it can be written."""
    folder = cache_dir()
    if folder is None:
        return Check(
            "cache", "there is no folder for it", help="set SECRETSCAN_CACHE_DIR to a folder of your own"
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
    except OSError as error:
        return Check(
            "cache",
            f"{folder} cannot be written ({error.strerror}); every run builds the rules anew",
            help="make it writable, or set SECRETSCAN_CACHE_DIR to a folder of your own",
        )
    return Check("cache", detail=str(folder))


def _kernels() -> Check:
    """Say what large scans run on; that there are no kernels is no problem."""
    from importlib import metadata
    from importlib.util import find_spec

    from secretscan import kernels

    if find_spec("numba") is None:
        return Check("kernels", detail="none: with the extra `fast` large scans take about half the time")
    numba = f"numba {metadata.version('numba')}"
    folder = cache_dir()
    if folder is not None and kernels.is_compiled(folder / "kernels"):
        return Check("kernels", detail=f"{numba}, compiled")
    return Check(
        "kernels",
        detail=f"{numba}; the first scan of a gigabyte compiles them, which takes some twenty seconds",
    )


def _repository(repo: str) -> Check:
    try:
        repository = open_repository(repo, os.environ)
    except SecretScanError as error:
        if Path(repo).is_dir():
            return Check("repository", detail=f"{error.problem}; only `files` and `stdin` work here")
        raise
    if repository.is_shallow:
        return Check(
            "repository",
            "its history is cut off (a shallow clone), so that no audit of it is complete",
            help="git fetch --unshallow",
        )
    return Check("repository", detail=repository.work_tree or repository.git_dir)


def _configuration(root: Path | None, config: str) -> Check:
    found = _settings(root, config).config
    notes = "".join(f"\n{'':24}{note}" for note in found.notes)
    return Check("configuration", detail=(found.source or "none; the defaults hold") + notes)


def _rules(root: Path | None, config: str) -> Check:
    from secretscan.pipeline.setup import make_program

    program = make_program(_settings(root, config))
    return Check("rules", detail=f"{len(program)} rules, digest {program.digest}")


def _planted(root: Path | None, config: str) -> Check:
    """Stage a made-up token in a repository of its own and scan it as the hook would."""
    from secretscan.pipeline.direct import scan_staged

    settings = _settings(root, config)
    with tempfile.TemporaryDirectory(prefix="secretscan-doctor-") as name:
        report = scan_staged(_planted_repository(Path(name)), settings)
    if [finding.rule for finding in report.findings] == [_PLANTED]:
        return Check("planted secret", detail=f"found in {report.scan.seconds:.2f} s")
    silenced = ", ".join(f"{reason} {count}" for reason, count in report.scan.suppressed.items() if count)
    return Check(
        "planted secret",
        f"a {_PLANTED} in a staged file was not reported" + (f" (silenced: {silenced})" if silenced else ""),
        help="look for what turns the rule off in the configuration: secretscan config show",
    )


def _planted_repository(folder: Path) -> Repository:
    """Return a new repository in `folder` whose index holds a token that was never issued."""
    from secretscan.rules.samples import sample

    token = sample("github-crc32", "ghp_", Random(secrets.token_bytes(16)))  # noqa: S311 - opens nothing
    (folder / "deploy.py").write_text(f'GITHUB_TOKEN = "{token}"\n', encoding="utf-8")
    git = _git_in(folder)
    git.run("init", "--quiet", "--template=")
    git.run("add", "--", "deploy.py")
    return open_repository(str(folder), os.environ)


def _git_in(folder: Path) -> Git:
    return Git(str(folder), closed_environment(os.environ, (str(folder.resolve()),)))


def _settings(root: Path | None, config: str) -> ScanSettings:
    return make_settings(ScanArguments(config=config, no_progress=True), root, quick=True)
