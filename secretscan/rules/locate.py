"""Where the rule files lie. Reading them is `load`'s job."""

from __future__ import annotations

from pathlib import Path

from secretscan.errors import RuleError


def patterns_dir() -> Path:
    """Return the folder of the built-in rule files.

    A wheel carries them inside the package; in a checkout (and so in an editable install) they lie beside it.
    Raises `RuleError` when neither exists: a scanner without rules would call everything clean.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "patterns", package.parent / "patterns"):
        if folder.is_dir():
            return folder
    raise RuleError(
        f"the rule files are missing: no folder patterns in or beside {package}",
        help="install secretscan again",
    )


def pattern_files() -> tuple[Path, ...]:
    """Return the built-in rule files, sorted by name."""
    return tuple(sorted(patterns_dir().glob("*.toml")))
